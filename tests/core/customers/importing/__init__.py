"""Import of purchases."""
