"""Requests: codes, masks, merging, the inbox, and rows that become requests once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.business.benefits.world import ROOT

from shuzhi.business.incidents import errors, models, queries, services
from shuzhi.business.incidents.matching import matter_of
from shuzhi.business.incidents.services import importing
from shuzhi.business.incidents.services.taking_in import Told
from shuzhi.business.incidents.types import Channel, DeskDeclaration
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.pillars.organization.parts import install_office
from shuzhi.pillars.organization.types import OfficeDeclaration
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.decisions import services as decisions
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.types import RulesDeclaration
from shuzhi.support.ratings.errors import NotOverYet
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PLATFORM = system("test")
PACK = ROOT / "packs/city/hotline"
CODE = "12345678"
CLERK = Actor("account/desk", "李接", "hotline-12345", roles=frozenset({Role.DATA_OFFICER}))
CITY = Actor("account/city", "钱城", "urban-management", roles=frozenset({Role.DATA_OFFICER}))
NOISE = Told("夜间施工噪音扰民", "凌晨两点打桩", "文一西路 88 号", "138 0000-1234")


@pytest.fixture
def desk():
    """The desk as its pack declares it."""
    for name in ("hotline-12345", "urban-management", "human-resources"):
        text = (ROOT / f"packs/node/hangzhou/offices/{name}.yaml").read_text("utf-8")
        declared = OfficeDeclaration.model_validate(yaml.safe_load(text))
        install_office(
            Declaration("node/hangzhou", ROOT, declared, {}),
            Installation("node/hangzhou", ROOT, PLATFORM, AT),
        )
    content = (PACK / "rules/hotline-classification.dmn").read_bytes()
    digest = read_rulebook([("h.dmn", content)]).sound().digest
    rules = RulesDeclaration(rules="hotline-classification", digest=digest, files=(("h.dmn", content),))
    decisions.install_rules(declaration=rules, pack="city/hotline", by=PLATFORM, at=AT)
    loop = LoopDeclaration.model_validate(
        yaml.safe_load((PACK / "loops/hotline-request.yaml").read_text("utf-8"))
    )
    loops.install_loop(declaration=loop, pack="city/hotline", by=PLATFORM, at=AT)
    said = yaml.safe_load((PACK / "incidents/hotline-12345.yaml").read_text("utf-8"))
    services.install_desk(
        declaration=DeskDeclaration.model_validate(said), pack="city/hotline", by=PLATFORM, at=AT
    )
    return "hotline-12345"


def take(desk, told=NOISE, at=AT, **more):
    return services.take_in(
        desk=desk, channel=Channel.CALL, told=told, code=CODE, by=CLERK, at=at, **more
    ).request


class TestTakingIn:
    def test_masks_the_caller_and_keeps_no_code(self, desk):
        found = take(desk)

        assert found.caller == "138******34"
        assert CODE not in str(models.Request.objects.values().get())

    @pytest.mark.parametrize(
        ("told", "error"), [(Told(" "), errors.NothingSaid), (Told("x", caller="12"), errors.CallerWrong)]
    )
    def test_refuses_what_says_nothing_and_who_is_no_number(self, desk, told, error):
        with pytest.raises(error):
            take(desk, told)

    def test_the_term_hangs_on_the_urgency(self, desk):
        from shuzhi.support.workflow import queries as workflow

        gas = take(desk, Told("小区燃气泄漏"))

        assert (gas.urgency, str(workflow.dossier(gas.dossier).due_on)) == ("紧急", "2026-03-17")

    def test_the_same_matter_is_merged_while_it_is_open(self, desk):
        first = take(desk)
        second = take(desk, Told("夜间施工，噪音扰民！", "凌晨两点打桩", "文一西路88号"))
        later = take(desk, at=AT + timedelta(days=31))

        assert second.merged_into == first.number
        assert later.merged_into is None

    @given(st.text(max_size=40), st.text(alphabet=" ,，。！\t\u3000", max_size=6))
    def test_spaces_and_marks_make_no_other_matter(self, words, marks):
        assert matter_of(subject=words, said="", place="") == matter_of(
            subject=marks + words + marks, said="", place=marks
        )


class TestLookingUp:
    def test_takes_number_and_code_and_ends_after_ten_wrong_ones(self, desk):
        number = take(desk).number
        assert queries.status(number, CODE)[0].number == number

        for _ in range(10):
            with pytest.raises(errors.CodeWrong):
                queries.status(number, "00000000")
        with pytest.raises(errors.TooManyTries):
            queries.status(number, CODE)

    def test_an_unknown_number_is_answered_like_a_wrong_code(self, desk):
        with pytest.raises(errors.CodeWrong):
            queries.status("1", CODE)


class TestRating:
    def closed(self, desk):
        number = take(desk).number
        services.dispatch(number=number, office=None, note="", by=CLERK, at=AT)
        services.reply(number=number, note="已停工", by=CITY, at=AT)
        return number

    def test_the_desk_and_the_caller_give_one_rating(self, desk):
        number = self.closed(desk)
        services.verify(number=number, solved=True, satisfaction=5, note="满意", by=CLERK, at=AT)
        assert queries.request(number).satisfaction == 5
        services.rate(number=number, code=CODE, score=4, words="慢了点", at=AT)
        assert queries.request(number).satisfaction == 4

    def test_what_is_done_again_is_not_rated(self, desk):
        number = self.closed(desk)
        with pytest.raises(errors.NotRatedYet):
            services.verify(number=number, solved=False, satisfaction=1, note="", by=CLERK, at=AT)
        with pytest.raises(NotOverYet):
            services.rate(number=number, code=CODE, score=1, words="", at=AT)

    def test_wrong_codes_are_counted_here_too(self, desk):
        number = self.closed(desk)
        for _ in range(10):
            with pytest.raises(errors.CodeWrong):
                services.rate(number=number, code="00000000", score=1, words="", at=AT)
        with pytest.raises(errors.TooManyTries):
            services.rate(number=number, code=CODE, score=1, words="", at=AT)


def test_steps_of_the_inbox_are_followed(desk):
    """Dispatched, returned, dispatched again and answered without any page of the hotline."""
    from shuzhi.business.incidents.services.handling import follow_dossier

    found = take(desk)
    for actor, action in ((CLERK, "dispatch"), (CITY, "return"), (CLERK, "dispatch"), (CITY, "reply")):
        loops.act(dossier=found.dossier, action=action, by=actor, at=AT, note="办理")
        follow_dossier({"dossier": found.dossier, "action": action}, AT)

    told = queries.request(found.number)
    assert (told.returns, told.answered_at, told.office) == (1, AT, "urban-management")


class TestImporting:
    ROWS = {
        "unique_key": ["1", "2", "3", "4"],
        "complaint_type": ["Noise", "NOISE", "HEATING", None],
        "descriptor": ["Loud", "loud", None, None],
        "incident_address": ["1 Court St", "1 COURT ST.", "9 Main St", None],
        "incident_zip": ["11201", "11201", "N/A", "NO CLUE"],
    }

    def test_every_row_is_accounted_for_and_taken_once(self, desk, monkeypatch):
        monkeypatch.setattr(importing.lake, "current", lambda *_, **__: pa.table(self.ROWS))

        first, second = (
            services.import_requests(desk=desk, dataset="nyc311-requests", code=lambda: CODE, by=CLERK, at=AT)
            for _ in range(2)
        )

        assert (first.rows, first.opened, first.merged, first.quarantined) == (4, 2, 1, 1)
        assert (second.opened, second.merged, second.known) == (0, 0, 3)
        assert first.balances
        assert second.balances

    def test_is_refused_for_a_data_set_that_the_desk_does_not_take(self, desk):
        with pytest.raises(errors.NoSuchDesk):
            services.import_requests(desk=desk, dataset="firms", code=lambda: CODE, by=CLERK, at=AT)


@pytest.mark.proof
@pytest.mark.parametrize("file", ["附件3_全部_4326条_热点问题.xlsx", "附件4_全部_2816条_留言与答复.xlsx"])
def test_real_messages_become_requests(desk, monkeypatch, shared_data, file):
    """The public contest's messages, dirt and all: each row is opened, merged or set aside, and most find their office."""
    import openpyxl

    sheet = openpyxl.load_workbook(shared_data / "gov_messages_taidi2020" / file, read_only=True).active
    head, *rows = list(sheet.iter_rows(values_only=True))
    named = [dict(zip(head, map(str, row), strict=True)) for row in rows if row[0] is not None]
    table = pa.table({
        "message": [row["留言编号"] for row in named],
        "subject": [row["留言主题"] for row in named],
        "text": [row["留言详情"] for row in named],
    })  # fmt: skip
    monkeypatch.setattr(importing.lake, "current", lambda *_, **__: table)

    made = services.import_requests(desk=desk, dataset="citizen-messages", code=lambda: CODE, by=CLERK, at=AT)
    again = services.import_requests(
        desk=desk, dataset="citizen-messages", code=lambda: CODE, by=CLERK, at=AT
    )

    kept = Counter(one is None for one in models.Request.objects.values_list("merged_into", flat=True))
    repeated = len(named) - len({row["留言编号"] for row in named})
    assert made.rows == len(named)
    assert made.balances
    assert (kept[True], kept[False]) == (made.opened, made.merged)
    assert made.known == repeated
    assert (again.opened, again.merged) == (0, 0)
