"""Tier schemes, the rules that grade customers, and the evidence of every grade (TIE-1 to TIE-4)."""
