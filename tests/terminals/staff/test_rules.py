"""Pages of the rules without script: what they show, how they decide, and what a replay over real rows gives away."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.terminals.staff import people

FILE = "/staff/rules/small-firm-benefit/"
FIRM = {
    "注册日期": "2024-11-05",
    "申请日期": "2026-03-01",
    "规模": "小型",
    "社保缴纳人数": "4",
    "新增就业人数": "6",
    "严重失信": "false",
}
NOW = datetime.now(UTC) - timedelta(hours=1)
CODES = ("91330182843963542R", "9133010014304617XG", "91330110MA27XYN14L")
PHONE = "13987654321"


def text_of(answer) -> str:
    return answer.content.decode()


def typed(client, part, firm, day="2026-03-01"):
    """The form's answers by its own field names."""
    trees = client.get(f"{FILE}decisions/{part}/")
    fields = json.loads(trees.context["script"]["fields"])
    return {each["name"]: firm.get(each["path"][0], "") for each in fields} | {"day": day}


class TestReading:
    def test_the_list_says_basis_and_days(self, sign_in):
        page = text_of(sign_in("approver").get("/staff/rules/"))

        assert "小微企业稳岗扩岗补贴（示例）" in page
        assert "示例办法" in page
        assert "2024-01-01 起有效" in page

    def test_a_table_shows_policy_conditions_outputs_and_law(self, sign_in):
        page = text_of(sign_in("approver").get(f"{FILE}decisions/d_eligible/"))

        for said in ("唯一命中", "注册月数", "&lt; 12", "注册未满 12 个月", "示例办法 第三条", "小型、微型"):
            assert said in page

    def test_a_parameter_says_which_value_is_not_in_force_on_the_day(self, sign_in):
        client = sign_in("approver")

        then = text_of(client.get(f"{FILE}decisions/d_least/?day=2025-06-01"))
        now = text_of(client.get(f"{FILE}decisions/d_least/?day=2026-06-01"))

        assert then.index("这一天无效") > then.index("2026-01-01 起有效")
        assert now.index("这一天无效") < now.index("2026-01-01 起有效")

    @pytest.mark.parametrize(
        "url", [f"{FILE}decisions/none/", "/staff/rules/none/", "/staff/rules/none/decisions/x/"]
    )
    def test_what_is_not_there_is_not_found(self, sign_in, url):
        assert sign_in("bureau").get(url).status_code == 404

    def test_the_public_is_sent_to_sign_in(self, node, client):
        for url in (
            "/staff/rules/",
            FILE,
            f"{FILE}decisions/d_amount/",
            f"{FILE}replay/",
            f"{FILE}replays/1/",
        ):
            assert client.get(url).status_code == 302
        assert client.get(f"{FILE}decisions/d_amount/trees.json").status_code in (302, 401, 403)


class TestTrying:
    def test_the_answer_comes_with_its_row_and_law(self, sign_in):
        client = sign_in("approver")
        page = text_of(client.post(f"{FILE}decisions/d_amount/", typed(client, "d_amount", FIRM)))

        assert '<p class="verdict-value">9000</p>' in page
        assert "因第 5 条" in page
        assert "示例办法 第三条、第四条" in page

    def test_what_is_not_known_is_named_with_the_rows_that_ask_for_it(self, sign_in):
        client = sign_in("approver")
        unknown = FIRM | {"社保缴纳人数": ""}
        page = text_of(client.post(f"{FILE}decisions/d_eligible/", typed(client, "d_eligible", unknown)))

        assert "无法判断，缺：社保缴纳人数" in page
        assert "因第 5 条：社保缴纳人数不少于 最低社保人数，缺：社保缴纳人数" in page
        assert "缺：?" not in page

    def test_the_day_decides(self, sign_in):
        client = sign_in("approver")
        answers = typed(client, "d_amount", FIRM, day="2025-12-31")

        assert '<p class="verdict-value">0</p>' in text_of(client.post(f"{FILE}decisions/d_amount/", answers))

    def test_what_is_no_number_is_said_beside_the_field(self, sign_in):
        client = sign_in("approver")
        answer = client.post(
            f"{FILE}decisions/d_amount/", typed(client, "d_amount", FIRM | {"社保缴纳人数": "四"})
        )

        assert answer.status_code == 422
        assert "请填数字" in text_of(answer)

    def test_the_trees_for_the_browser(self, sign_in):
        found = sign_in("approver").get(f"{FILE}decisions/d_amount/trees.json").json()

        assert found["decision"] == "补贴金额"
        assert found["unsupported"] == []


