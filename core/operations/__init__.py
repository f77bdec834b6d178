"""Recorded operations: what clients ask, by role and day, without the values that they ask with (BEY-5)."""
