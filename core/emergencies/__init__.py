"""Break-glass: rights for minutes, taken with a reason, and looked at afterwards (BEY-8)."""
