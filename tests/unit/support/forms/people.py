"""Who fills in forms in tests, and what registers say of them."""

from __future__ import annotations

from datetime import date

from tests.unit.support.forms import forms

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role, system

SYSTEM = system("test")
CLERK = Actor(
    name="account/clerk", title="窗口", office="health-commission", roles=frozenset({Role.APPROVER})
)
OTHER_CLERK = Actor(name="account/other", title="窗口", office="taxation", roles=frozenset({Role.APPROVER}))
POLICE = Words(zh="市公安局", en="Public security")
HEALTH = Words(zh="市卫生健康委员会", en="Health commission")
PERSONS = {
    forms.MOTHER: {"name": "李娜", "resident_id": forms.MOTHER, "phone": "13812345678", "address": "杭州市西湖区文三路1号"},
    forms.FATHER: {"name": "王强", "resident_id": forms.FATHER, "phone": "13812345679", "address": "杭州市西湖区文三路1号"},
}  # fmt: skip
BIRTHS = {
    forms.MOTHER: {
        "child_name": "王小宝", "child_sex": "男", "born_on": "2026-11-09T23:30:00+00:00", "certificate": "P330000010",
        "weight": "3300", "father_id": forms.FATHER,
    }
}  # fmt: skip
# What the mother says that no register knows.
SAID = {"with_father": "true", "settle_with": "mother", "services": ["household", "insurance"]}


def account(identity, username, number):
    """An account with a proven identity."""
    actor = identity.open_account(
        username=username, person="李娜", office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=None, by=SYSTEM, at=forms.NOW,
    )  # fmt: skip
    if number:
        identity.note_proof(username=username, scheme="resident_id", value=number, by=SYSTEM, at=forms.NOW)
    return actor


class Registers:
    """The port, with a switch for each register."""

    def __init__(self):
        self.down: set[str] = set()
        self.asked: list[tuple[str, bool]] = []

    def look_up(self, *, register, scheme, value, latest, by, own, at):
        from shuzhi.support.forms.prefilling import Found, Source

        self.asked.append((register, own))
        if register in self.down:
            raise ConnectionError("no answer")
        table, office = (PERSONS, POLICE) if register == "population" else (BIRTHS, HEALTH)
        values = table.get(value)
        if values is None:
            return None
        return Found(values, dict.fromkeys(values, Source(office, "batch/7", date(2026, 11, 20))))
