"""Unusual access: attacks put into weeks of ordinary traffic are found, and nothing else; a scan reads each entry once."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.business.secops.judging import bound_of, judge
from shuzhi.business.secops.types import AccessRule, Day, Kind
from shuzhi.pillars.security.types import Actor, Role, system

WEEKS = 6
BUREAU = Actor("account/bureau", "大数据局", "data-bureau", roles=frozenset({Role.BUREAU}))
ADMIN = Actor("account/admin", "管理员", "data-bureau", roles=frozenset({Role.ADMINISTRATOR}))


def rule(kind: Kind, **more) -> AccessRule:
    plain = {"rule": "x", "title": {"zh": "甲", "en": "a"}, "kind": kind, "why": {"zh": "甲", "en": "a"}, "least": 10, "office": "data-bureau"}  # fmt: skip
    return AccessRule.model_validate(plain | more)


def history(values, **more):
    from tests.unit.business.secops.traffic import FIRST

    return [Day(FIRST + timedelta(days=n), calls=value, **more) for n, value in enumerate(values)]


class TestJudging:
    @given(st.lists(st.integers(0, 10_000), min_size=5, max_size=60), st.integers(1, 40), st.floats(1, 20))
    def test_a_few_wild_days_do_not_move_the_bound_far(self, values, wild, times):
        """Half of the days would have to be an attacker's."""
        few = sorted(values)[: max(len(values) // 2 - 1, 0)]
        _, bound = bound_of(values, times)
        _, moved = bound_of([*values, *few[:0]], times)
        assert moved == bound
        assert bound >= bound_of(values, times)[0]

    @given(st.lists(st.integers(50, 100), min_size=11, max_size=40), st.integers(1, 3))
    def test_what_an_attacker_did_before_hides_nothing(self, values, wild):
        clean = bound_of(values, 6)[1]
        with_wild = bound_of([*values, *[1_000_000] * wild], 6)[1]
        assert with_wild < clean + 6 * 1.4826 * 50 + 60

    @given(st.integers(0, 100_000), st.lists(st.integers(0, 1000), max_size=30))
    def test_more_is_never_less_unusual(self, calls, values):
        past = history(values)
        one, more = (
            judge(rule(Kind.VOLUME, new_least=500), Day(past[-1].day if past else date(2026, 3, 2), calls=figure), past)
            for figure in (calls, calls + 1)
        )  # fmt: skip
        assert one is None or more is not None

    def test_an_exception_lets_pass_up_to_its_figure(self):
        past = history([20] * 10)
        day = Day(past[-1].day + timedelta(days=1), calls=500)

        assert judge(rule(Kind.VOLUME), day, past) is not None
        assert judge(rule(Kind.VOLUME), day, past, allowed=500) is None
        assert judge(rule(Kind.VOLUME), day, past, allowed=499) is not None

    def test_a_new_caller_is_judged_by_its_own_bound(self):
        day = Day(date(2026, 3, 2), calls=900)

        assert judge(rule(Kind.VOLUME), day, []) is None
        assert judge(rule(Kind.VOLUME, new_least=500), day, []) is not None

    def test_who_always_works_at_night_may(self):
        past = [Day(one.day, calls=20, late=15) for one in history([20] * 12)]

        assert judge(rule(Kind.HOURS, share=0.1), Day(past[-1].day, calls=20, late=15), past) is None


@pytest.fixture
def installed(db):
    from tests.unit.business.secops import traffic

    traffic.install()
    return traffic


def scan(at=None):
    from tests.unit.business.secops.traffic import FIRST

    from shuzhi.business.secops import services
    from shuzhi.foundation.clock import CHINA

    at = at or datetime.combine(FIRST + timedelta(weeks=WEEKS), datetime.min.time(), tzinfo=CHINA)
    return services.scan(by=system("test"), at=at)


def test_attacks_among_weeks_of_ordinary_traffic(installed):
    """Recall and precision of the shipped rules on one seeded city; the docs name the figures."""
    from shuzhi.business.secops import queries

    chance, expected = random.Random(7), set()
    for day in (installed.FIRST + timedelta(days=n) for n in range(7 * WEEKS)):
        acts = list(installed.ordinary(day, chance))
        if day == installed.FIRST + timedelta(days=7 * WEEKS - 4):  # a working Thursday
            for name, attack in installed.attacks(day, chance).items():
                acts += attack
                expected.add((name, attack[0].actor))
        installed.write(sorted(acts, key=lambda act: act.at))
        scan()

    found = {(one.rule, one.caller) for one in queries.incidents()}
    assert expected <= found
    assert found - expected == set()
    assert all(one.said.zh and one.said.en and one.dossier for one in queries.incidents())


class TestScanning:
    def one_attack(self, installed, *, days=12, walking=90):
        chance = random.Random(1)
        for n in range(days):
            installed.write(
                [installed.call(installed.FIRST + timedelta(days=n), chance, 7) for _ in range(30)]
            )
        last = installed.FIRST + timedelta(days=days)
        return installed.attacks(last, chance)["walking-keys"][:walking]

    def test_a_scan_again_reads_nothing_and_opens_nothing(self, installed):
        from shuzhi.business.secops import models

        installed.write(self.one_attack(installed))
        first = scan()
        days = list(models.CallerDay.objects.order_by("id").values())

        again = scan()

        assert (first.incidents, again.entries, again.incidents) == (1, 0, 0)
        assert list(models.CallerDay.objects.order_by("id").values()) == days

    def test_in_pieces_it_counts_the_same(self, installed, monkeypatch):
        from shuzhi.business.secops import models, scanning

        installed.write(self.one_attack(installed))
        scan()
        whole = list(models.CallerDay.objects.order_by("caller", "day").values("caller", "day", "calls", "refused", "missed", "late"))  # fmt: skip
        models.CallerDay.objects.all().delete()
        models.Incident.objects.all().delete()
        models.Follower.objects.all().delete()
        monkeypatch.setattr(scanning, "AT_ONCE", 7)

        report = scan()

        assert report.incidents == 1
        assert list(models.CallerDay.objects.order_by("caller", "day").values("caller", "day", "calls", "refused", "missed", "late")) == whole  # fmt: skip

    def test_a_scan_that_dies_has_done_whole_pieces(self, installed, monkeypatch):
        from shuzhi.business.secops import models, scanning

        count = installed.write(self.one_attack(installed)) + 12 * 30
        monkeypatch.setattr(scanning, "AT_ONCE", 100)
        real, calls = scanning.raise_incident, []

        def die(*args, **kwargs):
            calls.append(1)
            raise RuntimeError("killed")

        monkeypatch.setattr(scanning, "raise_incident", die)
        with pytest.raises(RuntimeError):
            scan()
        monkeypatch.setattr(scanning, "raise_incident", real)

        assert scan().incidents == 1
        assert sum(models.CallerDay.objects.values_list("calls", flat=True)) == count

    def test_the_next_day_joins_the_open_incident(self, installed):
        from shuzhi.business.secops import queries

        attack = self.one_attack(installed)
        installed.write(attack)
        scan()
        for act in attack:
            act.at += timedelta(days=1)
        installed.write(attack)

        assert scan().incidents == 0
        (one,) = queries.incidents()
        assert (one.days, one.day) == (2, attack[0].at.date())

    def test_gateway_blocks_are_read_once_they_are_unfolded(self, installed):
        from shuzhi.pillars.security.log.following import following

        installed.write(self.one_attack(installed))

        places = [one.place for one in following(after=0, most=10_000)]
        assert places == list(range(len(places)))
        assert [one.place for one in following(after=100, most=5)] == [100, 101, 102, 103, 104]


class TestHandling:
    @pytest.fixture
    def incident(self, installed):
        from shuzhi.business.secops import queries

        installed.write(TestScanning().one_attack(installed))
        scan()
        (one,) = queries.incidents()
        return one

    AT = datetime.fromisoformat("2026-04-14T10:00:00+08:00")

    def test_it_waits_in_the_inbox_of_the_bureau_and_of_administrators_only(self, incident):
        from shuzhi.support.workflow import queries

        def waiting(*roles, office="data-bureau"):
            reader = Actor("account/x", office=office, roles=frozenset(roles))
            return [row.dossier.id for row in queries.inbox(actor=reader, today=self.AT.date(), at=self.AT)]

        assert waiting(Role.BUREAU) == waiting(Role.ADMINISTRATOR) == [incident.dossier]
        assert waiting(Role.DATA_OFFICER, office="taxation") == []

    def test_a_false_alarm_with_an_exception_and_its_end(self, incident, installed):
        from shuzhi.business.secops import queries, services
        from shuzhi.business.secops.errors import ExemptionTooLong

        with pytest.raises(ExemptionTooLong):
            services.dismiss(incident=incident.id, up_to=200, until=self.AT.date() + timedelta(days=400), reason="x", by=BUREAU, at=self.AT)  # fmt: skip
        services.dismiss(
            incident=incident.id,
            up_to=200,
            until=self.AT.date(),
            reason="年检批量核对",
            by=BUREAU,
            at=self.AT,
        )

        assert queries.incidents(open_only=True) == []
        repeated = installed.attacks(self.AT.date(), random.Random(3))["walking-keys"]
        installed.write(repeated)
        assert scan(self.AT).incidents == 0  # within the exception
        for act in repeated:
            act.at += timedelta(days=1)
        installed.write(repeated)
        assert scan(self.AT).incidents == 1  # it is over

    def test_others_may_neither_contain_nor_dismiss(self, incident):
        from shuzhi.business.secops import services
        from shuzhi.pillars.security.errors import Forbidden

        other = Actor("account/x", office="taxation", roles=frozenset({Role.DATA_OFFICER, Role.APPROVER}))
        with pytest.raises(Forbidden):
            services.contain(incident=incident.id, by=other, at=self.AT, reason="x")
        with pytest.raises(Forbidden):
            services.dismiss(
                incident=incident.id, up_to=1, until=self.AT.date(), reason="x", by=other, at=self.AT
            )

    def test_containing_revokes_the_subscription_at_once(self, incident, monkeypatch):
        from shuzhi.business.secops import queries, services

        revoked = []
        monkeypatch.setattr(services.exchange, "revoke_subscription", lambda **asked: revoked.append(asked))

        services.contain(incident=incident.id, by=BUREAU, at=self.AT, reason="密钥疑似泄露")

        assert (revoked[0]["subscription"], revoked[0]["by"]) == (7, BUREAU)
        assert queries.incident(incident.id).contained_at == self.AT

    def test_containing_closes_an_account_and_its_sessions(self, incident):
        from shuzhi.business.secops import models, services
        from shuzhi.support.identity.models import Account

        Account.objects.create(username="clerk8", roles=["data_officer"])
        models.Incident.objects.update(caller="account/clerk8")

        services.contain(incident=incident.id, by=ADMIN, at=self.AT, reason="离职未交接")

        found = Account.objects.get(username="clerk8")
        assert (found.is_active, found.session_round) == (False, 1)
