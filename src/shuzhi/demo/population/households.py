"""Households of persons: couples, their children, their parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from shuzhi.demo.population.chance import day_between, happens, stream
from shuzhi.demo.population.codes import OrderNumbers, resident_number
from shuzhi.demo.population.firms import draw_phone
from shuzhi.demo.population.names import draw_given, draw_surname
from shuzhi.demo.population.places import district_code, draw_address
from shuzhi.demo.population.types import Address, Household, Person

_YEAR = 365
_PARENTS_KNOWN_FROM = 1940
_OLDEST = 96
_PARENT_AGES = (21 * _YEAR, 40 * _YEAR)


def household(seed: int, number: int, day: date) -> Household:
    """The household with one number, from that number alone; its members have no resident numbers yet."""
    chance = stream(seed, "household", number)
    address = draw_address(chance, business=False)
    sex = "男" if happens(chance, 0.75) else "女"
    surname = draw_surname(chance)
    head = _draw_person(chance, surname, sex, _draw_adult_birth(chance, day), address=address, role="head")
    members = [head]
    if (day - head.born).days > 27 * _YEAR and happens(chance, 0.8):
        youngest = day - timedelta(days=int((22 + chance.random() * 3) * _YEAR))
        born = min(head.born + timedelta(days=int(chance.gauss(0, 900))), youngest)
        spouse = _draw_person(
            chance, draw_surname(chance), "女" if sex == "男" else "男", born, address=address, role="spouse"
        )
        members += [spouse, *_draw_children(chance, head, spouse, day)]
    if happens(chance, 0.15) and head.born.year > _PARENTS_KNOWN_FROM:
        members.append(_draw_parent(chance, head, address))
    return Household(tuple(member for member in members if (day - member.born).days < 105 * _YEAR))


def all_households(seed: int, persons: int, day: date) -> Iterator[Household]:
    """Households until exactly `persons` members have been born, each with a unique valid resident number."""
    orders, serial, number = OrderNumbers(), 0, 0
    while serial < persons:
        members = household(seed, number, day).members[: persons - serial]
        yield Household(
            tuple(_number_person(orders, member, serial + place) for place, member in enumerate(members))
        )
        serial, number = serial + len(members), number + 1


def _number_person(orders: OrderNumbers, person: Person, serial: int) -> Person:
    division = district_code(person.address.town, person.born)
    order = orders.next(division=division, born=person.born, sex=person.sex)
    number = resident_number(division=division, born=person.born, order=order)
    return replace(person, entity=f"person-{serial:07d}", number=number)


def _draw_person(
    chance: Random, surname: str, sex: str, born: date, *, address: Address, role: str
) -> Person:
    name = surname + draw_given(chance, sex=sex, year=born.year)
    phone = "" if role == "child" else draw_phone(chance)
    return Person(name=name, sex=sex, born=born, address=address, phone=phone, role=role)


def _draw_adult_birth(chance: Random, day: date) -> date:
    years = 24 + chance.gammavariate(3.0, 9.0)
    if years > _OLDEST:
        years = 24 + chance.random() * (_OLDEST - 24)
    return day - timedelta(days=int(years * 365.25))


def _draw_children(chance: Random, head: Person, spouse: Person, day: date) -> list[Person]:
    """Children born while their mother was 21 to 40, still at home until 26."""
    mother, father = (spouse, head) if head.sex == "男" else (head, spouse)
    first = max(mother.born + timedelta(days=_PARENT_AGES[0]), day - timedelta(days=26 * _YEAR))
    last = min(mother.born + timedelta(days=_PARENT_AGES[1]), day - timedelta(days=1))
    wanted = (0, 1, 1, 1, 2, 2, 3)[int(chance.random() * 7)] if first < last else 0
    children: list[Person] = []
    for _ in range(wanted):
        if first >= last:
            break
        born = day_between(chance, first, min(last, first + timedelta(days=9 * _YEAR)))
        sex = "男" if happens(chance, 0.52) else "女"
        children.append(
            _draw_person(chance, _surname(father.name), sex, born, address=head.address, role="child")
        )
        first = born + timedelta(days=400)
    return children


def _draw_parent(chance: Random, head: Person, address: Address) -> Person:
    born = head.born - timedelta(days=int((22 + chance.random() * 12) * _YEAR))
    if happens(chance, 0.5):
        return _draw_person(chance, _surname(head.name), "男", born, address=address, role="parent")
    return _draw_person(chance, draw_surname(chance), "女", born, address=address, role="parent")


def _surname(name: str) -> str:
    return name[:2] if name[:2] in {"诸葛", "欧阳", "司徒"} else name[0]
