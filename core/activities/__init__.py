"""Activities for customers, and who takes part (ACT-3, ACT-8, ACT-9)."""
