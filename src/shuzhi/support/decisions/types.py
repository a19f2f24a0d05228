"""Values that the whole room speaks of."""

from __future__ import annotations

from shuzhi.support.decisions.feel.scope import Limits, Problem

__all__ = ["Limits", "Problem"]
