"""The points ledger: double entry, append-only (PTS-2, BEY-15)."""
