"""The commands that need a schema."""
