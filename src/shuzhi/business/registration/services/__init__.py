"""Writes of registration."""

from shuzhi.business.registration.services.applying import (
    hand_in_document,
    revise_application,
    submit_application,
)
from shuzhi.business.registration.services.following import complete_task, follow_case
from shuzhi.business.registration.services.offering import end_service, offer_service

__all__ = [
    "complete_task",
    "end_service",
    "follow_case",
    "hand_in_document",
    "offer_service",
    "revise_application",
    "submit_application",
]
