"""Cells that do not fit their column: bad days and numbers, wrong check characters, codes of no division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from shuzhi.data.sources.reading.column_survey import LONGEST_WITNESS, ColumnSurvey, Witness
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.signatures import Signature
from shuzhi.pillars.standards.validators import REASONS, check_phone, check_resident_id, check_uscc

LISTED = 100
_PERSONAL = frozenset(
    {"resident_id", "resident_id_form", "mobile", "phone", "email", "person_name", "holds_phone", "holds_resident_id"}
)  # fmt: skip
_NUMBERS = frozenset({"integer", "digits"})
_TYPED: dict[str, tuple[frozenset[str], frozenset[str], ProblemCode]] = {
    # type: the shapes and the kinds that fit it, and what a cell is that has neither
    "integer": (_NUMBERS, frozenset(), ProblemCode.NOT_INTEGER),
    "decimal": (_NUMBERS | {"decimal"}, frozenset(), ProblemCode.NOT_DECIMAL),
    "amount": (_NUMBERS | {"decimal"}, frozenset({"amount_valid"}), ProblemCode.NOT_AMOUNT),
    "date": (frozenset({"date", "datetime"}), frozenset({"compact_date"}), ProblemCode.NOT_DATE),
    "datetime": (frozenset({"date", "datetime"}), frozenset({"compact_date"}), ProblemCode.NOT_DATETIME),
    "boolean": (frozenset({"boolean"}), frozenset(), ProblemCode.NOT_BOOLEAN),
    "geometry": (frozenset({"geometry"}), frozenset(), ProblemCode.NOT_GEOMETRY),
}
_MEANT: dict[str, tuple[frozenset[str], ProblemCode]] = {
    "uscc": (frozenset({"uscc"}), ProblemCode.INVALID_USCC),
    "resident_id": (frozenset({"resident_id"}), ProblemCode.INVALID_RESIDENT_ID),
    "phone": (frozenset({"phone", "phone_valid"}), ProblemCode.INVALID_PHONE),
    "email": (frozenset({"email"}), ProblemCode.INVALID_EMAIL),
    "postal_code": (frozenset({"postal_code", "zip_code"}), ProblemCode.INVALID_POSTAL_CODE),
    "division_code": (frozenset({"division_code"}), ProblemCode.INVALID_DIVISION_CODE),
}
_EXTENT = {"longitude": "within_180", "latitude": "within_90"}
_APOSTROPHE = ("前面有撇号，可去掉", "has an apostrophe before it, which can go")
_HARMLESS = (ProblemCode.WRITING, ProblemCode.FORMULA)
_ORDERS = {
    "month_first": ("月/日/年", "month/day/year"),
    "day_first": ("日/月/年", "day/month/year"),
    "either_order": ("日、月次序不明", "whether day or month comes first is open"),
}
_CHECKS: dict[ProblemCode, Callable[[str], str]] = {
    ProblemCode.INVALID_USCC: lambda text: check_uscc(text).reason,
    ProblemCode.INVALID_RESIDENT_ID: lambda text: check_resident_id(text).reason,
    ProblemCode.INVALID_PHONE: lambda text: check_phone(text).reason,
    ProblemCode.WRITING: lambda _: "writing",
}


def fault_of(signature: Signature, kind: str, semantic: str | None) -> ProblemCode | None:
    """What is wrong with the cells of a signature in a column of this type and meaning."""
    kinds = signature.kinds
    typed, meant = _TYPED.get(kind), _MEANT.get(semantic or "")
    wrong = (
        (
            typed is not None and signature.shape not in typed[0] and typed[1].isdisjoint(kinds),
            typed and typed[2],
        ),
        (kind == "text" and "scientific" in kinds, ProblemCode.SCIENTIFIC),
        (meant is not None and meant[0].isdisjoint(kinds), meant and meant[1]),
        (semantic == "division_code" and "division_known" not in kinds, ProblemCode.UNKNOWN_DIVISION),
        (semantic in _EXTENT and _EXTENT[semantic] not in kinds, ProblemCode.OUT_OF_RANGE),
        ("apostrophe" in kinds or ("writing" in kinds and bool(typed or meant)), ProblemCode.WRITING),
        ("formula" in kinds, ProblemCode.FORMULA),
    )
    return next((code for is_so, code in wrong if is_so), None)


class ColumnFaults:
    """The faults of one column: how many of each kind there are, and the first of them."""

    def __init__(self, survey: ColumnSurvey, *, personal: bool, header_row: int | None) -> None:
        self._survey, self._header_row = survey, header_row
        self._personal = personal
        self.counts: Counter[ProblemCode] = Counter()
        self._found: list[tuple[Witness, Signature, ProblemCode]] = []
        for signature, count in survey.signatures.items():
            code = fault_of(signature, survey.type, survey.meaning[0])
            if code is not None:
                self.counts[code] += count
                seen = survey.witnesses.get(signature, ())
                self._found += [(witness, signature, code) for witness in seen]

    @property
    def cells(self) -> int:
        """How many cells do not fit; what only has to be written otherwise does."""
        return self.counts.total() - sum(self.counts[code] for code in _HARMLESS)

    def listed(self) -> Iterator[Problem]:
        """The first faulty cells of each kind, and what is to be said of the column as a whole."""
        left = Counter(dict.fromkeys(self.counts, LISTED))
        for witness, signature, code in sorted(self._found, key=lambda found: found[0].row):
            if left[code] > 0:
                left[code] -= 1
                yield self._problem(witness, signature, code)

    def remarks(self) -> Iterator[Problem]:
        """What is to be said once of the column as a whole."""
        kinds, name, row = self._survey.kinds, self._survey.name, self._header_row
        orders = [order for order in _ORDERS if kinds[order]]
        if orders and self._survey.type in {"date", "datetime"}:
            zh, en = _ORDERS[
                orders[0] if orders[0] != "month_first" or "day_first" not in orders else "either_order"
            ]
            count = sum(kinds[order] for order in orders)
            yield Problem.of(ProblemCode.DAY_ORDER, row, name, count=count, order=zh, order_en=en)

    def _problem(self, witness: Witness, signature: Signature, code: ProblemCode) -> Problem:
        zh, en = _reason(code, witness.text, signature)
        value = shown(witness.text, personal=self._personal or not _PERSONAL.isdisjoint(signature.kinds))
        return Problem.of(code, witness.row, self._survey.name, value=value, reason=zh, reason_en=en)


def _reason(code: ProblemCode, text: str, signature: Signature) -> tuple[str, str]:
    if code is ProblemCode.WRITING and "apostrophe" in signature.kinds:
        return _APOSTROPHE
    reason = _CHECKS[code](text) if code in _CHECKS else ""
    words = REASONS.get(reason, REASONS["shape"])
    return words.zh, words.en


def shown(text: str, *, personal: bool) -> str:
    """A value as a finding shows it: cut to a line, masked where it is about a person."""
    from shuzhi.pillars.security.masking import partial

    line = " ".join(text[:LONGEST_WITNESS].split())
    if personal:
        return partial(line)
    return line + "…" if len(text) > LONGEST_WITNESS else line
