"""Assessments of employees, departments and the company (ASM-1 to ASM-5)."""
