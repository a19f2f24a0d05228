"""Every refusal that the room can make."""

from __future__ import annotations

from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded

__all__ = ["FeelSyntaxError", "LimitExceeded"]
