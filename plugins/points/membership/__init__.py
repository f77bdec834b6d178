"""Membership: joining, levels and what they bring (PTS-1)."""
