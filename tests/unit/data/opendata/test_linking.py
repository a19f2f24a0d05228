"""Planted unique combinations are all found, and an attack that links the release with the population register finds
nobody."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from tests.unit.data.opendata import world

from shuzhi.data.opendata import disclosure, queries
from shuzhi.data.opendata.errors import GivesPersonsAway
from shuzhi.data.opendata.types import RowQuestion
from shuzhi.pillars.security.anonymity import Roles, check_rows, mend_rows
from shuzhi.pillars.security.data_policy.declaring import AnonymityDeclaration

COLUMNS = ("district", "sex", "born_on", "illness")
ROLES = Roles(quasi=COLUMNS[:3], sensitive=("illness",))
DISTRICTS = ("拱墅区", "余杭区", "西湖区", "上城区", "滨江区")
K, L = 5, 2


def register(chance, count):
    """The synthetic population: whom an attacker knows by district, sex and day of birth."""
    for _ in range(count):
        day = f"{chance.randrange(1940, 2010)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        yield chance.choice(DISTRICTS), chance.choice("男女"), day


def patients(chance, people, count):
    return [(*person, f"病{chance.randrange(6)}") for person in chance.sample(people, count)]


def fits(known, shown):
    """Whether a person may be behind a value that went into a larger class: a day into its month, its year, or nothing."""
    return shown is None or known.startswith(shown)


def consistent(person, row):
    return all(fits(known, shown) for known, shown in zip(person, row[:3], strict=True))


class TestPlanted:
    @pytest.mark.parametrize("planted", [1, 7, 160])
    def test_every_unique_combination_is_found_before_opening(self, planted):
        common = [("余杭区", "男", "1980-01-01", f"病{n % 4}") for n in range(40)]
        unique = [
            ("西湖区", "女", f"19{40 + n % 60}-0{1 + n // 60}-0{1 + n % 9}", "病1") for n in range(planted)
        ]
        assert len(set(unique)) == planted
        chance = Random(planted)
        rows = common + unique
        chance.shuffle(rows)
        found = check_rows(rows, COLUMNS, ROLES, AnonymityDeclaration(k=K, l=1))
        assert (found.passes, found.faulty_cells, found.faulty_rows, found.smallest) == (
            False,
            planted,
            planted,
            1,
        )
        named = {tuple(cell.where.values()) for cell in found.cells}
        assert named <= {row[:3] for row in unique}
        assert len(named) == min(planted, 20)  # the page shows the worst; the count tells of all

    def test_each_of_them_is_left_out_or_grouped(self):
        common = [("余杭区", "男", "1980-01-01", f"病{n % 4}") for n in range(400)]
        unique = [("西湖区", "女", f"1950-0{n + 1}-01", "病1") for n in range(7)]
        rules = AnonymityDeclaration(k=K, l=L, otherwise="suppress", most_suppressed=0.05)
        made = mend_rows(lambda: common + unique, COLUMNS, ROLES, rules)
        released = list(made.rows(common + unique))
        assert (made.finding.passes, made.left_out, len(released)) == (True, 7, 400)


@pytest.fixture(scope="module")
def attack():
    chance = Random(20261122)
    people = list(dict.fromkeys(register(chance, 4000)))
    rows = patients(chance, people, 1500)
    rules = AnonymityDeclaration(k=K, l=L, otherwise="generalise", most_suppressed=0.03)
    made = mend_rows(lambda: rows, COLUMNS, ROLES, rules)
    return people, rows, made, [tuple(row) for row in made.rows(rows)]


class TestLinking:
    def test_the_release_is_k_anonymous_and_diverse_as_declared(self, attack):
        _, rows, made, released = attack
        assert made.finding.passes
        assert len(released) >= 0.97 * len(rows)
        assert min(Counter(row[:3] for row in released).values()) >= K
        kinds: dict[tuple[object, ...], set[object]] = {}
        for row in released:
            kinds.setdefault(row[:3], set()).add(row[3])
        assert min(len(illnesses) for illnesses in kinds.values()) >= L

    def test_before_it_the_attack_names_many_and_after_it_nobody(self, attack):
        people, rows, _, released = attack
        named = sum(count == 1 for count in Counter(row[:3] for row in rows).values())
        assert named > 1000  # a day of birth, a district and a sex name nearly everyone
        cells = Counter(row[:3] for row in released)
        illnesses: dict[tuple[object, ...], set[object]] = {}
        for row in released:
            illnesses.setdefault(row[:3], set()).add(row[3])
        for person in people:
            hit = [cell for cell in cells if consistent(person, cell)]
            behind = sum(cells[cell] for cell in hit)
            assert behind == 0 or behind >= K, person
            assert not hit or len(set().union(*(illnesses[cell] for cell in hit))) >= L, person
        for cell in cells:  # nor is any row's person one of few whom the register knows
            assert sum(consistent(person, cell) for person in people) >= K, cell


@pytest.mark.django_db
class TestMaskedNumbers:
    """What a mask leaves of a person's number is as telling as a day of birth."""

    FIELDS = (
        world.field("code", "编号", "Code", required=True),
        world.field("name", "姓名", "Name", grade="L3", mask="partial", policy={"disclosure": "identifier"}),
        world.field("district", "区", "District"),
        *(field for field in world.FIELDS if field["id"] not in {"code", "name", "district"}),
    )

    def test_partly_masked_names_are_judged(self, tmp_path):
        dataset = world.plant(tmp_path, fields=self.FIELDS, policy={"anonymity": {"k": 2, "l": 1}})
        found = disclosure.check(dataset, at=world.AT)
        assert "name" in found.roles.quasi
        with pytest.raises(GivesPersonsAway):
            world.open_it(dataset)

    def test_and_grouped_or_blanked_where_the_declaration_says_so(self, tmp_path):
        rules = {"anonymity": {"k": 2, "l": 1, "otherwise": "generalise", "most_suppressed": 0}}
        dataset = world.plant(tmp_path, fields=self.FIELDS, policy=rules)
        world.open_it(dataset)
        rows = queries.rows(dataset, RowQuestion(fields=("name", "district"))).rows
        assert min(Counter(tuple(row.values()) for row in rows).values()) >= 2
