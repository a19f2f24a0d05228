"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def loops(db):
    from tests.unit.support.workflow.people import FRIDAY, INSTALLER, declared

    from shuzhi.support.workflow import services

    for name in ("quality-issue", "share-request"):
        services.install_loop(declaration=declared(name), pack="platform/governance", by=INSTALLER, at=FRIDAY)


@pytest.fixture
def open_issue(loops):
    from tests.unit.support.workflow.people import FRIDAY, PLATFORM

    from shuzhi.foundation.words import Words
    from shuzhi.support.workflow import services

    def make(subject="dataset/firms", at=FRIDAY, office="market-regulation"):
        return services.open_dossier(
            loop="quality-issue",
            subject=subject,
            title=Words(zh="企业名称缺失", en="Names are missing"),
            office=office,
            requester=None,
            by=PLATFORM,
            at=at,
            facts={"rule": "name-present"},
        )

    return make


@pytest.fixture
def ask(loops):
    from tests.unit.support.workflow.people import ASKER, FRIDAY

    from shuzhi.foundation.words import Words
    from shuzhi.support.workflow import services

    def make(at=FRIDAY):
        return services.open_dossier(
            loop="share-request",
            subject="interface/firm",
            title=Words(zh="申请企业信息", en="Firms, please"),
            office="market-regulation",
            requester="taxation",
            by=ASKER,
            at=at,
        )

    return make
