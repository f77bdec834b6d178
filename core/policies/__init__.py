"""Policies in the database: versions, proposed changes, and how a version comes into force everywhere."""
