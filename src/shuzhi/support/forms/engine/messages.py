"""What is said of an answer that will not do; the browser is given the same table."""

from __future__ import annotations

from shuzhi.foundation.words import Words

MESSAGES: dict[str, Words] = {
    "required": Words(zh="请填写{title}", en="Answer this question: {title}"),
    "not_text": Words(zh="此处应填文字", en="Write this as a text"),
    "not_a_number": Words(zh="请填写数字，如 12 或 3.5", en="Write a number, such as 12 or 3.5"),
    "not_whole": Words(zh="请填写整数", en="Write a whole number"),
    "not_a_date": Words(
        zh="请填写真实的日期，如 2026-01-31", en="Write a date that exists, such as 2026-01-31"
    ),
    "not_yes_or_no": Words(zh="请选择是或否", en="Choose yes or no"),
    "not_a_choice": Words(zh="请从所列选项中选择", en="Choose one of the answers listed"),
    "too_short": Words(zh="至少填写 {n} 个字", en="Write at least {n} characters"),
    "too_long": Words(zh="最多填写 {n} 个字", en="Write at most {n} characters"),
    "too_small": Words(zh="不得小于 {n}", en="It must be at least {n}"),
    "too_large": Words(zh="不得大于 {n}", en="It must be at most {n}"),
    "not_above": Words(zh="应大于 {n}", en="It must be more than {n}"),
    "not_below": Words(zh="应小于 {n}", en="It must be less than {n}"),
    "not_multiple": Words(zh="应为 {n} 的倍数", en="It must be a multiple of {n}"),
    "pattern": Words(zh="{title}的写法不对", en="This is not how {title} is written"),
    "resident-id": Words(
        zh="公民身份号码不对，请核对 18 位号码", en="This identity number is wrong; check its 18 characters"
    ),
    "uscc": Words(
        zh="统一社会信用代码不对，请核对 18 位代码",
        en="This unified social credit code is wrong; check its 18 characters",
    ),
    "phone": Words(
        zh="电话号码不对；固定电话请带区号", en="This is no telephone number; landlines need their area code"
    ),
    "too_few": Words(zh="至少选 {n} 项", en="Choose at least {n}"),
    "too_many": Words(zh="最多选 {n} 项", en="Choose at most {n}"),
    "twice": Words(zh="同一项选了两次", en="The same answer stands twice"),
    "not_rows": Words(zh="此处应逐行填写", en="Fill this in row by row"),
    "too_few_rows": Words(zh="至少填写 {n} 行", en="Fill in at least {n} rows"),
    "too_many_rows": Words(zh="最多填写 {n} 行", en="Fill in at most {n} rows"),
    "rule_fault": Words(
        zh="{title}的规则无法计算，请联系 12345", en="The rule of {title} can't be computed; call 12345"
    ),
    "schema": Words(zh="{title}与其他答案一起不合要求", en="{title} does not go with the other answers"),
}
