"""What the pages say and refuse, read as a browser without script reads them."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.terminals.staff import growing
from tests.terminals.staff.people import APPROVER, AT, BUREAU, TAX

from shuzhi.foundation.lake import catalog

FIRMS = (
    "统一社会信用代码,企业名称,成立日期,核准日期,数据性质\n"
    "91330110MA27XYN14L,杭州甲有限公司,2020-01-02,2020-01-02,合成\n"
    "91330110MA27XYN14X,杭州乙有限公司,2020-01-02,2020-01-02,合成\n"
)


def text_of(answer) -> str:
    return answer.content.decode()


class TestSigningIn:
    def test_a_page_sends_the_public_to_the_form_and_back(self, node, client):
        answer = client.get("/staff/catalog/?q=x")
        assert answer.status_code == 302
        assert answer.url == "/staff/login/?next=%2Fstaff%2Fcatalog%2F%3Fq%3Dx"

    def test_a_wrong_password_is_said_and_the_name_kept(self, node, client):
        answer = client.post("/staff/login/", {"username": "officer", "password": "no"})
        assert answer.status_code == 401
        assert "账号或密码不对" in text_of(answer)
        assert 'value="officer"' in text_of(answer)

    def test_no_demo_account_is_offered_outside_the_demonstration(self, node, client):
        assert "换个身份看看" not in text_of(client.get("/staff/login/"))


class TestPolicyOfContent:
    @pytest.mark.parametrize("url", ["/staff/login/", *growing.LISTS])
    def test_nothing_inline(self, url, sign_in):
        client = sign_in("bureau")
        growing.grow(1)
        answer = client.get(url)
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["Content-Security-Policy"].startswith("default-src 'self'")
        assert not re.search(r"<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=", text_of(answer))


class TestWorkbench:
    def test_an_empty_inbox_says_what_to_do(self, sign_in):
        assert "提交一批数据" in text_of(sign_in("officer").get("/staff/"))

    def test_rows_stand_under_their_due_day_with_the_next_action(self, sign_in):
        client = sign_in("bureau")
        growing.grow(1)
        page = text_of(client.get("/staff/"))
        assert "问题 0" in page
        assert "申诉成立" in page


class TestDossier:
    @pytest.fixture
    def dossier(self, node):
        from shuzhi.foundation.words import Words
        from shuzhi.support.workflow import services

        return services.open_dossier(
            loop="share-request",
            subject="interface/firm-by-uscc",
            title=Words(zh="申请使用接口", en="Request"),
            office="market-regulation",
            requester="taxation",
            by=TAX,
            at=AT,
        )

    def test_the_owner_approves_and_the_bureau_is_next(self, dossier, sign_in):
        client = sign_in("approver")
        url = f"/staff/dossiers/{dossier.id}/steps/owner-approve/"
        answer = client.post(url, {"version": dossier.version}, follow=True)
        assert answer.status_code == 200
        assert "待大数据局审批" in text_of(answer)

    def test_who_saw_an_older_version_is_told_so(self, dossier, sign_in):
        from shuzhi.support.workflow import services

        services.act(dossier=dossier.id, action="owner-approve", by=APPROVER, at=AT)
        answer = sign_in("approver").post(
            f"/staff/dossiers/{dossier.id}/steps/owner-refuse/",
            {"version": dossier.version, "note-owner-refuse": "不同意"},
        )
        assert answer.status_code == 409
        assert "请重新查看后再办理" in text_of(answer)

    def test_a_missing_note_is_asked_for_beside_the_form(self, dossier, sign_in):
        answer = sign_in("approver").post(
            f"/staff/dossiers/{dossier.id}/steps/owner-refuse/", {"version": dossier.version}
        )
        assert answer.status_code == 422
        assert "须附" in text_of(answer)

    def test_other_offices_may_not_read_it(self, dossier, sign_in):
        answer = sign_in("hr").get(f"/staff/dossiers/{dossier.id}/")
        assert answer.status_code == 403
        assert "属于其他部门" in text_of(answer)


class TestHandingIn:
    def hand_in(self, client, text=FIRMS, **more):
        file = SimpleUploadedFile("../../firms.csv", text.encode(), "text/csv")
        return client.post(
            "/staff/sources/firms/hand-in/", {"file": file, "mode": "full", **more}, follow=True
        )

    def test_a_file_gives_a_receipt_and_the_quarantine_its_reason(self, sign_in):
        page = text_of(self.hand_in(sign_in("officer")))
        assert "收支相符" in page
        assert "GB 32100" in page

    def test_another_office_may_not(self, sign_in):
        answer = self.hand_in(sign_in("tax"))
        assert answer.status_code == 403

    def test_the_quarantine_is_not_for_everybody(self, sign_in):
        self.hand_in(sign_in("officer"))
        page = text_of(sign_in("leader").get("/staff/batches/firms-000001/"))
        assert "只有本部门的数据专员和大数据局能看" in page
        assert "GB 32100" not in page

    def test_no_file_is_said(self, sign_in):
        answer = sign_in("officer").post("/staff/sources/firms/hand-in/", {"mode": "full"})
        assert answer.status_code == 422
        assert "请选择要提交的文件" in text_of(answer)

    def test_a_wrong_number_of_rows_fails_the_batch(self, sign_in):
        # A test's database is rolled back, the lake is not: a batch of this name would be found there.
        if catalog.has_table("firms-registration"):
            catalog.open_catalog().drop_table(catalog.identifier("firms-registration"))
        assert "这一批没有归集" in text_of(self.hand_in(sign_in("officer"), rows="7"))


class TestCatalog:
    def test_only_the_bureau_is_offered_to_publish(self, sign_in):
        url = "/staff/catalog/firms-registration/"
        assert "/publish/" not in text_of(sign_in("officer").get(url))
        bureau = sign_in("bureau")
        assert "/publish/" in text_of(bureau.get(url))
        assert "已发布" in text_of(bureau.post(f"{url}publish/", follow=True))

    def test_the_officer_cannot_publish_by_hand(self, sign_in):
        answer = sign_in("officer").post("/staff/catalog/firms-registration/publish/")
        assert answer.status_code == 403

    def test_a_looked_at_file_becomes_a_proposal(self, sign_in):
        client = sign_in("officer")
        page = text_of(
            client.post("/staff/sources/propose/", {"file": SimpleUploadedFile("a.csv", FIRMS.encode())})
        )
        assert "统一社会信用代码" in page
        declaration = re.search(r'name="declaration" value="([^"]+)"', page)[1].replace("&quot;", '"')
        given = {
            "declaration": declaration,
            "dataset": "my-firms",
            "title_zh": "我的企业",
            "title_en": "My firms",
        }
        assert "我的企业" in text_of(client.post("/staff/sources/propose/", given, follow=True))
        again = given | {"dataset": "Bad Id"}
        assert "编号须以小写字母开头" in text_of(client.post("/staff/sources/propose/", again))

    def test_nobody_takes_over_another_offices_entry(self, sign_in):
        from shuzhi.data.catalog import queries

        declared = queries.entry("firms-registration").schema_.model_copy(update={"owner": "taxation"})
        given = {"declaration": declared.model_dump_json(), "dataset": "firms-registration", "title_zh": "夺"}
        assert sign_in("tax").post("/staff/sources/propose/", given).status_code == 403
        assert queries.entry("firms-registration").owner == "market-regulation"

    def test_a_changed_grade_waits_for_the_bureau_again(self, sign_in):
        from shuzhi.data.catalog import queries, services

        services.publish_entry(dataset="firms-registration", by=BUREAU, at=AT)
        url = "/staff/catalog/firms-registration/edit/"
        given = {
            "title_zh": "企业登记信息",
            "title_en": "Firms",
            "field-name-grade": "L2",
            "field-name-open": "on",
        }
        page = text_of(sign_in("officer").post(url, given, follow=True))
        assert "等大数据局发布" in page
        assert queries.entry("firms-registration").schema_.field("name").grade.value == "L2"
        versions = text_of(sign_in("officer").get("/staff/catalog/firms-registration/versions/"))
        assert "L2" in versions


class TestRegister:
    URL = "/staff/registers/legal-entity/entity-0/"

    @pytest.mark.parametrize(
        ("username", "phone", "representative"),
        [("bureau", "13800001234", "张三丰"), ("officer", "13800001234", "张三丰"), ("tax", "138****1234", "张三丰"), ("leader", "138****1234", "张**")],
    )  # fmt: skip
    def test_values_are_masked_by_the_readers_clearance(self, username, phone, representative, sign_in):
        client = sign_in(username)
        growing.grow(1)
        page = text_of(client.get(self.URL))
        assert phone in page
        assert representative in page

    def test_a_conflict_says_who_said_what_and_by_which_rule(self, sign_in):
        client = sign_in("bureau")
        growing.grow(1)
        page = text_of(client.get(self.URL))
        assert "各部门说法不一" in page
        assert "一数一源，优先次序" in page


class TestExchange:
    @pytest.fixture
    def published(self, node):
        from shuzhi.data.catalog import services as catalog
        from shuzhi.data.exchange import services

        for dataset in ("firms-registration", "taxpayers", "insured-employers"):
            catalog.publish_entry(dataset=dataset, by=BUREAU, at=AT)
        services.publish_interface(interface="firm-by-uscc", by=BUREAU, at=AT)

    def ask(self, client, **changes):
        given = {
            "purpose": "核对登记信息",
            "basis": "浙江省公共数据条例",
            "since": "2026-11-20",
            "until": "2036-12-31",
            "daily_quota": "10",
        }
        url = "/staff/exchange/interfaces/firm-by-uscc/request/"
        return client.post(url, given | changes, follow=True)

    def test_from_the_request_to_the_secret_and_its_end(self, published, sign_in):
        from shuzhi.support.workflow import queries, services

        assert "审批中" in text_of(self.ask(sign_in("tax")))
        dossier = queries.dossiers(loop="share-request")[0].id
        services.act(dossier=dossier, action="owner-approve", by=APPROVER, at=AT)
        services.act(dossier=dossier, action="bureau-approve", by=BUREAU, at=AT)
        key = "/staff/exchange/subscriptions/{}/key/"
        from shuzhi.data.exchange import queries as exchange
        from shuzhi.foundation.outbox.services import deliver_waiting

        deliver_waiting(at=AT)
        number = exchange.subscriptions()[0].id
        shown = text_of(sign_in("tax").post(key.format(number)))
        secret = re.search(r"data-secret>([^<]+)<", shown)[1]
        again = sign_in("tax").post(key.format(number))
        assert again.status_code == 409
        assert secret not in text_of(again)
        assert secret not in text_of(sign_in("tax").get(f"/staff/exchange/subscriptions/{number}/"))
        ended = sign_in("approver").post(
            f"/staff/exchange/subscriptions/{number}/revoke/", {"reason": "用途已变"}, follow=True
        )
        assert "已撤销" in text_of(ended)

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"purpose": ""}, "请填写这一项"),
            ({"until": "2026-11-01"}, "早于"),
            ({"since": "x"}, "请按 年-月-日"),
        ],
    )
    def test_a_wrong_answer_is_said_and_the_rest_kept(self, wrong, says, published, sign_in):
        answer = self.ask(sign_in("tax"), **wrong)
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert "浙江省公共数据条例" in text_of(answer)

    def test_a_third_office_may_not_read_a_subscription(self, published, sign_in):
        self.ask(sign_in("tax"))
        from shuzhi.data.exchange import queries

        number = queries.subscriptions()[0].id
        assert sign_in("hr").get(f"/staff/exchange/subscriptions/{number}/").status_code == 403


class TestAuditPage:
    def test_verifying_says_how_many_entries_fit(self, sign_in):
        assert "完好无损" in text_of(sign_in("bureau").post("/staff/audit/"))

    def test_filters_and_nonsense(self, sign_in):
        client = sign_in("bureau")
        assert "没有符合条件的记录" in text_of(client.get("/staff/audit/?action=nothing.such"))
        assert client.get("/staff/audit/?day=x&page=-1&actor=%00").status_code == 200

    def test_officers_are_refused_with_the_reason(self, sign_in):
        answer = sign_in("officer").get("/staff/audit/")
        assert answer.status_code == 403
        assert "需要岗位" in text_of(answer)


def test_the_packs_page_checks_every_pack(sign_in):
    assert "每个应用包都通过检查" in text_of(sign_in("bureau").post("/staff/packs/"))


def test_search_finds_across_the_rooms(sign_in):
    client = sign_in("bureau")
    growing.grow(1)
    page = text_of(client.get("/staff/search/?q=firms"))
    for found in ("firms-registration", "Firms 0", "firms-000001"):
        assert found in page


def test_english_pages_are_english(sign_in):
    client = sign_in("bureau")
    client.cookies["shuzhi_language"] = "en"
    assert "Data sets found" in text_of(client.get("/staff/catalog/"))
