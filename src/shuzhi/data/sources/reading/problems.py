"""What can be wrong inside a file that is otherwise readable: the codes, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

OTHERS_NAMED = 10


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
    TOTAL_ROW = "total_row"
    OTHER_TABLES = "other_tables"
    FORMULA_NO_VALUE = "formula_no_value"
    ERROR_VALUE = "error_value"
    DUPLICATE_ROW = "duplicate_row"
    NEAR_KEY = "near_key"
    DAY_ORDER = "day_order"
    FORMULA = "formula"
    WRITING = "writing"
    NOT_INTEGER = "not_integer"
    NOT_DECIMAL = "not_decimal"
    NOT_AMOUNT = "not_amount"
    NOT_DATE = "not_date"
    NOT_DATETIME = "not_datetime"
    NOT_BOOLEAN = "not_boolean"
    NOT_GEOMETRY = "not_geometry"
    INVALID_USCC = "invalid_uscc"
    INVALID_RESIDENT_ID = "invalid_resident_id"
    INVALID_PHONE = "invalid_phone"
    INVALID_EMAIL = "invalid_email"
    INVALID_POSTAL_CODE = "invalid_postal_code"
    INVALID_DIVISION_CODE = "invalid_division_code"
    UNKNOWN_DIVISION = "unknown_division"
    OUT_OF_RANGE = "out_of_range"
    SCIENTIFIC = "scientific"

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
    ProblemCode.TOTAL_ROW: (
        "本行是合计行，未作为数据。",
        "The row holds totals and is not taken as data.",
    ),
    ProblemCode.OTHER_TABLES: (
        "文件中有 {count} 个表，本次读取“{read}”；未读取：{others}。可用 --table 指定。",
        "The file holds {count} tables; “{read}” was read, not: {others}. Name another one with --table.",
    ),
    ProblemCode.FORMULA_NO_VALUE: (
        "单元格 {cell} 的公式没有保存计算结果，读出为空；请在表格软件中打开并保存后再提交。",
        "The formula in {cell} has no stored result and is read as empty; open and save the file in a spreadsheet first.",
    ),
    ProblemCode.ERROR_VALUE: (
        "单元格 {cell} 是公式错误值（如 #DIV/0!），读出为空。",
        "The cell {cell} holds an error of its formula (such as #DIV/0!) and is read as empty.",
    ),
    ProblemCode.DUPLICATE_ROW: (
        "本行与第 {first} 行完全相同。",
        "The row is an exact copy of row {first}.",
    ),
    ProblemCode.NEAR_KEY: (
        "本列几乎每行不同，但有 {repeated} 行与前面的行重复、{nulls} 行为空；若应为主键，请核对。",
        "Nearly every row of this column differs, but {repeated} repeat an earlier row and {nulls} are empty; check it if it is meant to be the key.",
    ),
    ProblemCode.DAY_ORDER: (
        "本列有 {count} 个日期把年份写在最后（{order}），入湖前须改为“年-月-日”。",
        "{count} days of this column have their year at the end ({order_en}); write them year-month-day before they are collected.",
    ),
    ProblemCode.FORMULA: (
        "“{value}”会被表格软件当作公式执行；转换时会加撇号。",
        "“{value}” would be run as a formula by a spreadsheet; a conversion puts an apostrophe before it.",
    ),
    ProblemCode.WRITING: ("“{value}”{reason}。", "“{value}” {reason_en}."),
    ProblemCode.NOT_INTEGER: ("“{value}”不是整数。", "“{value}” is no whole number."),
    ProblemCode.NOT_DECIMAL: ("“{value}”不是数字。", "“{value}” is no number."),
    ProblemCode.NOT_AMOUNT: ("“{value}”不是可以确定读出的金额。", "“{value}” is no amount that can be read."),
    ProblemCode.NOT_DATE: (
        "“{value}”不是日期，或没有这一天。",
        "“{value}” is no date, or there is no such day.",
    ),
    ProblemCode.NOT_DATETIME: (
        "“{value}”不是日期时间，或没有这一时刻。",
        "“{value}” is no date and time, or there is no such moment.",
    ),
    ProblemCode.NOT_BOOLEAN: ("“{value}”不是“是”或“否”。", "“{value}” is neither yes nor no."),
    ProblemCode.NOT_GEOMETRY: ("“{value}”不是几何图形。", "“{value}” is no geometry."),
    ProblemCode.INVALID_USCC: (
        "统一社会信用代码“{value}”有误：{reason}。",
        "The unified social credit code “{value}” {reason_en}.",
    ),
    ProblemCode.INVALID_RESIDENT_ID: (
        "公民身份号码“{value}”有误：{reason}。",
        "The resident identity number “{value}” {reason_en}.",
    ),
    ProblemCode.INVALID_PHONE: (
        "电话号码“{value}”有误：{reason}。",
        "The telephone number “{value}” {reason_en}.",
    ),
    ProblemCode.INVALID_EMAIL: ("“{value}”不是电子邮箱地址。", "“{value}” is no mail address."),
    ProblemCode.INVALID_POSTAL_CODE: ("“{value}”不是邮政编码。", "“{value}” is no postal code."),
    ProblemCode.INVALID_DIVISION_CODE: (
        "“{value}”不是行政区划代码（应为 6、9 或 12 位数字）。",
        "“{value}” is no division code (6, 9 or 12 digits).",
    ),
    ProblemCode.UNKNOWN_DIVISION: (
        "行政区划代码“{value}”从未列入 GB/T 2260 的县级以上代码。",
        "The division code “{value}” was never among the codes of GB/T 2260.",
    ),
    ProblemCode.OUT_OF_RANGE: ("坐标“{value}”超出范围。", "The coordinate “{value}” is out of range."),
    ProblemCode.SCIENTIFIC: (
        "“{value}”是科学计数法，原来的号码已丢失末尾数字；请把该列设为文本后重新导出。",
        "“{value}” is written in powers of ten and has lost its last digits; export the column as text again.",
    ),
    ProblemCode.EXTENSION_MISMATCH: (
        "文件扩展名是 {extension}，内容却是 {format}；按内容读取。",
        "The file is called {extension} but contains {format}; it is read by its content.",
    ),
}


class Problem(NamedTuple):
    """One finding: where (row and column as a person counts them) and what. A personal value is masked in it."""

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


def other_tables(read: str | None, others: Sequence[str]) -> Problem:
    """That a file holds more than the one table which was read."""
    shown = "、".join(others[:OTHERS_NAMED]) + ("…" if len(others) > OTHERS_NAMED else "")
    return Problem.of(ProblemCode.OTHER_TABLES, count=len(others) + 1, read=read, others=shown)


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
        self._more = 0
        self.listed: list[Problem] = []
        self.counts: Counter[ProblemCode] = Counter()

    def add(self, problem: Problem) -> None:
        """Count a finding and list it while there is room."""
        self.counts[problem.code] += 1
        if len(self.listed) - self._more < self.keep:
            self.listed.append(problem)

    def add_many(self, problems: Iterable[Problem], counts: Mapping[ProblemCode, int]) -> None:
        """Findings of which only some are listed, and how many there are of each kind.

        They have `keep` places of their own, so that a file full of ragged rows does not hide them.
        """
        self.counts.update(counts)
        room = self.keep - self._more
        taken = list(islice(problems, max(0, room)))
        self._more += len(taken)
        self.listed += taken
