"""The steps of the main job that a person does on pages: register, collect, build, open, withdraw; and turning pages."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.terminals.staff import growing
from tests.terminals.staff.people import AT, BUREAU, OFFICER

GIVEN = {
    "dataset": "firms-registration",
    "source": "firms-by-hand",
    "title_zh": "手工提交的企业",
    "mode": "full",
    "kind": "file",
}


def text_of(answer) -> str:
    return answer.content.decode()


class TestRegisteringASource:
    URL = "/staff/sources/register/"

    def test_the_data_set_that_one_comes_from_is_filled_in(self, sign_in):
        page = text_of(sign_in("officer").get(self.URL + "?dataset=firms-registration"))
        assert 'value="firms-registration"' in page
        assert "企业登记信息" in page

    def test_the_officers_own_office_sends(self, sign_in):
        from shuzhi.data.sources import queries

        page = text_of(sign_in("officer").post(self.URL, GIVEN, follow=True))
        assert "已登记，可以提交数据了" in page
        assert queries.source("firms-by-hand").office == "market-regulation"

    def test_the_bureau_registers_for_the_owner(self, sign_in):
        from shuzhi.data.sources import queries

        sign_in("bureau").post(self.URL, GIVEN)
        assert queries.source("firms-by-hand").office == "market-regulation"

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"title_zh": ""}, "请填写这一项"),
            ({"source": "Bad Id"}, "编号须以小写字母开头"),
            ({"source": "firms"}, "已经有数据源用了"),
            ({"dataset": "nothing-such"}, "目录里没有这个数据集"),
            ({"kind": "sql"}, "数据库来源要写明这一项"),
            ({"kind": "sql", "connection": "tax", "table": "t", "mode": "incremental"}, "要写明增量字段"),
        ],
    )
    def test_a_wrong_answer_is_said_beside_its_field(self, wrong, says, sign_in):
        answer = sign_in("officer").post(self.URL, GIVEN | wrong)
        assert answer.status_code == 422
        page = text_of(answer)
        assert says in page
        assert 'aria-invalid="true"' in page or wrong == {"kind": "sql"}
        assert "手工提交的企业" in page or not wrong.get("title_zh", True)

    def test_approvers_may_not(self, sign_in):
        assert sign_in("approver").get(self.URL).status_code == 403


class TestProgress:
    @pytest.fixture
    def running(self, node):
        from shuzhi.data.sources import models, progress
        from shuzhi.data.sources.types import Step

        batch = models.Batch.objects.create(
            id="firms-000001", source_id="firms", dataset="firms-registration", office="market-regulation", seq=1,
            mode="full", status="collecting", file_name="f.csv", sha256="0" * 64, size=1, received_at=AT,
        )  # fmt: skip
        progress.Meter(batch.id).enter(
            Step.WRITING, read=1200, accepted=1100, quarantined=60, duplicates=40, written=550
        )
        return batch

    @pytest.mark.parametrize("url", ["/staff/batches/firms-000001/", "/staff/batches/firms-000001/progress/"])
    def test_figures_so_far_with_and_without_script(self, url, running, sign_in):
        page = text_of(sign_in("leader").get(url))
        for figure in ("1,200", "1,100", "60", "40", "550"):
            assert figure in page
        assert "正在写入数据湖" in page

    def test_what_is_not_known_yet_is_a_dash(self, running, sign_in):
        from shuzhi.data.sources import progress

        progress.Meter(running.id).note(read=900)
        page = text_of(sign_in("leader").get("/staff/batches/firms-000001/"))
        assert re.search(r"<dt>入库</dt><dd>—</dd>", page)

    def test_lists_show_them_and_look_again(self, running, sign_in):
        client = sign_in("leader")
        for url in ("/staff/batches/", "/staff/sources/firms/"):
            page = text_of(client.get(url))
            assert "1,200" in page
            assert 'hx-trigger="every 2s"' in page

    def test_a_finished_batch_loads_its_receipt(self, running, sign_in):
        running.status = "failed"
        running.save()
        answer = sign_in("leader").get("/staff/batches/firms-000001/progress/")
        assert answer["HX-Refresh"] == "true"


class TestBuilding:
    URL = "/staff/registers/legal-entity/"

    def test_the_bureau_builds_and_sees_how_far_it_is(self, sign_in):
        page = text_of(sign_in("bureau").post(self.URL + "build/", follow=True))
        assert "排队等候后台生成" in page
        assert "现在生成" not in page
        assert "排队" in text_of(sign_in("leader").get(self.URL + "building/"))

    def test_it_is_in_the_audit_log(self, sign_in):
        sign_in("bureau").post(self.URL + "build/")
        assert "registers.build_asked" in text_of(
            sign_in("bureau").get("/staff/audit/?action=registers.build")
        )

    def test_others_are_neither_offered_nor_allowed(self, sign_in):
        client = sign_in("officer")
        assert "现在生成" not in text_of(client.get(self.URL))
        assert client.post(self.URL + "build/").status_code == 403

    def test_an_unknown_register_is_said(self, sign_in):
        assert sign_in("bureau").post("/staff/registers/nothing/build/").status_code == 404

    def test_what_the_build_found_is_told(self, sign_in):
        from shuzhi.data.registers import jobs, services

        jobs.ask_for_build(register="legal-entity", by=BUREAU, at=AT)
        services.build_register(register="legal-entity", by=BUREAU, at=AT)
        assert "归属不明的记录" in text_of(sign_in("leader").get(self.URL))


class TestOpening:
    URL = "/staff/catalog/open-firms/"

    @pytest.fixture
    def dataset(self, node):
        """A published, openable data set with one collected row."""
        from shuzhi.data.catalog import queries, services
        from shuzhi.data.sources import services as sources
        from shuzhi.data.sources.types import SourceDeclaration
        from shuzhi.foundation import lake

        declared = queries.entry("firms-registration").schema_.model_copy(update={"dataset": "open-firms"})
        services.propose_entry(declaration=declared, by=OFFICER, at=AT)
        services.publish_entry(dataset="open-firms", by=BUREAU, at=AT)
        source = SourceDeclaration(source="open-firms", dataset="open-firms", office="market-regulation")
        sources.register_source(declaration=source, by=OFFICER, at=AT)
        yield "open-firms"
        from shuzhi.foundation.lake import catalog

        if lake.has_table("open-firms"):
            catalog.open_catalog().drop_table(catalog.identifier("open-firms"))

    def collect(self, client):
        rows = "统一社会信用代码,企业名称,成立日期,核准日期,数据性质\n91330182843963542R,杭州甲有限公司,2020-01-02,2020-01-02,合成\n"
        file = SimpleUploadedFile("firms.csv", rows.encode(), "text/csv")
        client.post("/staff/sources/open-firms/hand-in/", {"file": file, "mode": "full"})

    def test_what_is_missing_is_said_before(self, dataset, sign_in):
        page = text_of(sign_in("approver").get(self.URL))
        assert "还没有一批归集成功" in page
        assert "/open/" not in page

    def test_the_approver_opens_and_withdraws(self, dataset, sign_in):
        self.collect(sign_in("officer"))
        approver = sign_in("approver")
        assert "/open/" in text_of(approver.get(self.URL))
        asked = text_of(approver.post(self.URL + "open/", {"licence": "CC0-1.0"}, follow=True))
        assert "排队等候后台办理" in asked
        assert "/open/" not in asked
        assert "排队" in text_of(approver.get(self.URL + "opening/"))
        self.work()
        assert approver.get(self.URL + "opening/")["HX-Refresh"] == "true"
        assert re.search(r"<dt>第几次发布</dt>\s*<dd[^>]*>1</dd>", text_of(approver.get(self.URL)))
        assert approver.get("/data/open-firms/").status_code == 200
        assert "撤回要写明理由" in text_of(approver.post(self.URL + "withdraw/", follow=True))
        assert "不再对外提供" in text_of(
            approver.post(self.URL + "withdraw/", {"reason": "有误"}, follow=True)
        )

    def work(self):
        """What the worker does."""
        from shuzhi.data.opendata import jobs, models

        jobs.run_opening(opening=models.Opening.objects.latest("id").pk, at=AT)

    def test_an_entry_withdrawn_meanwhile_is_told_with_what_to_do(self, dataset, sign_in):
        from shuzhi.data.catalog import services

        self.collect(sign_in("officer"))
        approver = sign_in("approver")
        approver.post(self.URL + "open/")
        services.withdraw_entry(dataset=dataset, by=BUREAU, at=AT, reason="停用")
        self.work()
        page = text_of(approver.get(self.URL))
        assert "上次没有开放成功" in page
        assert "请先由大数据局审核发布目录" in page
        assert "上次没有开放成功" not in text_of(sign_in("leader").get(self.URL))

    def test_officers_are_not_offered_to(self, dataset, sign_in):
        officer = sign_in("officer")
        self.collect(officer)
        assert "/open/" not in text_of(officer.get(self.URL))
        assert officer.post(self.URL + "open/").status_code == 403

    def test_a_refusal_stands_on_the_page(self, dataset, sign_in):
        assert "尚未归集任何数据" in text_of(sign_in("approver").post(self.URL + "open/", follow=True))


LONG = {
    "/staff/": "<main",
    "/staff/sources/": 'id="sources"',
    "/staff/quality/": 'id="scorecards"',
    "/staff/batches/": "<main",
    "/staff/sources/firms/": 'id="batches"',
    "/staff/quality/issues/": "<main",
    "/staff/exchange/": 'id="subscriptions"',
    "/staff/audit/": "<main",
}
"""Lists that turn pages, and where each begins on its page."""


def pages_of(client, url: str) -> list[str]:
    """Every page of a list, turned as a person turns them."""
    found, following = [], "?page=1"
    while following:
        page = text_of(client.get(url + following))
        found.append(page[page.index(LONG[url]) :].partition('id="offices"')[0])
        link = re.search(r'rel="next" data-after href="([^"]+)"', page)
        following = link[1].replace("&amp;", "&") if link else ""
    return found


class TestTurningPages:
    def test_every_row_stands_on_one_page(self, sign_in):
        client = sign_in("bureau")
        growing.grow(52)
        for url in LONG:
            pages = pages_of(client, url)
            rows = [row for page in pages for row in re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)]
            assert len(pages) > 1, url
            assert len(rows) == len(set(rows)) >= 52, url

    def test_a_page_beyond_the_last_is_the_last(self, sign_in):
        client = sign_in("bureau")
        growing.grow(25)
        page = text_of(client.get("/staff/batches/?page=999"))
        assert page.count("<tr data-row>") == 10
        assert 'rel="next"' not in page
