"""The audit: who read what of whom, and who did what, in chains of digests (ACC-3, BEY-10)."""
