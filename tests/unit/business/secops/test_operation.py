"""Security operation: assets and their gaps, third parties that end by themselves, drills, evidence, self-assessment, K17."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests import clocks

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role, system

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BUREAU = Actor("account/bureau", "大数据局", "data-bureau", roles=frozenset({Role.BUREAU}))
ADMIN = Actor("account/admin", "管理员", "data-bureau", roles=frozenset({Role.ADMINISTRATOR}))
CLERK = Actor("account/clerk", "专员", "taxation", roles=frozenset({Role.DATA_OFFICER}))


@pytest.fixture
def operation(db):
    """The loops and controls that the packs declare, and an inside person who can answer for somebody."""
    from tests.unit.business.secops import traffic

    from shuzhi.business.secops import models
    from shuzhi.business.secops.types import ControlSetDeclaration
    from shuzhi.foundation.packfiles import packs_root
    from shuzhi.packs import yaml
    from shuzhi.pillars.organization.models import Office
    from shuzhi.support.identity import services as identity
    from shuzhi.support.workflow import services as loops
    from shuzhi.support.workflow.types import LoopDeclaration

    traffic.install()
    pack = packs_root() / "platform" / "security-operation"
    loop = LoopDeclaration.model_validate(yaml.read(pack / "loops" / "asset-gap.yaml").value)
    loops.install_loop(declaration=loop, pack="test", by=system("test"), at=AT)
    controls = ControlSetDeclaration.model_validate(
        yaml.read(pack / "assessments" / "level-protection-3.yaml").value
    )
    models.ControlSet.objects.create(
        id=controls.assessment, declared=controls.model_dump(mode="json"), pack="test"
    )
    Office.objects.create(
        id="data-bureau",
        title_zh="数据局",
        title_en="Data bureau",
        division="330100",
        tier="city",
        pack="t/t",
    )
    for username, roles in (("bureau", {Role.BUREAU}), ("admin", {Role.ADMINISTRATOR})):
        identity.open_account(
            username=username, person=username, office="data-bureau", division=None, roles=frozenset(roles),
            password=None, by=system("test"), at=AT,
        )  # fmt: skip
    return controls


def reported(by=CLERK, at=AT, caller="device/disk-3") -> int:
    from shuzhi.business.secops import services

    return services.report_incident(
        title=Words(zh="硬盘遗失", en="A disk is lost"), said=Words(zh="遗失在地铁", en="Left on the metro"),
        caller=caller, office="data-bureau", severity="high", by=by, at=at,
    )  # fmt: skip


def dossier_of(incident: int) -> int:
    from shuzhi.business.secops import queries

    return queries.incident(incident).dossier


def act(incident: int, action: str, at=AT) -> None:
    """A step in the inbox, and what its event brings about."""
    from shuzhi.business.secops import services
    from shuzhi.business.secops.raising import LOOP
    from shuzhi.support.workflow import services as loops

    number = dossier_of(incident)
    loops.act(dossier=number, action=action, by=BUREAU, at=at, note="已查清")
    services.follow_dossier({"loop": LOOP, "dossier": number, "action": action}, at)


class TestAssets:
    def test_come_from_the_registers_and_end_with_them(self, operation):
        from shuzhi.business.secops import models, queries, services
        from shuzhi.support.identity import services as identity

        report = services.take_stock(by=BUREAU, at=AT)
        kinds = {kind.value for kind in queries.asset_kinds()}
        assert report.assets == report.new > 0
        assert "accounts" in kinds

        for username in ("bureau", "admin"):
            identity.close_account(username=username, by=system("test"), at=AT)
        again = services.take_stock(by=BUREAU, at=AT + timedelta(days=1))
        assert (again.new, again.gone) == (0, 2)
        assert models.Asset.objects.get(id="accounts/bureau").gone_at is not None

    def test_a_gap_is_one_issue_of_an_office_and_closes_when_it_is_mended(self, operation, monkeypatch):
        from shuzhi.business.secops import assets, queries, services
        from shuzhi.business.secops.types import AssetKind, Found
        from shuzhi.support.workflow import queries as workflow

        title = Words(zh="甲", en="a")
        lists = [[Found(f"dataset/{n}", AssetKind.DATASET, title, "taxation") for n in range(3)]]
        monkeypatch.setattr(assets, "found", lambda _: iter(lists[0]))

        assert services.take_stock(by=BUREAU, at=AT).gaps_opened == 1
        number = queries.open_gaps()["grade/taxation"]
        assert services.take_stock(by=BUREAU, at=AT + timedelta(days=1)).gaps_opened == 0
        assert queries.count_assets(at=AT, gaps_only=True) == 3

        lists[0] = [Found(one.id, one.kind, title, "taxation", "L2") for one in lists[0]]
        assert services.take_stock(by=BUREAU, at=AT + timedelta(days=2)).gaps_closed == 1
        assert workflow.dossier(number).state == "mended"
        assert queries.open_gaps() == {}

    def test_what_others_reach_is_looked_at_once_a_year(self, operation):
        from shuzhi.business.secops import queries, services
        from shuzhi.business.secops.types import GapKind

        services.take_stock(by=BUREAU, at=AT)
        later = AT + timedelta(days=400)
        old = {one.id for one in queries.assets(at=later) if GapKind.REVIEW in one.gaps}
        assert "accounts/bureau" in old
        assert not any(name.startswith("key/") for name in old)  # nobody reaches them

        services.review_asset(asset="accounts/bureau", note="已核对", by=BUREAU, at=later)
        assert "accounts/bureau" not in {
            one.id for one in queries.assets(at=later) if GapKind.REVIEW in one.gaps
        }

    def test_only_who_may(self, operation):
        from shuzhi.business.secops import services

        with pytest.raises(Forbidden):
            services.take_stock(by=CLERK, at=AT)


def admitted(**more):
    from shuzhi.business.secops import services

    plain = {
        "username": "yunwei-li", "person": "李运维", "roles": frozenset({Role.DATA_OFFICER}), "vendor": "示例科技",
        "contact": "0571-00000000", "purpose": "升级", "scope": "归集只读", "sponsor": "account/bureau",
        "office": "data-bureau", "until": AT + timedelta(minutes=90), "by": ADMIN, "at": AT,
    }  # fmt: skip
    return services.open_vendor_account(**(plain | more))


class TestThirdParties:
    def test_ends_at_its_minute_without_the_worker(self, operation, monkeypatch):
        from shuzhi.support.identity import signing_in
        from shuzhi.support.identity.models import Account

        admitted()
        account = Account.objects.get(username="yunwei-li")
        end = AT + timedelta(minutes=90)
        moment = [end - timedelta(seconds=1)]
        clocks.put(monkeypatch, lambda: moment[0])
        browser = Client()
        browser.force_login(account)
        assert browser.get("/staff/").status_code == 200

        moment[0] = end
        assert browser.get("/staff/").status_code == 302  # the public, sent to sign in
        found = signing_in.sign_in(
            username="yunwei-li", address="192.0.2.1", at=end, authenticate=lambda: account
        )
        assert found is None

    def test_the_worker_closes_what_is_over_and_nothing_else(self, operation):
        from shuzhi.business.secops import services, third_parties
        from shuzhi.support.identity.models import Account

        access, _ = admitted()
        longer, _ = admitted(username="other-li", until=AT + timedelta(days=3))
        at = AT + timedelta(minutes=90)
        before = Account.objects.get(username="yunwei-li").session_round

        assert services.end_expired(by=system("test"), at=at) == 1
        assert services.end_expired(by=system("test"), at=at) == 0
        assert not Account.objects.get(username="yunwei-li").is_active
        assert Account.objects.get(username="yunwei-li").session_round == before + 1
        assert [one.id for one in third_parties.accesses(open_only=True)] == [longer.id]
        assert third_parties.overdue(at=AT + timedelta(days=4)) == 1
        assert access.id != longer.id

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"roles": frozenset({Role.ADMINISTRATOR})}, "secops.not_for_third_parties"),
            ({"roles": frozenset()}, "secops.not_for_third_parties"),
            ({"until": AT + timedelta(days=400)}, "secops.access_too_long"),
            ({"until": AT}, "secops.access_too_long"),
            ({"sponsor": "account/nobody"}, "secops.sponsor_missing"),
            ({"sponsor": "account/yunwei-li"}, "secops.sponsor_missing"),
            ({"purpose": " "}, "secops.access_incomplete"),
            ({"by": BUREAU}, "security.forbidden"),
        ],
    )
    def test_says_what_is_missing_and_opens_nothing(self, operation, more, code):
        from shuzhi.foundation.errors import PlatformError
        from shuzhi.support.identity.models import Account

        with pytest.raises(PlatformError) as refusal:
            admitted(**more)

        assert refusal.value.code == code
        assert not Account.objects.filter(username="yunwei-li").exists()

    def test_ended_early_it_is_closed_at_once(self, operation):
        from shuzhi.business.secops import services
        from shuzhi.business.secops.errors import NoSuchAccess

        access, _ = admitted()
        assert services.end_access(access=access.id, why="合同终止", by=ADMIN, at=AT).ended_at == AT
        with pytest.raises(NoSuchAccess):
            services.end_access(access=access.id, why="x", by=ADMIN, at=AT)


class TestK17:
    def test_counts_what_is_closed_or_late_but_no_false_alarm_and_no_drill(self, operation):
        from shuzhi.business.secops import queries, services

        good, late, alarm = (reported(caller=f"device/{n}") for n in range(3))
        act(good, "triage")
        act(good, "resolve", AT + timedelta(hours=3))
        services.dismiss(
            incident=alarm,
            up_to=1,
            until=date(2026, 4, 1),
            reason="误会",
            by=BUREAU,
            at=AT + timedelta(hours=1),
        )
        for counts in (False, True):
            drill = services.plan_drill(
                title="演练", plan="方案", office="data-bureau", planned_on=date(2026, 3, 2), by=BUREAU, at=AT, counts=counts
            )  # fmt: skip
            services.start_drill(drill=drill.id, by=BUREAU, at=AT)
            number = services.inject(
                drill=drill.id, title=Words(zh="失陷", en="lost"), said=Words(zh="勒索信", en="ransom"),
                caller="account/bureau", severity="high", by=BUREAU, at=AT,
            )  # fmt: skip
            services.contain(incident=number, by=BUREAU, at=AT, reason="遏制")
            act(number, "resolve", AT + timedelta(minutes=10))
            counted = number

        in_time, due, _ = queries.rectified(date(2026, 3, 9))

        assert due == {dossier_of(good), dossier_of(late), dossier_of(counted)}
        assert in_time == {dossier_of(good), dossier_of(counted)}

    def test_a_drill_cuts_nobody_off(self, operation):
        from shuzhi.business.secops import drilling, services
        from shuzhi.support.identity.models import Account

        drill = services.plan_drill(
            title="演练", plan="方案", office="data-bureau", planned_on=date(2026, 3, 2), by=BUREAU, at=AT
        )
        services.start_drill(drill=drill.id, by=BUREAU, at=AT)
        number = services.inject(
            drill=drill.id, title=Words(zh="失陷", en="lost"), said=Words(zh="勒索信", en="ransom"),
            caller="account/admin", severity="high", by=BUREAU, at=AT,
        )  # fmt: skip
        services.contain(incident=number, by=BUREAU, at=AT + timedelta(seconds=90), reason="遏制")

        assert Account.objects.get(username="admin").is_active
        assert drilling.results(drill.id)[0].contained == 90

    def test_a_drill_without_lessons_does_not_end(self, operation):
        from shuzhi.business.secops import services
        from shuzhi.business.secops.errors import DrillIncomplete

        drill = services.plan_drill(
            title="演练", plan="方案", office="data-bureau", planned_on=date(2026, 3, 2), by=BUREAU, at=AT
        )
        services.start_drill(drill=drill.id, by=BUREAU, at=AT)
        with pytest.raises(DrillIncomplete):
            services.close_drill(drill=drill.id, findings="有", measures=[" "], by=BUREAU, at=AT)


@pytest.fixture
def package(operation, tmp_path) -> Path:
    """An incident's evidence, unpacked."""
    from shuzhi.business.secops import services

    number = reported()
    act(number, "triage")
    packed = services.export_evidence(incident=number, by=BUREAU, at=AT + timedelta(hours=1))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """Verified by a programme that knows nothing of the platform."""
    return subprocess.run(
        [sys.executable, "-B", "-I", "-c", "import sys; sys.path.insert(0, '.'); import verify_evidence; sys.exit(verify_evidence.main(['.']))"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


class TestEvidence:
    def test_is_verified_offline(self, package):
        found = verified(package)
        assert found.returncode == 0, found.stderr
        told = json.loads(found.stdout)
        assert told["verified"]
        assert told["entries"] >= 2
        steps = json.loads((package / "timeline.json").read_text("utf-8"))
        assert [one["step"] for one in steps if "step" in one] == ["opened", "triage"]

    @pytest.mark.parametrize("what", ["incident", "receipt", "missing", "more", "manifest"])
    def test_whatever_is_changed_shows(self, package, what):
        receipt = next((package / "receipts").glob("*.json"))
        if what == "incident":
            file = package / "incident.json"
            file.write_text(file.read_text("utf-8").replace("地铁", "车站"), "utf-8")
        elif what == "receipt":
            receipt.write_text(receipt.read_text("utf-8").replace("account/", "account_"), "utf-8")
        elif what == "missing":
            receipt.unlink()
        elif what == "more":
            (package / "receipts" / "e999.json").write_bytes(receipt.read_bytes())
        else:
            file = package / "manifest.json"
            manifest = json.loads(file.read_text("utf-8"))
            receipt.unlink()
            del manifest["files"][f"receipts/{receipt.name}"]
            file.write_text(json.dumps(manifest), "utf-8")

        assert verified(package).returncode == 1

    def test_only_who_handles_incidents(self, operation):
        from shuzhi.business.secops import services

        with pytest.raises(Forbidden):
            services.export_evidence(incident=reported(), by=CLERK, at=AT)


class TestAssessment:
    def test_every_control_is_checked_or_says_that_nobody_answers(self, operation):
        from shuzhi.business.secops import services
        from shuzhi.business.secops.types import ControlState

        found = services.assess(assessment="level-protection-3", by=BUREAU, at=AT)

        for one in found.results:
            silent = one.state is ControlState.MANUAL
            assert silent == (one.control.check is None)
            assert one.said.zh
            assert one.said.en
        assert found.count(ControlState.MANUAL) >= 8

    def test_what_the_platform_sees_is_nobodys_to_state(self, operation):
        from shuzhi.business.secops import services
        from shuzhi.business.secops.errors import NotForStatement, StatementIncomplete

        said = {"assessment": "level-protection-3", "is_met": True, "note": "好", "by": BUREAU, "at": AT}
        with pytest.raises(NotForStatement):
            services.state_control(control="assets", until=date(2026, 5, 1), **said)
        with pytest.raises(StatementIncomplete):
            services.state_control(control="malware", until=date(2027, 5, 1), **said)

    def test_a_statement_ends(self, operation):
        from shuzhi.business.secops import services

        services.state_control(
            assessment="level-protection-3", control="malware", is_met=True, note="见台账", until=date(2026, 4, 1),
            by=BUREAU, at=AT,
        )  # fmt: skip

        def state(at):
            report = services.assess(assessment="level-protection-3", by=BUREAU, at=at)
            return next(one.state.value for one in report.results if one.control.control == "malware")

        assert (state(AT), state(AT + timedelta(days=60))) == ("stated", "manual")

    def test_a_missing_drill_fails_and_a_held_one_passes(self, operation):
        from shuzhi.business.secops import checks, services

        assert not checks.drilled(AT).is_met
        drill = services.plan_drill(
            title="演练", plan="方案", office="data-bureau", planned_on=date(2026, 3, 2), by=BUREAU, at=AT
        )
        services.start_drill(drill=drill.id, by=BUREAU, at=AT)
        services.close_drill(drill=drill.id, findings="慢", measures=["双岗"], by=BUREAU, at=AT)
        assert checks.drilled(AT).is_met

    def test_a_pack_that_names_no_check_of_the_platform_is_refused(self):
        from shuzhi.business.secops.parts import check_controls
        from shuzhi.business.secops.types import Control, ControlSetDeclaration
        from shuzhi.foundation.parts import Declaration, Known

        words = Words(zh="甲", en="a")
        control = Control(control="x", clause="1", title=words, asks=words, check="no-such-check")
        value = ControlSetDeclaration(assessment="a", title=words, summary=words, controls=(control, control))
        declaration = Declaration(pack="test", value=value, file=Path("a.yaml"), lines={})

        found = [one.rule for one in check_controls([declaration], Known(ids={}))]

        assert found == ["control-check-unknown", "control-check-unknown", "control-twice"]


class TestPages:
    @pytest.mark.parametrize("path", ["", "assets/", "access/", "drills/", "assessment/"])
    def test_bureau_sees_them_and_others_do_not(self, operation, path):
        from shuzhi.support.identity.models import Account

        browser = Client()
        assert browser.get(f"/staff/secops/{path}").status_code == 302
        browser.force_login(Account.objects.get(username="bureau"))
        assert browser.get(f"/staff/secops/{path}").status_code == 200
