"""Approval by a second person: the same for policies, plans, activities and budgets."""
