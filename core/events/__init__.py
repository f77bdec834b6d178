"""What happened, told in the transaction in which it happened."""
