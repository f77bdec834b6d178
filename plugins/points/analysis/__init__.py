"""Analysis of members' spending and points, and recommendations for marketing (PTS-4)."""
