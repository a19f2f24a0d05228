"""Why a row waits in quarantine (隔离原因), in both languages."""

from __future__ import annotations

from shuzhi.foundation.words import Words

REASONS: dict[str, Words] = {
    "required": Words(zh="必填项为空", en="a required value is missing"),
    "not_integer": Words(zh="不是整数", en="not a whole number"),
    "not_decimal": Words(zh="不是数字", en="not a number"),
    "too_large": Words(zh="数值超出范围", en="the number is out of range"),
    "not_amount": Words(zh="不是可识别的金额", en="not a readable amount of money"),
    "not_date": Words(zh="不是可识别的日期", en="not a readable date"),
    "not_datetime": Words(zh="不是可识别的日期时间", en="not a readable date and time"),
    "not_boolean": Words(zh="不是是/否值", en="neither yes nor no"),
    "not_geometry": Words(zh="不是 GeoJSON 几何", en="not a GeoJSON geometry"),
    "not_standard": Words(zh="不符合标准 {standard}", en="does not keep the standard {standard}"),
    "nul_byte": Words(zh="含有 NUL 字符", en="contains NUL bytes"),
    "ragged_row": Words(zh="单元格数与表头不符", en="the number of cells differs from the header's"),
    "key_conflict": Words(
        zh="与第 {other} 行主键相同而内容不同，以先出现的行为准",
        en="has the key of row {other} but says otherwise; the first one counts",
    ),
    "unknown_key": Words(zh="要删除的记录从未归集过", en="asks to delete what was never collected"),
}


def reason_words(reason: str, **facts: object) -> Words:
    """The reason as a person reads it."""
    words = REASONS[reason]
    return Words(zh=words.zh.format(**facts), en=words.en.format(**facts))
