"""What can be wrong inside a file that is otherwise readable: the codes, in both languages."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple


class ProblemCode(StrEnum):
    """Stable codes; quarantine, profile and tests name problems by them."""

    RAGGED_ROW = "ragged_row"
    UNCLOSED_QUOTE = "unclosed_quote"
    NUL_BYTE = "nul_byte"
    CELL_TOO_LONG = "cell_too_long"
    INVALID_BYTES = "invalid_bytes"
    MIXED_ENCODING = "mixed_encoding"
    DUPLICATE_COLUMN = "duplicate_column"
    MISSING_COLUMN_NAME = "missing_column_name"
    REPEATED_HEADER = "repeated_header"
    NO_HEADER = "no_header"
    CAPTION_TOTAL_MISMATCH = "caption_total_mismatch"
    BAD_JSON_LINE = "bad_json_line"
    BAD_RECORD = "bad_record"
    EXTENSION_MISMATCH = "extension_mismatch"
    SERIAL_DATE = "serial_date"

    @property
    def breaks_row(self) -> bool:
        """Whether a row with this problem is kept apart instead of being used."""
        return self in _BREAKING


_BREAKING = frozenset(
    {
        ProblemCode.RAGGED_ROW,
        ProblemCode.UNCLOSED_QUOTE,
        ProblemCode.NUL_BYTE,
        ProblemCode.CELL_TOO_LONG,
        ProblemCode.INVALID_BYTES,
        ProblemCode.MIXED_ENCODING,
        ProblemCode.BAD_JSON_LINE,
        ProblemCode.BAD_RECORD,
    }
)

MESSAGES: dict[ProblemCode, tuple[str, str]] = {
    ProblemCode.RAGGED_ROW: (
        "本行有 {found} 个单元格，表头有 {expected} 个。",
        "The row has {found} cells where the header has {expected}.",
    ),
    ProblemCode.UNCLOSED_QUOTE: (
        "本行的引号没有闭合；后面的行照常读取。",
        "A quote opened in this row is never closed; the rows after it are read as usual.",
    ),
    ProblemCode.NUL_BYTE: ("本行含有 NUL 字符。", "The row contains NUL bytes."),
    ProblemCode.CELL_TOO_LONG: (
        "单元格有 {found} 个字符，上限为 {limit}。",
        "A cell has {found} characters; the limit is {limit}.",
    ),
    ProblemCode.INVALID_BYTES: (
        "本行含有不属于 {encoding} 编码的字节。",
        "The row contains bytes that are not valid {encoding}.",
    ),
    ProblemCode.MIXED_ENCODING: (
        "本行的编码是 {found}，而文件的编码是 {encoding}。",
        "The row is encoded as {found}, the file as {encoding}.",
    ),
    ProblemCode.DUPLICATE_COLUMN: (
        "列名“{name}”重复，已改为“{renamed}”。",
        "The column name “{name}” occurs twice; this one became “{renamed}”.",
    ),
    ProblemCode.MISSING_COLUMN_NAME: (
        "第 {position} 列有数据但没有列名，已命名为“{renamed}”。",
        "Column {position} holds data but has no name; it became “{renamed}”.",
    ),
    ProblemCode.REPEATED_HEADER: (
        "本行与表头相同，未作为数据。",
        "The row repeats the header and is not taken as data.",
    ),
    ProblemCode.NO_HEADER: (
        "没有找到表头；列名由系统给出。",
        "No header row was found; the columns were named by position.",
    ),
    ProblemCode.CAPTION_TOTAL_MISMATCH: (
        "分组标题写明 {declared} 条，实际为 {counted} 条。",
        "The group caption declares {declared} rows; {counted} were counted.",
    ),
    ProblemCode.BAD_JSON_LINE: ("本行不是有效的 JSON 对象。", "The line is not a valid JSON object."),
    ProblemCode.BAD_RECORD: (
        "本条不是对象，无法对应到列。",
        "The record is not an object, so it has no columns.",
    ),
    ProblemCode.SERIAL_DATE: (
        "本列的日期以数字存储，已还原为日期。",
        "The days of this column are stored as numbers; they were turned back into days.",
    ),
    ProblemCode.EXTENSION_MISMATCH: (
        "文件扩展名是 {extension}，内容却是 {format}；按内容读取。",
        "The file is called {extension} but contains {format}; it is read by its content.",
    ),
}


class Problem(NamedTuple):
    """One finding: where (row and column as a person counts them) and what, never the value itself."""

    code: ProblemCode
    row: int | None
    column: str | None
    message: str
    message_zh: str

    @classmethod
    def of(
        cls, code: ProblemCode, row: int | None = None, column: str | None = None, **facts: object
    ) -> Problem:
        """The finding with both messages filled in."""
        zh, en = MESSAGES[code]
        return cls(code, row, column, en.format(**facts), zh.format(**facts))

    def as_dict(self) -> dict[str, object]:
        """The finding as the profile prints it."""
        return {
            "row": self.row,
            "column": self.column,
            "code": str(self.code),
            "message": self.message,
            "message_zh": self.message_zh,
        }


def line_problem(number: int, fault: str, *, encoding: str, limit: int) -> Problem:
    """What is wrong with a line as `encodings.lines` found it: "invalid", "cut", or the other encoding it is in."""
    if fault == "cut":
        return Problem.of(ProblemCode.CELL_TOO_LONG, number, found=f">{limit}", limit=limit)
    if fault == "invalid":
        return Problem.of(ProblemCode.INVALID_BYTES, number, encoding=encoding)
    return Problem.of(ProblemCode.MIXED_ENCODING, number, found=fault, encoding=encoding)


class ProblemLog:
    """Findings of one file: the first `keep` in full, all of them counted, so that memory stays flat."""

    def __init__(self, keep: int = 1000) -> None:
        self.keep = keep
        self.listed: list[Problem] = []
        self.counts: Counter[ProblemCode] = Counter()

    def add(self, problem: Problem) -> None:
        """Count a finding and list it while there is room."""
        self.counts[problem.code] += 1
        if len(self.listed) < self.keep:
            self.listed.append(problem)
