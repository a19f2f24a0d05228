"""Agreements, accounts and firms for the tests of consents."""

from __future__ import annotations

from datetime import UTC, datetime

from shuzhi.business.market import services
from shuzhi.business.market.parts import install_agreement
from shuzhi.business.market.types import AgreementDeclaration
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.identity import services as identity

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TOPIC, PURPOSE, USCC = "loan-check", "企业开办核验", "91350100M000100Y43"
PLATFORM = system("test")
BUREAU = Actor("account/bureau", "陈数", "data-bureau", roles=frozenset({Role.BUREAU}))
ADMIN = Actor("account/admin", "周管", None, roles=frozenset({Role.ADMINISTRATOR}))
LEADER = Actor("account/leader", "吴机", "taxation", roles=frozenset({Role.LEADER}))
AGREEMENT = {
    "agreement": TOPIC,
    "version": "1",
    "title": {"zh": "贷款核验授权", "en": "Checks for a loan"},
    "owner": "data-bureau",
    "purpose": PURPOSE,
    "receivers": ["taxation", "market-regulation"],
    "fields": {
        name: {"zh": zh, "en": name}
        for name, zh in (("phone", "电话"), ("address", "地址"), ("name", "名称"))
    },
    "days": 90,
    "text": {"zh": "同意向所选部门提供所选数据。", "en": "I let the chosen offices have the chosen data."},
    "basis": [{"title": "中华人民共和国个人信息保护法 第十三条", "since": "2021-11-01"}],
}


def install(**changes):
    """The agreement as a pack declares it."""
    value = AgreementDeclaration.model_validate(AGREEMENT | changes)
    declared = Declaration("test/market", "x.yaml", value, {})
    install_agreement(declared, Installation("test/market", None, PLATFORM, AT))


def open_account(username="firm", uscc=USCC, *, bind=True) -> Actor:
    """Somebody's account, bound to the firm."""
    actor = identity.open_account(
        username=username, person="赵一", office=None, division=None, roles=frozenset(), password=None,
        by=PLATFORM, at=AT,
    )  # fmt: skip
    if bind:
        services.bind_account(
            username=username, scheme="uscc", value=uscc, evidence="窗口核验 2026-001", by=BUREAU, at=AT
        )
    return actor
