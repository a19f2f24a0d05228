"""Versions, sandbox keys, pushed events, documents and health, read as a browser without script reads them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from tests.terminals.staff.people import APPROVER, AT, BUREAU, TAX
from tests.terminals.staff.test_pages import text_of

FIRM = "/staff/exchange/interfaces/firm-by-uscc/"


@pytest.fixture
def published(node):
    from shuzhi.data.catalog import services as catalog
    from shuzhi.data.exchange import services

    for dataset in ("firms-registration", "taxpayers", "insured-employers"):
        catalog.publish_entry(dataset=dataset, by=BUREAU, at=AT)
    for interface in ("firm-by-uscc", "firm-changes", "firm-exists"):
        services.publish_interface(interface=interface, by=BUREAU, at=AT)


@pytest.fixture
def stopped(published):
    """An event subscription whose receiver took nothing."""
    from shuzhi.data.exchange import models, services
    from shuzhi.data.registers import feed
    from shuzhi.data.registers import models as registers
    from shuzhi.data.registers.changes import Changes
    from shuzhi.support.workflow import services as workflow

    asked = services.request_subscription(
        interface="firm-changes", office="taxation", purpose="核对", basis="浙江省公共数据条例", since=date(2026, 1, 1),
        until=date(2036, 1, 1), daily_quota=10, by=TAX, at=AT, endpoint="https://hooks.example.org/x",
    )  # fmt: skip
    workflow.act(dossier=asked.dossier, action="owner-approve", by=APPROVER, at=AT)
    workflow.act(dossier=asked.dossier, action="bureau-approve", by=BUREAU, at=AT)
    services.grant(subscription=asked.id, by=TAX, at=AT)
    from shuzhi.data.exchange import streams

    rows = [registers.Entity(id=f"e-{n}", golden={"name": f"第{n}公司"}) for n in range(2)]
    feed.note_changes("legal-entity", Changes(created=rows), at=AT)
    streams.feed_streams(at=AT)
    first = models.Event.objects.get(seq=1)
    first.state, first.attempts, first.problem = "dead", 12, "answered 500"
    first.save()
    models.Stream.objects.update(stopped_at=AT, failures=12, problem="answered 500")
    return asked.id


class TestVersions:
    def test_the_bureau_announces_the_end_of_one(self, published, sign_in):
        last = (datetime.now(tz=AT.tzinfo) + timedelta(days=60)).date().isoformat()
        page = text_of(sign_in("bureau").get(FIRM))
        assert "预告停用一个版本" in page

        client = sign_in("bureau")
        soon = client.post(FIRM + "deprecate/", {"version": "1", "sunset_on": "2026-11-25"})
        assert soon.status_code == 422
        assert "至少须留给调用方 30 天" in text_of(soon)
        assert client.post(FIRM + "deprecate/", {"version": ""}).status_code == 422
        done = client.post(
            FIRM + "deprecate/", {"version": "1", "sunset_on": last, "successor": ""}, follow=True
        )
        assert "即将停用" in text_of(done)
        assert "预告停用一个版本" not in text_of(sign_in("tax").get(FIRM))
        assert (
            sign_in("tax").post(FIRM + "deprecate/", {"version": "1", "sunset_on": last}).status_code == 403
        )

    def test_a_subscriber_goes_over(self, published, sign_in, stopped):
        page = f"/staff/exchange/subscriptions/{stopped}/"
        assert "改用另一版" not in text_of(sign_in("tax").get(page))
        from shuzhi.data.exchange import queries, services

        declared = queries.interface("firm-changes").declaration.model_copy(update={"version": 2})
        services.propose_interface(declaration=declared, by=BUREAU, at=AT)
        services.publish_interface(interface="firm-changes", by=BUREAU, at=AT)
        assert "改用另一版" in text_of(sign_in("tax").get(page))
        assert sign_in("tax").post(page + "version/", {"version": "x"}).status_code == 404
        sign_in("tax").post(page + "version/", {"version": "2"})
        assert queries.subscription(stopped).version == 2


class TestSandbox:
    def test_a_key_is_shown_once_and_kept_by_nobody(self, published, sign_in):
        answer = sign_in("tax").post(FIRM + "sandbox/")
        secret = re.search(r"data-secret>([^<]+)<", text_of(answer))[1]
        assert "no-store" in answer["Cache-Control"]
        assert secret not in text_of(sign_in("tax").get(FIRM))
        from shuzhi.data.exchange import queries

        (made,) = queries.subscriptions()
        shown = text_of(sign_in("tax").get(f"/staff/exchange/subscriptions/{made.id}/"))
        assert "沙箱" in shown
        assert "看审批经过" not in shown

    def test_whoever_approves_gets_none(self, published, sign_in):
        assert "领取沙箱密钥" not in text_of(sign_in("bureau").get(FIRM))
        assert sign_in("bureau").post(FIRM + "sandbox/").status_code == 403


class TestEvents:
    def test_says_what_never_arrived_and_pushes_it_again(self, stopped, sign_in):
        url = f"/staff/exchange/subscriptions/{stopped}/events/"
        page = text_of(sign_in("tax").get(url))
        assert "已停止推送" in page
        assert "对方应答 500" in page
        assert "第0公司" not in page  # values are the receiver's, not the page's
        assert "重新推送" not in text_of(sign_in("approver").get(url))
        assert sign_in("hr").get(url).status_code == 403
        redeliver = f"/staff/exchange/subscriptions/{stopped}/redeliver/"
        assert sign_in("officer").post(redeliver).status_code == 403

        done = text_of(sign_in("tax").post(redeliver, follow=True))
        assert "已停止推送" not in done
        from shuzhi.data.exchange import queries

        assert (queries.stream(stopped).waiting, queries.stream(stopped).dead) == (2, 0)

    def test_one_is_set_aside(self, stopped, sign_in):
        url = f"/staff/exchange/subscriptions/{stopped}/set-aside/"
        assert sign_in("tax").post(url, {"seq": "x"}).status_code == 404
        page = text_of(sign_in("tax").post(url, {"seq": "1", "reason": "已核对"}, follow=True))
        assert "都已送达" in page

    def test_the_form_asks_where_to_push(self, published, sign_in):
        url = "/staff/exchange/interfaces/firm-changes/request/"
        assert "推送地址" in text_of(sign_in("tax").get(url))
        assert "推送地址" not in text_of(sign_in("tax").get(FIRM + "request/"))
        given = {
            "purpose": "核对",
            "basis": "条例",
            "since": "2026-11-20",
            "until": "2036-12-31",
            "daily_quota": "10",
        }
        inside = sign_in("tax").post(url, given | {"endpoint": "https://10.0.0.1/x"})
        assert inside.status_code == 422
        assert "不能向" in text_of(inside)


class TestDocuments:
    def test_says_how_to_call_and_refuses(self, published, sign_in):
        page = text_of(sign_in("tax").get(FIRM + "documents/"))
        for said in ("统一社会信用代码", "HMAC-SM3", "hashlib", "node:crypto", "javax.crypto", "openssl"):
            assert said in page
        assert sign_in("tax").get(FIRM + "documents/?version=7").status_code == 404
        assert sign_in("tax").get(FIRM + "openapi.json").json()["info"]["version"] == "1"

    def test_the_public_reads_those_that_their_owner_lets_it_read(self, published, client):
        assert "部门间共享接口" in text_of(client.get("/developers/"))
        assert "node:crypto" in text_of(client.get("/developers/interfaces/firm-changes/"))
        assert client.get("/developers/interfaces/firm-changes/openapi.json").status_code == 200
        hidden = client.get("/developers/interfaces/firm-exists/")
        assert hidden.status_code == client.get("/developers/interfaces/nothing/").status_code == 404


class TestHealth:
    def test_figures_and_promises(self, published, sign_in):
        from shuzhi.data.exchange import models

        hour = datetime.now(tz=AT.tzinfo).replace(minute=0, second=0, microsecond=0)
        models.HourOfCalls.objects.create(
            interface="firm-by-uscc",
            hour=hour,
            answered=98,
            refusals={"quota": 1, "service": 1},
            lengths={"50": 100},
        )
        page = text_of(sign_in("leader").get("/staff/exchange/health/"))
        assert "每日次数" in page
        assert "99.00%" in page or "没有调用" in page  # of working hours only
        assert "没有调用" in text_of(sign_in("leader").get("/staff/exchange/health/?month=2026-01"))
        assert sign_in("leader").get("/staff/exchange/health/?month=x").status_code == 200
