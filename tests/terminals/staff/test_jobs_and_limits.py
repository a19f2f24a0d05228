"""A subscription's jobs with their files, and limiting it to rows of the caller's own, on its pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.terminals.staff.people import APPROVER, AT, BUREAU, TAX
from tests.terminals.staff.test_pages import text_of


@pytest.fixture
def ordered(node):
    """A granted subscription of files with one file, one job that failed and one that waits."""
    from shuzhi.data.catalog import services as catalog
    from shuzhi.data.exchange import models, queries, services
    from shuzhi.data.exchange.gateway.kinds.ordering import terms_digest
    from shuzhi.data.exchange.work.places import file_of, folder
    from shuzhi.support.workflow import services as workflow

    for dataset in ("firms-registration", "taxpayers", "insured-employers"):
        catalog.publish_entry(dataset=dataset, by=BUREAU, at=AT)
    services.publish_interface(interface="firms-file", by=BUREAU, at=AT)
    now = datetime.now(UTC)
    asking = services.request_subscription(
        interface="firms-file", office="taxation", purpose="核对登记信息", basis="浙江省公共数据条例",
        since=date(2026, 1, 1), until=date(2036, 12, 31), daily_quota=10, fields=("uscc", "name"), by=TAX, at=AT,
    )  # fmt: skip
    workflow.act(dossier=asking.dossier, action="owner-approve", by=APPROVER, at=AT)
    workflow.act(dossier=asking.dossier, action="bureau-approve", by=BUREAU, at=AT)
    services.grant(subscription=asking.id, by=TAX, at=AT)
    row = models.Subscription.objects.get(id=asking.id)
    asked = {"filters": {}, "form": "csv"}
    made = models.Job.objects.create(
        subscription=row, kind="file", digest="a", asked=asked, state="ready", rows=2, size=9, sha256="0" * 64,
        terms=terms_digest(queries.grant_of(row)), asked_at=now, done_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    problem = {"code": "x", "message": "No rows are left today.", "message_zh": "今日可取行数已用完。"}
    models.Job.objects.create(
        subscription=row, kind="file", digest="b", asked=asked, state="failed", problem=problem, asked_at=now,
        done_at=now,
    )  # fmt: skip
    models.Job.objects.create(
        subscription=row, kind="file", digest="c", asked=asked, state="waiting", asked_at=now
    )
    folder().mkdir(parents=True, exist_ok=True)
    file_of(made.id, "csv").write_text("uscc,name\n")
    return row.id, made.id


def pages(ordered):
    number, job = ordered
    base = f"/staff/exchange/subscriptions/{number}/"
    return base, f"{base}jobs/", f"{base}jobs/{job}/file/"


def test_the_jobs_their_states_and_the_file_for_the_office_that_ordered_it(ordered, sign_in):
    base, jobs, file = pages(ordered)
    tax = sign_in("tax")
    assert jobs in text_of(tax.get(base))
    shown = text_of(tax.get(jobs))
    assert all(words in shown for words in ("已完成", "未完成", "排队中", "今日可取行数已用完", file))
    got = tax.get(file)
    assert b"".join(got.streaming_content) == b"uscc,name\n"
    assert "attachment" in got["Content-Disposition"]

    owner = sign_in("approver")
    assert file not in text_of(owner.get(jobs))
    assert owner.get(file).status_code == 403
    assert sign_in("hr").get(jobs).status_code == 403


def test_a_file_is_not_given_when_its_time_or_its_terms_are_over(ordered, sign_in):
    from shuzhi.data.exchange import models, services

    _, _, file = pages(ordered)
    tax = sign_in("tax")
    models.Subscription.objects.filter(id=ordered[0]).update(clearance="L2")
    assert "条款已变更" in text_of(tax.get(file))
    models.Subscription.objects.filter(id=ordered[0]).update(clearance="L1", status="revoked")
    assert "订阅已失效" in text_of(tax.get(file))
    models.Subscription.objects.filter(id=ordered[0]).update(status="granted")
    assert b"".join(tax.get(file).streaming_content)
    services.remove_expired_results(by=BUREAU, at=datetime.now(UTC) + timedelta(days=2))
    assert tax.get(file).status_code == 410
    assert tax.get(file.replace(f"jobs/{ordered[1]}", "jobs/999999")).status_code == 404


def test_the_owner_limits_rows_and_certificates(ordered, sign_in):
    from shuzhi.data.exchange import queries
    from shuzhi.data.exchange.types import RowLimit

    base, *_ = pages(ordered)
    approver = sign_in("approver")
    assert "限定范围" in text_of(approver.get(base))
    given = {"division": "division", "office": "", "certificates": "ab" * 32}
    said = text_of(approver.post(f"{base}limit/", given, follow=True))
    assert "已限定" in said
    found = queries.subscription(ordered[0])
    assert (found.rows, found.certificates) == (RowLimit(division="division"), ("ab" * 32,))
    wrong = approver.post(f"{base}limit/", given | {"certificates": "xyz"})
    assert (wrong.status_code, "指纹" in text_of(wrong)) == (422, True)
    assert sign_in("tax").post(f"{base}limit/", given).status_code == 403
