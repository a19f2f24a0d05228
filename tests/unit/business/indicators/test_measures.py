"""What each measure counts and leaves out, seen on the rooms it reads."""

from __future__ import annotations

from datetime import date, timedelta

from tests.unit.data.exchange import world as exchange
from tests.unit.data.quality import world as quality

from shuzhi.business.indicators.measures import MEASURES
from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.support.workflow import services as workflow

MONDAY = date(2026, 3, 2)


def counts(measure: str, day: date = MONDAY) -> tuple[int, int]:
    found = MEASURES[measure](day)
    return len(found.numerator), len(found.denominator)


def dataset(name: str) -> DataSetDeclaration:
    return DataSetDeclaration.model_validate(exchange.DATASET | {"dataset": name})


class TestCatalogued:
    def test_a_proposed_entry_should_be_published(self, db):
        catalog.propose_entry(declaration=dataset("one"), by=exchange.PLATFORM, at=exchange.AT)
        catalog.propose_entry(declaration=dataset("two"), by=exchange.PLATFORM, at=exchange.AT)
        catalog.publish_entry(dataset="one", by=exchange.PLATFORM, at=exchange.AT)

        assert counts("catalogued") == (1, 2)

    def test_what_a_register_needs_should_be_catalogued(self, db):
        exchange.install_register()

        assert MEASURES["catalogued"](MONDAY).denominator == {"dataset/firms-registration"}
        assert counts("catalogued") == (0, 1)

    def test_nothing_makes_no_share(self, db):
        assert counts("catalogued") == (0, 0)


class TestCollected:
    def test_a_source_is_a_demand_and_a_batch_meets_it(self, office):
        assert counts("collected") == (0, 1)

        office.collect(quality.GOOD)

        assert counts("collected") == (1, 1)

    def test_what_a_register_needs_is_a_demand(self, office):
        exchange.install_register()

        assert counts("collected") == (0, 2)


class TestCorrectedInTime:
    def test_an_open_issue_counts_once_its_day_is_over(self, office):
        office.send("甲公司,wrong,1980-01-01,张三,\n")
        issue = next(iter(office.issues().values()))

        assert counts("corrected_in_time", issue.due_on) == (0, 0)
        open_issues = len(office.issues())
        assert counts("corrected_in_time", issue.due_on + timedelta(days=1)) == (0, open_issues)

    def test_a_correction_on_the_day_is_in_time(self, office):
        office.send("甲公司,wrong,1980-01-01,张三,\n")
        opened = len(office.issues())

        office.send(quality.GOOD, at=quality.FRIDAY + timedelta(hours=1))

        assert counts("corrected_in_time", date(2026, 9, 18)) == (opened, opened)


class TestShared:
    def test_a_request_within_its_days_counts_on_neither_side(self, requests):
        requests.ask()

        assert counts("shared") == (0, 0)

    def test_an_overdue_request_is_unmet(self, requests):
        requests.ask()

        assert counts("shared", MONDAY + timedelta(days=60)) == (0, 1)

    def test_granted_is_met_and_refused_is_not(self, requests):
        requests.approve(requests.ask())
        refused = requests.dossier_of(requests.ask())
        workflow.act(
            dossier=refused, action="owner-refuse", by=requests.OWNER, at=requests.AT, note="依据不足"
        )
        deliver_waiting(at=requests.AT)

        assert counts("shared") == (1, 2)

    def test_a_withdrawn_request_was_never_made(self, requests):
        number = requests.dossier_of(requests.ask())
        workflow.act(dossier=number, action="withdraw", by=requests.OFFICER, at=requests.AT)
        deliver_waiting(at=requests.AT)

        assert counts("shared", MONDAY + timedelta(days=60)) == (0, 0)

    def test_a_returned_request_waits_without_a_clock(self, requests):
        number = requests.dossier_of(requests.ask())
        workflow.act(dossier=number, action="return", by=requests.OWNER, at=requests.AT, note="补用途")

        assert counts("shared", MONDAY + timedelta(days=60)) == (0, 0)


class TestOpened:
    def test_collected_items_are_the_whole(self, office):
        office.collect(quality.GOOD)

        found = MEASURES["opened"](MONDAY)

        assert found.numerator == frozenset()
        assert f"dataset/{office.dataset}#uscc" in found.denominator
        assert len(found.denominator) == len(quality.FIELDS)
