"""Limits of documents (PRM-2): what is refused before anything else is done with it."""
