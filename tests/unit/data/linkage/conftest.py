"""Properties are checked without a deadline: the machine may be busy, and the first example loads the tree."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("busy-machine", deadline=None)
settings.load_profile("busy-machine")
