"""Durable work: rows of the outbox, written with what caused them, and taken by workers."""
