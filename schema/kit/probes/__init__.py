"""All probes. A door of its own (an export, a plugin's endpoint) adds its probe to those that are run."""

from schema.kit.attack import Probe
from schema.kit.probes import counting, filtering, ordering, remembering, selecting, writing

PROBES: tuple[Probe, ...] = (
    *selecting.PROBES,
    *filtering.PROBES,
    *ordering.PROBES,
    *counting.PROBES,
    *remembering.PROBES,
    *writing.PROBES,
)

__all__ = ["PROBES"]
