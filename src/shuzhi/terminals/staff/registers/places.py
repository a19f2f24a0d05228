"""Places in a register are codes; people read names."""

from __future__ import annotations

from shuzhi.data.registers.types import RegisterField
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization.divisions import Division, shipped_tree
from shuzhi.terminals.design.types import Cell, Said
from shuzhi.terminals.staff.cockpit.names import name_of_division

DIVISION_DIGITS = (6, 9)


def named_place(value: str | None, field: RegisterField) -> Cell | str | None:
    """A division's name with its code below it; anything else as it is."""
    found = _division(value, field)
    return Cell(name_of_division(found), under=found.code) if found else value


def place_said(value: str | None, field: RegisterField) -> Said | None:
    """A division's name and code in one line; anything else as it is."""
    if value is None:
        return None
    found = _division(value, field)
    if found is None:
        return Said(value, value)
    name = name_of_division(found)
    return Said(f"{name.zh}（{found.code}）", f"{name.en} ({found.code})")


def _division(value: str | None, field: RegisterField) -> Division | None:
    """The division that a code of a counted field names today; None for what is no code."""
    if not field.tally or value is None or len(value) not in DIVISION_DIGITS:
        return None
    if not (value.isascii() and value.isdecimal()):
        return None
    return shipped_tree(lower=len(value) > DIVISION_DIGITS[0]).as_of(value, day_of(now()))
