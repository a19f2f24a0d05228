"""Codes with true check digits that belong to nobody.

Written from the standards and independent of `pillars.standards`, so that the platform's validators are tested against
something other than themselves.
"""

from __future__ import annotations

from array import array
from datetime import date

from shuzhi.demo.population.errors import PopulationTooLarge

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: digits and capitals without I, O, S, V, Z."""

ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

FIRMS_LIMIT = 31**6
_SPREAD = 387_420_489  # coprime to 31: consecutive firms get codes that look unrelated, never the same
_FIRST_DAY = date(1900, 1, 1).toordinal()
_DAYS = 366 * 200
_PER_CELL = 48  # 996 to 999 are kept for centenarians


def organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714-1997) of 8 characters."""
    total = sum(ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(body: str) -> str:
    """The check character of a unified social credit code (GB 32100-2015) of 17 characters."""
    total = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return USCC_ALPHABET[-total % 31]


def uscc(*, kind: str, division: str, serial: int, seed: int = 0) -> str:
    """The code of the firm with one serial number.

    `kind` is the two-character registration class (91 firm, 92 individual business, 93 farmers' cooperative). The
    organisation code begins with XX, which no registration office has issued.
    """
    if serial >= FIRMS_LIMIT:
        raise PopulationTooLarge(count=serial + 1, what="firms", limit=FIRMS_LIMIT)
    rest, letters = (serial * _SPREAD + seed) % FIRMS_LIMIT, ""
    for _ in range(6):
        rest, digit = divmod(rest, 31)
        letters += USCC_ALPHABET[digit]
    body = f"{kind}{division}XX{letters}{organisation_check('XX' + letters)}"
    return body + uscc_check(body)


def resident_check(body: str) -> str:
    """The check character of a resident number (GB 11643-1999) of 17 digits."""
    total = sum(int(c) * w for c, w in zip(body, RESIDENT_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def resident_number(*, division: str, born: date, order: int) -> str:
    """The number of the person with one order number (顺序码); odd for men, even for women."""
    body = f"{division}{born:%Y%m%d}{order:03d}"
    return body + resident_check(body)


class OrderNumbers:
    """Hands out order numbers 900 to 995 for each division, day and sex: the top of the range, so plainly artificial.

    One byte a cell keeps a million persons unique without remembering any of them.
    """

    def __init__(self) -> None:
        self._used: dict[str, array[int]] = {}

    def next(self, *, division: str, born: date, sex: str) -> int:
        """The next free order number of a cell."""
        cells = self._used.setdefault(division, array("B", bytes(_DAYS * 2)))
        cell = (born.toordinal() - _FIRST_DAY) * 2 + (sex == "男")
        count = cells[cell]
        if count == _PER_CELL:
            raise PopulationTooLarge(count=count + 1, what="persons of one birth day", limit=_PER_CELL)
        cells[cell] = count + 1
        return 900 + 2 * count + (sex == "男")
