"""Suspensions and their cases: what was found, what the employee says, what was decided (ACC-4)."""
