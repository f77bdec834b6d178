"""What an employee has to have before sensitive data is theirs to see (ACC-6)."""
