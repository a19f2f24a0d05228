"""Upgrading tells first and does after, or refuses; disabling and archiving leave data and dossiers; all of it is audited."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.packs.good import GOOD, GROUND

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def world(db, tmp_path):
    return World(tmp_path)


class World:
    def __init__(self, root):
        from shuzhi.pillars.security.types import Actor, Role

        self.root = root
        self.admin = Actor(name="account/admin", roles=frozenset({Role.ADMINISTRATOR}))
        for name, text in {**GROUND, **{f"city/parks/{name}": text for name, text in GOOD.items()}}.items():
            # The lake is not rolled back: these tests have a data set of their own.
            self.write(name, text)

    def write(self, name, text):
        file = (
            self.root / name.replace("parks.yaml", "lawn-parks.yaml")
            if "datasets/" in name
            else self.root / name
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("dataset: parks", "dataset: lawn-parks"), "utf-8")

    def change(self, name, *pairs):
        file = self.root / "city" / "parks" / name
        text = file.read_text("utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        file.write_text(text, "utf-8")

    def packs(self):
        from shuzhi.packs import loader

        packs, findings = loader.load_packs(loader.find_packs([self.root]))
        assert findings == [], [each.message.zh for each in findings]
        return packs

    def install(self, by=None):
        from shuzhi.packs import services

        return services.install_packs(packs=self.packs(), by=by or self.admin, at=AT)

    def report(self):
        from shuzhi.packs import services

        return services.dry_run(packs=self.packs(), by=self.admin)

    def collect(self):
        from shuzhi.data.sources import services
        from shuzhi.pillars.security.types import Actor, Role

        who = Actor(name="account/gardener", office="parks", roles=frozenset({Role.DATA_OFFICER}))
        batch = services.receive_file(
            source="parks", path=self.root / "city/parks/samples/parks.csv", by=who, at=AT
        )
        return services.collect_batch(batch=batch.id, by=who, at=AT)

    def clerk(self):
        from shuzhi.pillars.security.types import Actor, Role

        return Actor(name="account/clerk", office="data-bureau", roles=frozenset({Role.DATA_OFFICER}))

    def open_dossier(self):
        from shuzhi.foundation.words import Words
        from shuzhi.pillars.security.types import system
        from shuzhi.support.workflow import services

        return services.open_dossier(
            loop="upkeep", subject="park/1", title=Words(zh="修剪", en="Mow"), office="parks",
            requester=None, by=system("test"), at=AT,
        )  # fmt: skip


def audited(action):
    from shuzhi.pillars.security.queries import Question, acts

    return [(act.target, act.outcome) for act in acts(Question(action=action))]


class TestUpgrading:
    def test_tells_and_changes_nothing_and_then_does_it(self, world):
        from shuzhi.data.catalog import queries as catalog

        assert world.install() == ["city/node", "city/parks"]
        world.collect()
        world.change("pack.yaml", ('"1.2"', '"1.3"'))
        world.change(
            "datasets/lawn-parks.yaml",
            ("type: date}", "type: date}\n  - {id: area, name: {zh: 面积, en: Area}, type: decimal}"),
        )

        (report,) = world.report()
        assert (report.pack, report.installed, report.offered) == ("city/parks", "1.2", "1.3")
        (change,) = [each for each in report.changes if each.folder == "datasets"]
        assert (change.touches, change.refuses) == (1, False)
        assert "area" in change.said.zh
        assert len(catalog.entry("lawn-parks").schema_.fields) == 4

        assert world.install() == ["city/parks"]
        assert len(catalog.entry("lawn-parks").schema_.fields) == 5
        assert world.report() == []
        assert ("pack/city/parks", "done") in audited("packs.installed")

    def test_refuses_a_type_that_collected_rows_cannot_take(self, world):
        from shuzhi.packs.errors import UpgradeRefused

        world.install()
        world.collect()
        world.change("datasets/lawn-parks.yaml", ("type: date}", "type: integer}"))

        (report,) = world.report()
        assert [each.id for each in report.refusals] == ["lawn-parks"]
        with pytest.raises(UpgradeRefused, match="opened changes from date to integer"):
            world.install()
        assert audited("packs.upgrade") == [("pack/city/parks", "refused")]

    def test_an_older_version_is_refused(self, world):
        from shuzhi.packs.errors import VersionTooLow

        world.install()
        world.change("pack.yaml", ('"1.2"', '"1.1"'))

        with pytest.raises(VersionTooLow):
            world.install()

    def test_open_dossiers_end_as_they_began(self, world):
        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.workflow import queries, services

        world.install()
        opened = world.open_dossier()
        loop = world.root / "city/node/loops/upkeep.yaml"
        loop.write_text(
            loop.read_text("utf-8").replace("id: doing", "id: working").replace("doing", "working")
        )

        (report,) = world.report()
        (change,) = [each for each in report.changes if each.folder == "loops"]
        assert change.touches == 1
        world.install()
        who = Actor(name="account/gardener", office="parks", roles=frozenset({Role.DATA_OFFICER}))
        services.act(dossier=opened.id, action="take", by=who, at=AT)
        assert queries.dossier(opened.id).state == "doing"
        assert world.open_dossier().loop_version != opened.loop_version

    def test_what_a_new_version_no_longer_has_goes_out_of_use(self, world):
        from shuzhi.business.indicators import queries as indicators

        world.install()
        (world.root / "city/parks/indicators/P1.yaml").unlink()

        (report,) = world.report()
        assert [(each.folder, each.kind) for each in report.changes] == [("indicators", "removed")]
        world.install()
        assert "P1" not in [each.indicator for each in indicators.indicators()]


class TestDisabling:
    def disable(self, world, pack="city/parks", by=None):
        from shuzhi.packs import services

        return services.disable_pack(pack=pack, reason="合并到绿地系统", by=by or world.admin, at=AT)

    def test_nothing_new_begins_and_all_that_came_stays(self, world):
        from shuzhi.data.catalog import queries as catalog
        from shuzhi.data.catalog.types import Status
        from shuzhi.data.sources import queries as sources
        from shuzhi.data.sources.errors import SourceRetired
        from shuzhi.support.decisions import queries as decisions
        from shuzhi.support.decisions.errors import RulesNotInstalled

        world.install()
        batch = world.collect()

        assert self.disable(world).status == "disabled"
        with pytest.raises(SourceRetired):
            world.collect()
        with pytest.raises(RulesNotInstalled):
            decisions.installed_rules("entry")
        assert catalog.entry("lawn-parks").status is Status.WITHDRAWN
        assert sources.batch(batch.id).accepted == 1
        assert audited("packs.disabled") == [("pack/city/parks", "done")]

    def test_installing_it_by_name_takes_it_back_into_use(self, world):
        world.install()
        self.disable(world)

        assert world.install() == ["city/parks"]
        assert world.collect().status == "collected"

    def test_what_others_stand_on_stays(self, world):
        from shuzhi.packs.errors import PackIsGround, PackNeeded
        from shuzhi.pillars.security.errors import Forbidden
        from shuzhi.pillars.security.types import Actor, Role

        world.write(
            "city/lakes/pack.yaml",
            "pack: city/lakes\ntitle: {zh: 湖, en: Lakes}\nowner: parks\nneeds: [city/parks]\n",
        )
        world.install()

        with pytest.raises(PackIsGround):
            self.disable(world, "city/node")
        with pytest.raises(PackNeeded, match="city/lakes"):
            self.disable(world)
        with pytest.raises(Forbidden):
            self.disable(
                world, by=Actor(name="account/x", office="parks", roles=frozenset({Role.DATA_OFFICER}))
            )


class TestArchiving:
    def test_keeps_the_files_once_every_dossier_has_ended(self, world):
        from shuzhi.foundation.files import file_store
        from shuzhi.packs import services
        from shuzhi.packs.errors import DossiersOpen
        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.workflow import services as workflow

        loop = world.root / "city/node/loops/upkeep.yaml"
        world.write("city/parks/loops/upkeep.yaml", loop.read_text("utf-8"))
        loop.unlink()
        world.install()
        opened = world.open_dossier()
        folder = world.root / "city" / "parks"

        def archive():
            return services.archive_pack(
                pack="city/parks", folder=folder, reason="停办", by=world.admin, at=AT
            )

        with pytest.raises(DossiersOpen):
            archive()
        who = Actor(name="account/gardener", office="parks", roles=frozenset({Role.DATA_OFFICER}))
        for action in ("take", "finish"):
            workflow.act(dossier=opened.id, action=action, by=who, at=AT)

        archived = archive()
        assert archived.status == "archived"
        assert file_store().has(archived.archive)
        assert audited("packs.archived") == [("pack/city/parks", "done")]


class TestFormsAndAgreements:
    def draft(self, world):
        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.forms import services
        from shuzhi.support.forms.types import Channel

        who = Actor(name="account/clerk", office="parks", roles=frozenset({Role.DATA_OFFICER, Role.APPROVER}))
        begun = services.open_form(form="visit", subject="1", channel=Channel.WINDOW, by=who, at=AT)
        services.save_draft(number=begun.number, answers={"people": "3", "reason": "春游"}, by=who, at=AT)
        return begun.number, who

    def test_drafts_move_to_a_new_version_and_are_told(self, world):
        from shuzhi.support.forms import services

        world.install()
        number, who = self.draft(world)
        world.change("forms/visit.json", ('"reason": {', '"purpose": {'), ('"field": "reason"', '"field": "purpose"'), ('{"reason":', '{"purpose":'))  # fmt: skip

        (report,) = world.report()
        told = [(each.id, each.touches) for each in report.changes if each.folder == "forms"]
        assert told == [("visit", 1), ("visit", 1)]
        world.install()
        filling = services.resume(number=number, by=who, at=AT)
        assert filling.answers["people"] == "3"
        assert filling.lost == {"事由": "春游"}

    def test_a_form_that_goes_is_finished_under_its_own_version(self, world):
        from shuzhi.support.forms import queries, services
        from shuzhi.support.forms.errors import NoSuchForm

        world.install()
        number, who = self.draft(world)
        (world.root / "city/parks/forms/visit.json").unlink()
        world.change("processes/visit.bpmn", (' shuzhi:form="visit"', ""))

        (report,) = world.report()
        assert ("visit", "removed", 1) in [(each.id, each.kind, each.touches) for each in report.changes]
        world.install()
        with pytest.raises(NoSuchForm):
            queries.form("visit")
        assert services.resume(number=number, by=who, at=AT).answers["people"] == "3"

    def test_consents_end_with_their_agreement(self, world):
        from shuzhi.business.market import queries, services
        from shuzhi.business.market.services.consents import Choice

        world.install()
        found = queries.agreement("tell-parks")
        choice = Choice(found.revision, found.receivers, found.fields, found.days)
        services.record_for(
            agreement="tell-parks", scheme="uscc", value="91330100MA2X00010L", choice=choice, by=world.clerk(),
            at=AT, evidence="纸质授权书",
        )  # fmt: skip
        (world.root / "city/parks/agreements/tell-parks.yaml").unlink()

        (report,) = world.report()
        told = [(each.id, each.touches, each.refuses) for each in report.changes]
        assert told == [("tell-parks", 1, False)]
        world.install()
        assert queries.count_consents(agreement="tell-parks") == 0
        assert not queries.is_in_use("tell-parks")

    def test_an_indicator_that_means_something_else_is_told(self, world):
        world.install()
        world.change("indicators/P1.yaml", ("measure: catalogued", "measure: dossiers_in_time\nof: upkeep"))

        (report,) = world.report()
        assert "口径改变" in report.changes[0].said.zh

    def test_rules_that_ask_for_more_are_told(self, world):
        world.install()
        world.change("rules/entry.dmn", ("年龄 &gt;= 60", "年龄 &gt;= 65"))

        (report,) = world.report()
        assert [each.folder for each in report.changes] == ["rules"]


class TestDossiersInTime:
    def test_counts_what_was_closed_by_its_day(self, world):
        from datetime import timedelta

        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.workflow import queries, services

        world.install()
        first, late = world.open_dossier(), world.open_dossier()
        who = Actor(name="account/gardener", office="parks", roles=frozenset({Role.DATA_OFFICER}))
        for action in ("take", "finish"):
            services.act(dossier=first.id, action=action, by=who, at=AT)

        day = AT.date()
        assert queries.timeliness(loop="upkeep", day=day) == ({first.id}, {first.id}, frozenset())
        week = day + timedelta(days=7)
        assert queries.timeliness(loop="upkeep", day=week) == ({first.id}, {first.id, late.id}, frozenset())
