"""Row scopes at the gateway, in every kind: a row of others is a row that does not exist."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.world import AT, BUREAU, FIRM, OWNER

from shuzhi.data.exchange import errors, grounds, services
from shuzhi.data.exchange.errors import NotShareable
from shuzhi.data.exchange.types import RowLimit
from shuzhi.pillars.organization.divisions import Division, DivisionTree, Succession, shipped_tree
from shuzhi.pillars.standards.validators import VALIDATORS

TODAY = date(2026, 11, 22)
# Office → its division; firms by where they are and who handles them.
OFFICES = {"gongshu": "330105", "yuhang": "330110", "city": "330100", "nowhere": None}
FIRMS = {
    "old-xiacheng": ("330103", "gongshu"),  # went whole to 330105
    "gongshu": ("330105001000", "yuhang"),
    "jianggan": ("330104", "gongshu"),  # was divided
    "yuhang-1": ("330110", "yuhang"),
    "yuhang-2": ("330110005", "gongshu"),
    "yuhang-3": ("330110006", "gongshu"),
    "blank": (None, None),
}


def code(place):
    """A code that keeps its standard."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    tried = (f"91350100MA{place:06d}{one}{two}" for one in signs for two in signs)
    return next(each for each in tried if VALIDATORS["uscc"](each))


CODES = {name: code(place) for place, name in enumerate(FIRMS)}
ABSENT = code(9999)
FIELDS = [
    *worlds.REGISTER["fields"],
    {"id": "division", "name": worlds.words("区划")},
    {"id": "handler", "name": worlds.words("经办部门")},
]
SOURCE = worlds.REGISTER["sources"][0]
SOURCES = [SOURCE | {"fields": SOURCE["fields"] | {"division": "address", "handler": "address"}}]
OWN = {"rows": {"division": "division"}}
KINDS = {
    "by-key": {},
    "checked": {"kind": "verification", "by": ["uscc", "name"], "fields": [], "tells_unknown": True},
    "listed": {"kind": "list", "by": ["uscc"], "fields": ["uscc"]},
    "counted": {
        "kind": "aggregate",
        "by": [],
        "group_by": ["legal_representative"],
        "fields": [],
        "minimum_group": 3,
        "clearance": "L3",
    },
    "filed": {"kind": "file", "by": [], "fields": ["uscc"]},
    "objected": {"kind": "write_back", "by": ["uscc", "name"], "fields": []},
}


def declared(name, **changes):
    basic = {"interface": name, "provenance": False, "by": ["uscc"]}
    return worlds.declare_interface(**(basic | KINDS.get(name, {}) | changes))


@pytest.fixture
def districts(transactional_db):
    from shuzhi.pillars.organization.models import Office

    worlds.build_world()
    worlds.install_register(fields=FIELDS, sources=SOURCES)
    for office, division in OFFICES.items():
        if division:
            Office.objects.create(
                id=office, title_zh=office, title_en=office, division=division, tier="city", pack="test"
            )
    for name, (division, handler) in FIRMS.items():
        place = {"division": division, "handler": handler, "uscc": CODES[name], "name": f"{name}有限公司"}
        worlds.add_firm(name, {key: value for key, value in (FIRM | place).items() if value})
    for name in KINDS:
        worlds.install_interface(declared(name, **OWN))


def actor(office):
    from dataclasses import replace

    return replace(worlds.OFFICER, office=office)


@pytest.fixture
def call(districts, counter):
    keys = {}

    def many(office, interface, questions):
        if (office, interface) not in keys:
            keys[office, interface] = worlds.subscribe(interface, office=office, by=actor(office))
        return counter.send(
            *(
                Asked(
                    keys[office, interface],
                    asked,
                    interface=interface,
                    method="POST" if "reference" in asked else "GET",
                )
                for asked in questions
            )
        )

    def one(office, interface, **parameters):
        return many(office, interface, [parameters])[0]

    one.many, one.keys = many, keys
    return one


def seen(call, office, interface="by-key"):
    replies = call.many(office, interface, [{"uscc": each} for each in CODES.values()])
    return {name for name, reply in zip(CODES, replies, strict=True) if reply.status == 200}