def changed_file() -> SimpleUploadedFile:
    """The policy with a lower threshold of months."""
    from shuzhi.support.decisions.queries import files_of

    _, content = files_of("small-firm-benefit")[0]
    text = content.decode().replace("&lt; 12", "&lt; 6").replace("&gt;= 12", "&gt;= 6")
    return SimpleUploadedFile("changed.dmn", text.encode(), "text/xml")


ASKED = {
    "decision": "补贴资格",
    "cost": "补贴金额",
    "old_day": "2026-03-01",
    "new_day": "2026-03-01",
    "population": "made-up/rows",
    "rows": "1000",
}


def latest():
    from shuzhi.support.decisions.models import Replay

    return Replay.objects.latest("id").id


def finished(number):
    from shuzhi.support.decisions.replaying.running import run_replay

    return run_replay(number=number, at=NOW)


class TestReplaying:
    def test_a_changed_file_over_made_up_rows(self, sign_in):
        client = sign_in("bureau")
        waiting = client.post(f"{FILE}replay/", {**ASKED, "file": changed_file()}, follow=True)
        assert "排队等候后台推演" in text_of(waiting)

        number = latest()
        assert finished(number) == "done"
        assert finished(number) == "done"  # safe to repeat
        page = text_of(client.get(f"{FILE}replays/{number}/"))

        assert "changed.dmn" in page
        assert "不符合 → 符合" in page
        assert client.get(f"{FILE}replays/{number}/state/").headers["HX-Refresh"] == "true"

    def test_it_is_in_the_audit_log(self, sign_in):
        from shuzhi.pillars.security.models import AuditEntry

        sign_in("bureau").post(f"{FILE}replay/", {**ASKED, "file": changed_file()})
        finished(latest())

        acts = AuditEntry.objects.filter(target="rules/small-firm-benefit").values_list("action", flat=True)
        assert {"decisions.replay_asked", "decisions.replayed"} <= set(acts)

    @pytest.mark.parametrize("who", ["leader", "approver", "admin"])
    def test_others_may_not(self, sign_in, who):
        client = sign_in(who)
        assert client.get(f"{FILE}replay/").status_code == 403
        assert client.post(f"{FILE}replay/", ASKED).status_code == 403

    def test_another_office_does_not_see_the_result(self, sign_in):
        sign_in("bureau").post(f"{FILE}replay/", {**ASKED, "file": changed_file()})
        number = latest()

        assert sign_in("officer").get(f"{FILE}replays/{number}/").status_code == 404

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"<no", "不是合格的 XML"), (b"", "没有可比的改动"), (b"x" * 8_000_001, "超过 8 MB")],
        ids=["broken", "none", "large"],
    )
    def test_what_can_not_be_compared_is_refused_with_the_reason(self, sign_in, content, said):
        file = SimpleUploadedFile("x.dmn", content, "text/xml")
        answer = sign_in("bureau").post(f"{FILE}replay/", {**ASKED, "file": file})

        assert answer.status_code in (413, 422)
        assert said in text_of(answer)


@pytest.fixture
def firms(node, tmp_path):
    """A published data set of three firms whose number is masked and whose telephone is withheld from most."""
    from shuzhi.data.catalog import services as catalog
    from shuzhi.data.catalog.types import DataSetDeclaration
    from shuzhi.data.sources import services as sources
    from shuzhi.data.sources.types import SourceDeclaration

    dataset = f"replayed-{uuid.uuid4().hex[:8]}"
    kinds = {
        "size": "text",
        "founded": "date",
        "insured": "integer",
        "added": "integer",
        "dishonest": "boolean",
    }
    named = {
        "size": "规模",
        "founded": "注册日期",
        "insured": "社保缴纳人数",
        "added": "新增就业人数",
        "dishonest": "严重失信",
    }
    fields = [
        {"id": "uscc", "name": {"zh": "代码", "en": "Code"}, "grade": "L3", "mask": "partial"},
        {"id": "phone", "name": {"zh": "电话", "en": "Phone"}, "grade": "L3", "mask": "partial"},
        *(
            {"id": name, "type": kind, "name": {"zh": named[name], "en": name}}
            for name, kind in kinds.items()
        ),
    ]
    declared = DataSetDeclaration.model_validate(
        {"dataset": dataset, "title": {"zh": "推演", "en": "Replayed"}, "owner": "market-regulation"}
        | {"tier": "city", "theme": "market", "update": "daily", "sharing": "conditional"}
        | {"opening": "none", "key": ("uscc",), "fields": fields}
    )
    catalog.propose_entry(declaration=declared, by=people.BUREAU, at=NOW)
    catalog.publish_entry(dataset=dataset, by=people.BUREAU, at=NOW)
    source = SourceDeclaration(source=dataset, dataset=dataset, office="market-regulation", mode="full")
    sources.register_source(declaration=source, by=people.BUREAU, at=NOW)
    rows = [
        (CODES[0], PHONE, "小型", "2025-06-01", 4, 6, False),  # nine months: only the change lets it in
        (CODES[1], PHONE, "大型", "2020-01-01", 400, 6, False),
        (CODES[2], PHONE, "小型", "2020-01-01", 9, 2, False),
    ]
    file = tmp_path / "firms.jsonl"
    head = ("uscc", "phone", *kinds)
    file.write_text(
        "\n".join(json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) for row in rows) + "\n",
        "utf-8",
    )
    batch = sources.receive_file(source=dataset, path=file, by=people.BUREAU, at=NOW)
    assert sources.collect_batch(batch=batch.id, by=people.BUREAU, at=NOW).accepted == 3
    return dataset


