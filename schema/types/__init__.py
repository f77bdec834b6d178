"""The GraphQL types of the core, one file a slice.

Each field points at what it shows; nothing is resolved by hand.
"""
