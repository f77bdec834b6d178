"""Demo data: real purchases, invented people; see README.md beside this file."""
