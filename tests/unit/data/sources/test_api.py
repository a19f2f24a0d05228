"""The JSON API and the background job."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

TEXT = "企业名称,统一社会信用代码\n甲公司,91330182843963542R\n乙公司,bad\n"


@pytest.fixture
def client(db):
    from ninja import NinjaAPI
    from ninja.testing import TestClient

    from shuzhi.data.sources.api import router
    from shuzhi.foundation.errors import PlatformError

    api = NinjaAPI(urls_namespace="sources-test")
    api.add_router("", router)
    api.add_exception_handler(
        PlatformError,
        lambda request, error: api.create_response(request, error.as_dict(), status=error.http_status),
    )
    return TestClient(api)


@pytest.fixture(scope="module", autouse=True)
def several_apis():
    import os

    os.environ["NINJA_SKIP_REGISTRY"] = "yes"
    yield
    del os.environ["NINJA_SKIP_REGISTRY"]


def test_a_file_is_handed_in_queued_and_its_receipt_read(client, sender):
    from procrastinate.contrib.django.models import ProcrastinateJob
    from tests.unit.data.sources.sending import OFFICER

    from shuzhi.data.sources import jobs

    answer = client.post(
        f"/sources/{sender.source}/files",
        FILES={"file": SimpleUploadedFile("firms.csv", TEXT.encode())},
        user=None,
        actor=OFFICER,
    )
    assert answer.status_code == 202, answer.content
    batch = answer.json()["id"]
    assert answer.json()["status"] == "received"
    job = ProcrastinateJob.objects.get(task_name="sources.collect_batch", args__batch=batch)
    assert job.lock == f"sources/{sender.dataset}"

    assert jobs.collect_batch(batch=batch) == "collected"
    receipt = client.get(f"/batches/{batch}", actor=OFFICER).json()
    assert (receipt["received"], receipt["accepted"], receipt["quarantined"]) == (2, 1, 1)
    page = client.get(f"/batches/{batch}/quarantine", actor=OFFICER).json()
    assert (page["total"], page["cells"][0]["reason"]) == (1, "not_standard")


def test_the_quarantine_of_another_office_stays_closed(client, sender):
    from dataclasses import replace

    from tests.unit.data.sources.sending import OFFICER

    batch = sender.send(TEXT)
    answer = client.get(f"/batches/{batch.id}/quarantine", actor=replace(OFFICER, office="education"))
    assert answer.status_code == 403


def test_lists_take_a_fixed_number_of_statements(client, sender, make_sender, django_assert_max_num_queries):
    from tests.unit.data.sources.sending import OFFICER

    for text in (TEXT, TEXT.replace("bad", "worse"), TEXT.replace("bad", "91330182843963542R")):
        sender.receive(text)
    make_sender()
    with django_assert_max_num_queries(1):
        assert len(client.get(f"/batches?source={sender.source}", actor=OFFICER).json()) == 3
    with django_assert_max_num_queries(1):
        assert len(client.get("/sources", actor=OFFICER).json()) >= 2


def test_waiting_batches_are_picked_up_in_order(sender):
    from shuzhi.data.sources import jobs, queries

    batches = [sender.receive(TEXT), sender.receive(TEXT.replace("甲", "丁"))]
    assert jobs.collect_waiting(timestamp=0) >= 2
    assert {queries.batch(batch.id).status.value for batch in batches} == {"collected"}
