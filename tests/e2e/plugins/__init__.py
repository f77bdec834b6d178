"""A plugin of straw behind the real application."""
