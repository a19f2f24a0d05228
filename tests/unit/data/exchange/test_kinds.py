"""Lists, aggregates and verifications that tell what is unknown, at a real database in the gateway's own role."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.world import FIRM, USCC

from shuzhi.data.exchange.errors import NotShareable
from shuzhi.data.exchange.gateway.kinds.aggregate import Group, large_enough
from shuzhi.pillars.security.types import Grade

DISTRICT_FIELDS = [
    *worlds.REGISTER["fields"],
    {"id": "division", "name": worlds.words("区县")},
    {"id": "staff", "name": worlds.words("人数")},
]
SOURCE = worlds.REGISTER["sources"][0]
DISTRICT_SOURCES = [SOURCE | {"fields": SOURCE["fields"] | {"division": "address", "staff": "address"}}]
LIST = worlds.BY_USCC | {
    "interface": "firms",
    "kind": "list",
    "by": ["division", "legal_representative"],
    "clearance": "L3",
    "provenance": False,
    "page_size": 3,
}
COUNTS = worlds.BY_USCC | {
    "interface": "firm-counts",
    "kind": "aggregate",
    "by": ["division"],
    "group_by": ["division"],
    "sums": ["staff"],
    "fields": [],
    "provenance": False,
    "minimum_group": 3,
}


@pytest.fixture(scope="module")
def shared_world(django_db_setup, django_db_blocker):
    from django.core.management import call_command

    with django_db_blocker.unblock():
        built = worlds.build_world()
        worlds.install_register(fields=DISTRICT_FIELDS, sources=DISTRICT_SOURCES)
        for place, division in enumerate(["330110"] * 7 + ["330106"] * 4 + ["330105"]):
            golden = FIRM | {
                "uscc": f"91330100TEST{place:06d}",
                "name": f"杭州第{place}测试有限公司",
                "division": division,
                "staff": str(place),
            }
            worlds.add_firm(f"f-{place:02d}", golden)
        for declared in (LIST, COUNTS):
            worlds.install_interface(worlds.declare_interface(**declared))
        yield built
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def keys(shared_world):
    return {name: worlds.subscribe(name, clearance=Grade.L2) for name in ("firms", "firm-counts")}


@pytest.fixture
def call(keys, counter):
    def made(interface, **parameters):
        (reply,) = counter.send(Asked(keys[interface], parameters, interface=interface))
        return reply

    return made


class TestList:
    def test_pages_give_every_record_that_fits_once(self, call):
        seen, after = [], ""
        while after is not None:
            page = call("firms", division="330110", after=after).content
            seen += [record["name"] for record in page["data"]]
            after = page["next"]

        assert len(seen) == len(set(seen)) == 7

    def test_masks_as_a_record_does(self, call):
        page = call("firms", limit="1").content

        assert page["data"][0]["legal_representative"] == "张**"
        assert set(page["masked"]) == {"legal_representative", "phone"}

    def test_refuses_a_filter_that_would_tell_a_masked_value(self, call):
        reply = call("firms", legal_representative="张三丰")

        assert (reply.status, reply.rule) == (400, "parameters")
        assert "张三丰" not in str(reply.content)

    @pytest.mark.parametrize("limit", ["0", "4", "-1", "1.5", "x", "", "９", "1e1"])
    def test_refuses_a_page_that_is_none(self, call, limit):
        assert call("firms", limit=limit).rule == "parameters"

    def test_a_value_is_compared_and_never_becomes_sql_or_json(self, call):
        for hostile in ("' OR 1=1 --", '"}', '{"a":1}', "%", "\\", "330110'"):
            assert call("firms", division=hostile).content["data"] == []

    def test_every_record_shown_is_in_the_audit_log(self, call):
        from tests.unit.data.exchange.test_decision import audit_rows

        reply = call("firms", division="330106")

        (entry,) = (
            row for row in audit_rows("exchange.called") if row["request"] == reply.content["request_id"]
        )
        assert entry["entities"] == ["f-07", "f-08", "f-09"]

    def test_can_not_be_published_with_a_filter_above_its_clearance(self, shared_world, db):
        with pytest.raises(NotShareable):
            worlds.install_interface(worlds.declare_interface(**LIST | {"interface": "x", "clearance": "L1"}))


class TestAggregate:
    def test_counts_and_adds_up_groups_that_are_large_enough(self, call):
        content = call("firm-counts").content

        assert content["data"] == [
            {"division": "330110", "records": 7, "sums": {"staff": "21"}},
            {"division": "330106", "records": 4, "sums": {"staff": "34"}},
        ]
        assert content["groups_not_shown"] == 2  # one firm in 330105, and those without a division

    def test_a_filter_never_shows_what_the_whole_table_hides(self, call):
        for division in ("330105", "330106"):
            shown = call("firm-counts", division=division).content["data"]
            assert [group["division"] for group in shown] in ([], ["330106"])
            assert all(group["records"] >= 3 for group in shown)

    @given(sizes=st.lists(st.integers(0, 40), max_size=12), minimum=st.integers(3, 20))
    def test_no_small_group_is_shown_and_none_is_left_out_alone(self, sizes, minimum):
        groups = [Group((place,), size, {}) for place, size in enumerate(sizes)]

        shown = large_enough(groups, minimum=minimum)

        assert all(group.records >= minimum for group in shown)
        hidden = [group for group in groups if group not in shown]
        small = sum(size < minimum for size in sizes)
        assert len(hidden) != 1 or not shown
        assert len(hidden) <= max(small, 2 if small else 0)


class TestUnknown:
    def test_is_told_only_where_the_interface_tells_it(self, shared_world, counter):
        told = worlds.EXISTS | {
            "interface": "firm-lives-at",
            "by": ["uscc", "name", "address"],
            "tells_unknown": True,
        }
        worlds.install_interface(worlds.declare_interface(**told))
        key = worlds.subscribe("firm-lives-at")

        def ask(uscc, name=FIRM["name"], address=FIRM["address"]):
            asked = Asked(key, {"uscc": uscc, "name": name, "address": address}, interface="firm-lives-at")
            return counter.send(asked)[0].content.get("answer", "refused")

        assert ask(USCC) == "yes"
        assert ask(USCC, address="别处") == "no"
        assert ask("91110000000000000E") == "unknown"
