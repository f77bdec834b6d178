"""Connections: which rows, in which order, which page of them, and what is selected on each."""

from schema.compiler.lists.connections import Lists

__all__ = ["Lists"]
