"""Rewards: gifts and coupons that members take for points (PTS-3)."""
