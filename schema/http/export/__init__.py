"""POST /export: a list as a file, within what the caller may take out, on record before it leaves."""
