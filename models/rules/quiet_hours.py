"""When a terminal may not ring: hours that its holder has chosen, by the clock of their unit."""

from __future__ import annotations

from datetime import time


def is_quiet(begins: time, ends: time, local: time) -> bool:
    """Say whether `local` lies in the hours from `begins` to before `ends`, which may be those of the next morning."""
    if begins < ends:
        return begins <= local < ends
    return local >= begins or local < ends
