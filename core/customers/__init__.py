"""Customers: who they are, what they bought, what was said, what they like (CUS-1)."""