class TestDivision:
    @pytest.mark.parametrize(
        ("office", "own"),
        [
            ("gongshu", {"old-xiacheng", "gongshu"}),
            ("yuhang", {"yuhang-1", "yuhang-2", "yuhang-3"}),
            ("city", set(FIRMS) - {"blank"}),
            ("nowhere", set()),
        ],
    )
    def test_an_office_gets_the_records_of_its_division_and_below_and_former_codes(self, call, office, own):
        assert seen(call, office) == own

    def test_a_row_of_others_is_answered_like_one_that_does_not_exist(self, call):
        others, absent = (call("yuhang", "by-key", uscc=code) for code in (CODES["gongshu"], ABSENT))

        assert others.status == absent.status == 404
        assert others.content | {"request_id": ""} == absent.content | {"request_id": ""}

    def test_a_verification_does_not_know_the_firms_of_others(self, call):
        def said(name, firm_name):
            return call("yuhang", "checked", uscc=CODES[name], name=firm_name).content["answer"]

        assert said("yuhang-1", "yuhang-1有限公司") == "yes"
        assert said("yuhang-1", "另一家公司") == "no"
        assert said("gongshu", "gongshu有限公司") == said("gongshu", "另一家公司") == "unknown"

    def test_lists_count_and_turn_pages_over_own_rows_only(self, call):
        first = call("yuhang", "listed", limit="2").content
        second = call("yuhang", "listed", limit="2", after=first["next"]).content

        codes = [row["uscc"] for row in first["data"] + second["data"]]
        assert sorted(codes) == sorted(CODES[name] for name in FIRMS if name.startswith("yuhang"))
        assert second["next"] is None

    def test_aggregates_are_of_own_rows(self, call):
        (group,) = call("yuhang", "counted").content["data"]
        assert group["records"] == 3
        assert call("gongshu", "counted").content["data"] == []  # two of its own are too few to be shown

    def test_files_hold_own_rows_and_are_outdated_when_the_scope_changes(self, call):
        from shuzhi.data.exchange import queries
        from shuzhi.pillars.security.types import system

        job = call("yuhang", "filed", form="csv").content["job"]
        done = services.work_on(job=job, by=system("test"), at=AT)
        assert done.rows == 3
        subscription = call.keys["yuhang", "filed"].subscription
        assert call("yuhang", "filed", job=str(job)).file is not None

        services.limit_rows(subscription=subscription, rows=RowLimit(office="handler"), by=OWNER, at=AT)
        assert call("yuhang", "filed", job=str(job)).status == 410
        assert queries.subscription(subscription).rows == RowLimit(office="handler")

    def test_objections_to_rows_of_others_fail_like_those_to_none(self, call):
        from shuzhi.data.exchange import queries
        from shuzhi.pillars.security.types import system

        given = {"field": "name", "value": "新名称", "reason": "不符"}
        numbers = [
            call("yuhang", "objected", reference=f"o-{place}", uscc=code, **given).content["job"]
            for place, code in enumerate((CODES["gongshu"], ABSENT))
        ]
        services.settle_returns(by=system("test"), at=AT)
        others, absent = (queries.job(number) for number in numbers)
        assert others.state == absent.state == "failed"
        assert others.problem == absent.problem