class TestReplayingOverRows:
    def bound(self, client, dataset):
        """The form's own guesses for the columns, with one day of application for all."""
        page = client.get(f"{FILE}replay/?population=dataset/{dataset}")
        binding = page.context["binding"]
        answers = {column.name: column.value for _, column, _ in binding.inputs}
        values = {value.name: "2026-03-01" for name, _, value in binding.inputs if name == "申请日期"}
        return answers | values, text_of(page)

    def test_who_changes_is_told_masked(self, firms, sign_in):
        client = sign_in("tax")
        answers, page = self.bound(client, firms)
        assert "phone" not in page.split("bindings")[1]
        order = {**ASKED, "population": f"dataset/{firms}", **answers, "file": changed_file()}
        client.post(f"{FILE}replay/", order)
        number = latest()

        assert finished(number) == "done"
        page = text_of(client.get(f"{FILE}replays/{number}/"))

        assert "+1（占 3 行的 33.3%）" in page
        assert "3,000 → 12,000（变化 +9,000）" in page
        assert not any(code in page for code in CODES)
        assert CODES[0][:2] in page.split('id="changes"')[1]
        assert PHONE not in page

    def test_a_column_that_is_not_the_askers_in_clear_is_refused(self, firms, sign_in):
        from shuzhi.support.decisions import services
        from shuzhi.support.decisions.models import Replay
        from shuzhi.support.decisions.types import ReplayOrder

        order = ReplayOrder(
            "补贴资格",
            f"dataset/{firms}",
            NOW.date() - timedelta(days=400),
            NOW.date(),
            bound={"规模": "column:phone"},
        )
        number = services.ask_for_replay(
            rules="small-firm-benefit", order=order, file=None, by=people.TAX, at=NOW
        )

        assert finished(number) == "failed"
        assert "不是明文" in Replay.objects.get(id=number).problem["zh"]

    def test_a_register_s_records(self, sign_in):
        from shuzhi.data.registers.models import Entity
        from shuzhi.support.decisions import services
        from shuzhi.support.decisions.models import Replay
        from shuzhi.support.decisions.types import ReplayOrder

        sign_in("bureau")
        for at, founded in enumerate(("2025-06-01", "2020-01-01", "nothing", None)):
            golden = {"founded_on": founded, "name": "甲"}
            Entity.objects.create(
                id=f"r-{at}", register="legal-entity", label="甲", label_sort="jia", golden=golden,
                provenance={}, updated_at=NOW,
            )  # fmt: skip
        bound = {"注册日期": "column:founded_on", "申请日期": "value:2026-03-01", "规模": "value:小型"}
        bound |= {"社保缴纳人数": "value:9", "新增就业人数": "value:1", "严重失信": "value:false"}
        order = ReplayOrder(
            "补贴资格", "register/legal-entity", NOW.date(), NOW.date(), cost="补贴金额", bound=bound
        )
        file = changed_file()
        number = services.ask_for_replay(
            rules="small-firm-benefit", order=order, file=(file.name, file.read()), by=people.BUREAU, at=NOW
        )

        assert finished(number) == "done", Replay.objects.get(id=number).problem
        result = Replay.objects.get(id=number).result
        assert result["rows"] == 4
        assert result["more"] == 1
        assert result["old"] == {"yes": 1, "no": 1, "unknown": 2}

    def test_rows_that_nobody_offers_are_refused(self, node):
        from shuzhi.support.decisions import services
        from shuzhi.support.decisions.types import ReplayOrder

        for population in ("dataset/none", "nothing/x", "residents"):
            order = ReplayOrder("补贴资格", population, NOW.date() - timedelta(days=400), NOW.date())
            number = services.ask_for_replay(
                rules="small-firm-benefit", order=order, file=None, by=people.TAX, at=NOW
            )
            assert finished(number) == "failed"
