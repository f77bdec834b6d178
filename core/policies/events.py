"""What happens to the policies."""

from __future__ import annotations

from uuid import UUID

from core.events.declare import Event


class PoliciesChanged(Event, name="policies.changed", version=1):
    """A version of the policies came into force."""

    version_id: UUID
    number: int


ALL: tuple[type[Event], ...] = (PoliciesChanged,)
