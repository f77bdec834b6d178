"""Looking over what the audit holds: digests by week, and reviews of the rights of departments (BEY-9)."""
