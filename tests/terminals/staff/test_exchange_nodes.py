"""The page of other nodes: what the bureau sees of them, and how it ends calls with one and takes them up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.terminals.staff.people import AT, BUREAU
from tests.terminals.staff.test_pages import text_of

LIST, ONE = "/staff/exchange/nodes/", "/staff/exchange/nodes/zhejiang/"
KEY = "sm2:" + "ab" * 64


@pytest.fixture
def peers(node):
    """Two nodes; one has answered, failed and called today."""
    from shuzhi.data.exchange import models, services
    from shuzhi.data.exchange.types import PeerDeclaration
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.types import system

    for each, title, tier in (("zhejiang", "浙江省节点", "province"), ("yuhang", "余杭区节点", "district")):
        declared = PeerDeclaration.model_validate({
            "node": each, "title": {"zh": title, "en": each.title()}, "tier": tier,
            "address": "https://gateway.example.org", "keys": [KEY], "log_key": "x", "office": "taxation",
        })  # fmt: skip
        services.declare_peer(declaration=declared, pack="test", by=BUREAU, at=AT)
    declared = models.Interface.objects.get(id="firm-by-uscc").declared | {"interface": "firm-in-province"}
    interface = models.Interface.objects.create(
        id="firm-in-province", declared=declared, terms={"route": {"node": "zhejiang"}}, owner="taxation",
        register="legal-entity", status="published", proposed_at=AT,
    )  # fmt: skip
    now = datetime.now(UTC)
    own = models.Subscription.objects.create(
        interface=interface, office="taxation", purpose="核对", basis="条例", since=AT.date(),
        until=AT.date() + timedelta(days=900), daily_quota=1, clearance="L1", status="granted", sandbox=True,
        requested_by="x", requested_at=AT,
    )  # fmt: skip
    models.Credential.objects.create(
        key_id="sk-far", subscription=own, node={"node": "zhejiang"}, issued_at=AT
    )
    models.DailyCount.objects.create(subscription=own, day=now.date(), calls=37)
    models.RoutedCall.objects.create(
        call="c" * 32, subscription=own, node="zhejiang", status=200, request_digest="a", answer_digest="b",
        far_request="r", signed={}, answered_at=now, state="disputed",
    )  # fmt: skip
    for code in ("exchange.node_down", "exchange.far_refused"):
        audit.record(
            "exchange.refused", target="interface/firm-in-province", by=system("test"), at=now,
            outcome="refused", code=code, rule="route",
        )  # fmt: skip


def test_the_bureau_sees_who_they_are_and_how_calls_go(peers, sign_in):
    bureau = sign_in("bureau")
    assert LIST in text_of(bureau.get("/staff/exchange/"))

    shown, one = text_of(bureau.get(LIST)), text_of(bureau.get(ONE))

    from shuzhi.data.exchange.routing.keys import fingerprint

    assert all(
        words in shown
        for words in ("浙江省节点", "余杭区节点", "互联中", "有失败", "37", fingerprint(KEY)[:22])
    )
    assert all(
        words in one
        for words in ("没有应答", "对方日志不符", "firm-in-province", "https://gateway.example.org")
    )
    assert KEY not in shown + one

    from shuzhi.data.exchange import queries

    found = queries.peer_activity(at=datetime.now(UTC))["zhejiang"]
    assert (found.answered, found.failed, found.disputed, found.called) == (1, 1, 1, 37)


def test_it_suspends_and_accepts_with_a_reason(peers, sign_in):
    from shuzhi.data.exchange import queries

    bureau = sign_in("bureau")
    refused = bureau.post(f"{ONE}trust/", {"trust": "no", "reason": " "})
    assert refused.status_code == 422
    assert "理由" in text_of(refused)
    assert queries.peer("zhejiang").trusted

    done = text_of(bureau.post(f"{ONE}trust/", {"trust": "no", "reason": "密钥泄露"}, follow=True))
    assert "已停止" in done
    assert "恢复互联" in done
    assert not queries.peer("zhejiang").trusted
    bureau.post(f"{ONE}trust/", {"trust": "yes", "reason": "已换密钥"})
    assert queries.peer("zhejiang").trusted


def test_nobody_else_sees_or_changes_them(peers, sign_in):
    for who in ("tax", "hr", "approver"):
        person = sign_in(who)
        assert LIST not in text_of(person.get("/staff/exchange/"))
        assert [person.get(each).status_code for each in (LIST, ONE)] == [403, 403]
        assert person.post(f"{ONE}trust/", {"trust": "no", "reason": "x"}).status_code == 403
    assert sign_in("bureau").get("/staff/exchange/nodes/nobody/").status_code == 404
