"""One table of what each reader may get on each way out, and the walk of all ways that holds the platform to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.ways_out import commands, handing_over

TABLE = Path(__file__).with_name("expected.yaml")


def expected(of="ways"):
    """(reader, way) → one letter a field: c in clear, m masked, - not given."""
    table = yaml.safe_load(TABLE.read_text("utf-8"))
    return {
        (reader, way): letters.replace(" ", "")
        for way, readers in table[of].items()
        for reader, letters in readers.items()
    }


@pytest.fixture
def world(transactional_db, tmp_path):
    from tests.ways_out import world as worlds

    return worlds.plant(tmp_path)


def test_every_way_out_gives_what_the_table_says_and_nothing_else(world, tmp_path):
    from tests.ways_out import walking
    from tests.ways_out import world as worlds

    nothing = "-" * len(worlds.ALL)
    found = [
        *walking.walk_web(world),
        *commands.walk_commands(world, tmp_path),
        *handing_over.walk_gateway(world),
        *handing_over.walk_services(world, tmp_path),
    ]
    left = {(reader, way): letters for reader, way, letters in found if letters != nothing}
    assert left == expected(), _difference(left, expected())

    worlds.withdraw_all()
    others = [*handing_over.walk_gateway(world), *handing_over.walk_services(world, tmp_path)]
    assert _left(others) == expected("withdrawn"), _difference(_left(others), expected("withdrawn"))

    worlds.need_consent(world, tmp_path)
    others = [
        *walking.walk_web(world, readers=("bureau",)),
        *handing_over.walk_gateway(world),
        *handing_over.walk_services(world, tmp_path),
    ]
    assert _left(others) == expected("nobody agreed"), _difference(_left(others), expected("nobody agreed"))
    worlds.agree("name", "division", "agreed")
    others = [*handing_over.walk_gateway(world), *handing_over.walk_services(world, tmp_path)]
    assert _left(others) == expected("one agreed"), _difference(_left(others), expected("one agreed"))
    worlds.withdraw_all()

    worlds.narrow(world, tmp_path)
    others = [
        *walking.walk_web(world, readers=("district",)),
        *handing_over.walk_gateway(world),
    ]
    left = {(reader, way): letters for reader, way, letters in others if letters != nothing}
    assert left == expected("own division"), _difference(left, expected("own division"))


def _left(found):
    return {(reader, way): letters for reader, way, letters in found if set(letters) != {"-"}}


def _difference(left, wanted):
    lines = [
        f"{way} as {reader}: {left.get((reader, way), 'nothing')} instead of {wanted.get((reader, way), 'nothing')}"
        for reader, way in sorted(set(left) | set(wanted), key=str)
        if left.get((reader, way)) != wanted.get((reader, way))
    ]
    return "\n" + "\n".join(lines)