class TestAtApproval:
    def limited(self, call, office, rows):
        if (office, "plain") not in call.keys:
            worlds.install_interface(declared("plain"))
        call(office, "plain", uscc=ABSENT)
        number = call.keys[office, "plain"].subscription
        services.limit_rows(subscription=number, rows=rows, by=BUREAU, at=AT)
        return seen(call, office, "plain")

    def test_own_office_or_both_or_none(self, call):
        handled = {"gongshu", "yuhang-1"}
        assert self.limited(call, "yuhang", RowLimit(office="handler")) == handled
        both = RowLimit(office="handler", division="division")
        assert self.limited(call, "yuhang", both) == {"yuhang-1"}
        assert self.limited(call, "yuhang", None) == set(FIRMS)

    def test_clients_are_those_that_another_register_keeps_as_the_offices(self, call):
        from shuzhi.data.registers import models as registers
        from shuzhi.data.registers.types import RegisterDeclaration

        wanted = worlds.REGISTER | {
            "register": "taxpayers",
            "fields": [
                {"id": "uscc", "name": worlds.words("代码"), "identifier": True},
                {"id": "office", "name": worlds.words("主管")},
            ],
            "sources": [{"dataset": "firms-registration", "fields": {"uscc": "code", "office": "name"}}],
            "label": "uscc",
        }
        kept = RegisterDeclaration.model_validate(wanted).model_dump(mode="json", by_alias=True)
        registers.Register.objects.create(id="taxpayers", declared=kept, pack="test")
        for name, office in (("gongshu", "city"), ("jianggan", "yuhang")):
            registers.Entity.objects.create(
                id=f"t-{name}", register="taxpayers", label=name, label_sort=name, updated_at=AT,
                golden={"uscc": CODES[name], "office": office}, provenance={},
            )  # fmt: skip
            registers.Identifier.objects.create(
                register="taxpayers", scheme="uscc", value=CODES[name], entity_id=f"t-{name}"
            )
        clients = RowLimit.model_validate(
            {"clients": {"register": "taxpayers", "by": "uscc", "office": "office"}}
        )
        assert self.limited(call, "city", clients) == {"gongshu"}
        assert self.limited(call, "yuhang", clients) == {"jianggan"}
        assert self.limited(call, "gongshu", clients) == set()

    def test_only_the_owner_and_the_bureau_limit_and_only_by_fields_there_are(self, call):
        from shuzhi.pillars.security.errors import Forbidden

        call("yuhang", "by-key", uscc=ABSENT)
        number = call.keys["yuhang", "by-key"].subscription
        with pytest.raises(Forbidden):
            services.limit_rows(subscription=number, rows=None, by=actor("yuhang"), at=AT)
        with pytest.raises(errors.RowsNotLimited, match="no field nothing"):
            services.limit_rows(subscription=number, rows=RowLimit(division="nothing"), by=OWNER, at=AT)
        with pytest.raises(errors.NoSuchSubscription):
            services.limit_rows(subscription=10**6, rows=None, by=OWNER, at=AT)

    def test_an_interface_whose_rows_cannot_be_told_apart_is_not_published(self, districts):
        for rows in (
            {"division": "nothing"},
            {},
            {"clients": {"register": "nowhere", "by": "uscc", "office": "office"}},
        ):
            with pytest.raises(NotShareable):
                worlds.install_interface(declared("unfit", rows=rows))


class TestGround:
    def test_of_a_district(self):
        ground = grounds.find_ground("330105", TODAY, tree=shipped_tree())
        assert {"330105", "330103"} <= set(ground["under"])
        assert "330104" not in ground["under"]

    def test_a_part_that_went_elsewhere_is_not_own(self):
        day, long_ago = date(2020, 1, 1), date(1990, 1, 1)

        def one(code, parent, until=None):
            return Division(
                code=code, name=code, level="x", parent=parent, valid_from=long_ago, not_before=long_ago,
                valid_to=until, not_after=until, source="test",
            )  # fmt: skip

        def change(old, new):
            return Succession(old, old, new, new, day, day, "moved", "test", "test")

        tree = DivisionTree(
            [
                one("110101", "110100"), one("110102", "110100"), one("110103", "110100", day),
                one("110101001", "110101", day), one("110102001", "110102"),
                one("110103001", "110103", day), one("110103002", "110103", day),
            ],
            [
                change("110101001", "110102001"), change("110103", "110101"),
                change("110103001", "110101"), change("110103002", "110102001"),
            ],
        )  # fmt: skip
        ground = grounds.find_ground("110101", TODAY, tree=tree)
        assert ground["under"] == ["110101", "110103"]
        assert ground["but_not"] == ["110101001", "110103002"]

    @given(st.sampled_from(["330100", "330105", "330110", "330113", "330000"]))
    def test_every_current_code_belongs_to_exactly_its_own_division(self, division):
        tree = shipped_tree(lower=False)
        ground = grounds.find_ground(division, TODAY, tree=tree)
        own = ground["under"][0]
        for code in tree.codes():
            if tree.is_current(code, TODAY):
                held = code.startswith(tuple(ground["under"])) and not code.startswith(
                    tuple(ground["but_not"]) or ("x",)
                )
                assert held == code.startswith(own)

    def test_no_code_no_ground(self):
        assert grounds.find_ground("", TODAY, tree=shipped_tree(lower=False))["under"] == []
