"""Consent: a policy and an agreement under ids that a test deployment has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.suites.govstack.asking import Scenario, holds


def samples() -> dict[str, Any]:
    """What the suite takes to be there."""
    attribute = {"id": "1", "name": "name", "sensitivity": "low", "category": "contact"}
    agreement = {"id": "1", "version": "1", "purpose": "Registration", "lawfulBasis": "consent", "dpia": "none", "active": True, "forgettable": False, "dataAttributes": [attribute]}  # fmt: skip
    policy = {"id": "1", "name": "Policy", "version": "1", "url": "https://example.org/policy"}
    return {"policies": [policy], "dataAgreements": [agreement]}


def scenarios() -> Iterator[Scenario]:
    """The suite's scenarios."""

    def policy(ask: Any) -> None:
        told = ask("GET", "/service/policy/1/", 200, headers=None)
        holds(isinstance(told["policy"], dict))
        holds(isinstance(told["revision"], dict))

    def agreement(ask: Any) -> None:
        told = ask("GET", "/config/data-agreement/1/", 200, headers=None)
        holds(told["dataAgreement"]["id"] == "1")

    yield "the building block is there", policy
    yield "an agreement", agreement
    yield (
        "no agreement: a word",
        lambda ask: ask("GET", "/config/data-agreement/invalid_id/", 400, headers=None),
    )
    yield (
        "no agreement: signs",
        lambda ask: ask("GET", "/config/data-agreement/123!%40%23/", 400, headers=None),
    )
