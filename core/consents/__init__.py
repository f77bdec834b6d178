"""What customers agreed to that their data is used for (CUS-4)."""
