"""Writes of the room, by topic."""

from __future__ import annotations

from shuzhi.business.incidents.services.handling import dispatch, merge, rate, reply, return_to_desk, verify
from shuzhi.business.incidents.services.importing import import_requests
from shuzhi.business.incidents.services.installing import install_desk, retire_desk
from shuzhi.business.incidents.services.taking_in import take_in

__all__ = [
    "dispatch", "import_requests", "install_desk", "merge", "rate", "reply", "retire_desk", "return_to_desk", "take_in",
    "verify",
]  # fmt: skip
