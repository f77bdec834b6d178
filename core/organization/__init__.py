"""Departments, employees and the roles they act in (ACC-7)."""
