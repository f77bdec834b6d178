"""Under which names a record says in `after` what others are checked against; see `verifying.told`."""

from __future__ import annotations

CHAINS = "chains"
"""An anchor: ends of other chains."""
RECORDS = "records"
"""An erasure: digests of records' contents before and after it."""
PRUNED = "pruned"
"""A removal after its time: where chains begin since."""
