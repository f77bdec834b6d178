"""A year of an invented company as the audit saw it, with three abuses and what merely looks like one."""
