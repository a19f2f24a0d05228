"""Everything that can be wrong with a form, found at once: each fault with its line, its rule, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.forms.engine.compiling import (
    TODAY,
    Rule,
    dependencies,
    in_order,
    names_of,
    rule_of,
    visible_texts,
)
from shuzhi.support.forms.engine.fields import (
    CHOICE,
    CHOICES,
    FILES,
    FORMATS,
    KEYWORDS,
    ROWS,
    choices_of,
    kind_of,
)
from shuzhi.support.forms.engine.patterns import PatternRefused, portable_pattern
from shuzhi.support.forms.engine.schemas import check_schema
from shuzhi.support.forms.types import FIELD, SUBJECT, FieldLayout, FormDeclaration

Where = tuple[str | int, ...]
Found = tuple[Where, str, str, str]
"""Where, the rule's id, and what to say in Chinese and English."""


def faults_of(form: FormDeclaration) -> Iterator[Found]:
    """Every fault of a form by itself."""
    properties = form.schema_.get("properties")
    if form.schema_.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        yield (
            ("schema",), "root", "schema 应是有 properties 的 object", "the schema must be an object with properties",
        )  # fmt: skip
        return
    yield from _schema_faults(form)
    for name, schema in properties.items():
        yield from _property_faults(form, name, schema)
        if kind_of(schema) == ROWS:
            yield from rows_faults(form, name, schema)
    yield from _layout_faults(form, properties)
    yield from _title_faults(form)
    yield from _logic_faults(form, properties)
    yield from _prefill_faults(form, properties)
    yield from _name_faults(form, properties)


def _schema_faults(form: FormDeclaration) -> Iterator[Found]:
    try:
        check_schema(form.schema_)
    except PlatformError as error:
        yield ("schema",), "schema", error.message_zh, str(error)
    required = form.schema_.get("required", ())
    for at, name in enumerate(required if isinstance(required, list) else ()):
        if name not in form.schema_["properties"]:
            yield (
                ("schema", "required", at), "field-unknown", f"没有字段 {name}", f"there is no field {name}",
            )  # fmt: skip


def rows_faults(form: FormDeclaration, name: str, schema: Mapping[str, Any]) -> Iterator[Found]:
    """What is wrong with a field of rows: each question of a row is simple, placed once, and has words."""
    items, where = schema["items"], ("schema", "properties", name, "items")
    for cell, inner in items["properties"].items():
        if kind_of(inner) in (FILES, ROWS):
            yield (
                (*where, "properties", cell), "kind", "一行里不能再有多行或文件", "a row holds neither rows nor files",
            )  # fmt: skip
            continue
        yield from _property_faults(form, cell, inner, (*where, "properties", cell))
    for at, cell in enumerate(items.get("required", ())):
        if cell not in items["properties"]:
            yield (*where, "required", at), "field-unknown", f"没有字段 {cell}", f"there is no field {cell}"
    for place, field in _layouts(form, name):
        yield from _row_layout_faults(place, field, items["properties"])


def _row_layout_faults(place: Where, field: FieldLayout, cells: Mapping[str, Any]) -> Iterator[Found]:
    placed = [each.field for each in field.rows]
    if field.row is None:
        yield place, "row-words", "没有写一行叫什么（row）", "it says not what a row is called (row)"
    for at, each in enumerate(field.rows):
        where = (*place, "rows", at)
        yield from _unsaid((*where, "title"), each.title)
        if each.field not in cells or placed.index(each.field) != at:
            yield (
                (*where, "field"), "field-unknown", f"行里没有字段 {each.field}，或放了两次",
                f"a row has no field {each.field}, or it stands twice",
            )  # fmt: skip
        for choice in choices_of(cells.get(each.field, {})):
            if choice not in each.choices:
                yield (
                    where,
                    "choice-words",
                    f"选项 {choice} 没有中英文说法",
                    f"the choice {choice} has no words",
                )
    for name in sorted(set(cells) - set(placed)):
        yield (
            place,
            "field-unreachable",
            f"字段 {name} 不在行里，填不到",
            f"the field {name} stands in no row",
        )


def _property_faults(
    form: FormDeclaration, name: str, schema: Any, at: Where | None = None
) -> Iterator[Found]:
    where: Where = at or ("schema", "properties", name)
    if not re.fullmatch(FIELD, name):
        yield where, "field-name", "字段名用小写字母、数字和下划线", "names have small letters, digits and _"
    kind = kind_of(schema) if isinstance(schema, Mapping) else None
    if kind is None:
        yield (
            where, "kind", "表单不能提这种问题：用文字、数字、日期、是否、选项或文件",
            "a form can't ask this: use text, number, date, yes or no, choices or files",
        )  # fmt: skip
        return
    for keyword in sorted(set(schema) - KEYWORDS):
        yield (
            (*where, keyword), "keyword", f"单个字段不支持 {keyword}，请放到 schema 的最外层",
            f"{keyword} is not for a single field: put it at the top of the schema",
        )  # fmt: skip
    form_of = schema.get("format") or (schema.get("items") or {}).get("format")
    if form_of is not None and form_of not in FORMATS:
        known = "、".join(sorted(FORMATS))
        yield (
            (*where, "format"),
            "format",
            f"没有格式 {form_of}；有：{known}",
            f"no format {form_of}; known: {known}",
        )
    if "pattern" in schema:
        yield from _pattern_faults((*where, "pattern"), schema["pattern"])
    if kind in (CHOICE, CHOICES) and at is None:
        yield from _choice_faults(form, name, schema)


def _pattern_faults(where: Where, pattern: object) -> Iterator[Found]:
    try:
        portable_pattern(str(pattern))
    except PatternRefused as refused:
        yield (
            where,
            "pattern",
            f"写法不可用：{refused.args[0]}",
            f"this pattern can't be used: {refused.args[1]}",
        )


def _choice_faults(form: FormDeclaration, name: str, schema: Mapping[str, Any]) -> Iterator[Found]:
    choices = choices_of(schema)
    for where, field in _layouts(form, name):
        for choice in choices:
            if choice not in field.choices:
                yield (
                    where,
                    "choice-words",
                    f"选项 {choice} 没有中英文说法",
                    f"the choice {choice} has no words",
                )
        for choice in field.choices:
            if choice not in choices:
                yield (
                    (*where, "choices", choice), "choice-unknown", f"没有选项 {choice}", f"there is no choice {choice}",
                )  # fmt: skip


def _layouts(form: FormDeclaration, name: str | None = None) -> Iterator[tuple[Where, Any]]:
    for at, page in enumerate(form.layout.pages):
        for number, section in enumerate(page.sections):
            for place, field in enumerate(section.fields):
                if name is None or field.field == name:
                    yield ("layout", "pages", at, "sections", number, "fields", place), field


def _layout_faults(form: FormDeclaration, properties: Mapping[str, Any]) -> Iterator[Found]:
    seen: set[str] = set()
    for where, field in _layouts(form):
        name = field.field
        if name not in properties:
            yield (
                (*where, "field"),
                "field-unknown",
                f"schema 里没有字段 {name}",
                f"the schema has no field {name}",
            )
        if name in seen:
            yield (*where, "field"), "field-twice", f"字段 {name} 放了两次", f"the field {name} stands twice"
        seen.add(name)
    for name in properties:
        if name not in seen:
            yield (
                ("schema", "properties", name), "field-unreachable", f"字段 {name} 不在任何一页上，填不到",
                f"the field {name} stands on no page: nobody can fill it in",
            )  # fmt: skip
    for name in form.files:
        if kind_of(properties.get(name, {})) != FILES:
            yield ("files", name), "field-unknown", f"{name} 不是文件字段", f"{name} is no field for files"
    yield from _repeated_places(form)


def _repeated_places(form: FormDeclaration) -> Iterator[Found]:
    pages: set[str] = set()
    sections: set[str] = set()
    for at, page in enumerate(form.layout.pages):
        if page.id in pages:
            yield (
                ("layout", "pages", at, "id"),
                "id-twice",
                f"页 {page.id} 重复",
                f"the page {page.id} stands twice",
            )
        pages.add(page.id)
        for number, section in enumerate(page.sections):
            if section.id in sections:
                yield (
                    ("layout", "pages", at, "sections", number, "id"), "id-twice",
                    f"节 {section.id} 重复", f"the section {section.id} stands twice",
                )  # fmt: skip
            sections.add(section.id)


def _title_faults(form: FormDeclaration) -> Iterator[Found]:
    yield from _unsaid(("title",), form.title)
    for at, page in enumerate(form.layout.pages):
        yield from _unsaid(("layout", "pages", at, "title"), page.title)
    for where, field in _layouts(form):
        yield from _unsaid((*where, "title"), field.title)
        for choice, words in field.choices.items():
            yield from _unsaid((*where, "choices", choice), words)
    for at, constraint in enumerate(form.logic.constraints):
        yield from _unsaid(("logic", "constraints", at, "message"), constraint.message)
    if form.signature:
        yield from _unsaid(("signature", "statement"), form.signature.statement)


def _unsaid(where: Where, words: Words) -> Iterator[Found]:
    for language, text in (("zh", words.zh), ("en", words.en)):
        if not text.strip():
            yield (
                (*where, language),
                "words-missing",
                f"缺少{language}文字",
                f"the text in {language} is missing",
            )


def _logic_faults(form: FormDeclaration, properties: Mapping[str, Any]) -> Iterator[Found]:
    rules: dict[Where, Rule] = {}
    for where, text in _texts(form):
        yield from _rule_faults(form, where, text, rules)
    places = {f"page/{page.id}" for page in form.layout.pages}
    places |= {f"section/{each.id}" for page in form.layout.pages for each in page.sections}
    for part in ("visible", "required", "value"):
        allowed = set(properties) | (places if part == "visible" else set())
        for name in getattr(form.logic, part):
            if name not in allowed:
                yield ("logic", part, name), "field-unknown", f"没有字段 {name}", f"there is no field {name}"
    for name in form.logic.value:
        if kind_of(properties.get(name, {})) in (FILES, ROWS):
            yield (
                ("logic", "value", name), "value-of-file", "文件和多行内容不能计算得出", "files and rows can't be computed",
            )  # fmt: skip
    yield from _constraint_faults(form, properties)
    yield from _never(rules)
    yield from _circles(form, rules)


def _texts(form: FormDeclaration) -> Iterator[tuple[Where, str]]:
    for part in ("visible", "required", "value"):
        for name, text in getattr(form.logic, part).items():
            yield ("logic", part, name), text
    for at, constraint in enumerate(form.logic.constraints):
        yield ("logic", "constraints", at, "that"), constraint.that


def _rule_faults(form: FormDeclaration, where: Where, text: str, rules: dict[Where, Rule]) -> Iterator[Found]:
    try:
        rule = rule_of(text, names_of(form))
    except FeelSyntaxError as error:
        yield where, "feel", error.message_zh, str(error)
        return
    except (LimitExceeded, RecursionError) as error:
        yield where, "feel", "表达式过长或过深", f"the expression is too long or too deep: {error}"
        return
    rules[where] = rule
    for name in nodes.undeclared(rule.tree):
        line, column = name.span.line, name.span.column
        yield (
            where, "name-unknown", f"第 {line} 行第 {column} 列：没有字段或已知事项 {name.name}",
            f"line {line}, column {column}: there is no field or fact {name.name}",
        )  # fmt: skip


def _constraint_faults(form: FormDeclaration, properties: Mapping[str, Any]) -> Iterator[Found]:
    seen: set[str] = set()
    for at, constraint in enumerate(form.logic.constraints):
        where: Where = ("logic", "constraints", at)
        if constraint.id in seen:
            yield (
                (*where, "id"),
                "id-twice",
                f"约束 {constraint.id} 重复",
                f"the constraint {constraint.id} stands twice",
            )
        seen.add(constraint.id)
        for number, name in enumerate(constraint.fields):
            if name not in properties:
                yield (
                    (*where, "fields", number),
                    "field-unknown",
                    f"没有字段 {name}",
                    f"there is no field {name}",
                )


def _never(rules: Mapping[Where, Rule]) -> Iterator[Found]:
    """Conditions that ask nothing and are not true: what they guard can't be reached."""
    for where, rule in rules.items():
        if where[1] != "visible" or rule.names:
            continue
        try:
            value = rule.run(Scope({}))
        except LimitExceeded:
            continue
        if value is not True:
            yield where, "field-unreachable", f"{where[2]} 永远不显示", f"{where[2]} is never shown"


def _circles(form: FormDeclaration, rules: Mapping[Where, Rule]) -> Iterator[Found]:
    by_text = {rule.text: rule for rule in rules.values()}
    texts = visible_texts(form)
    visible = {name: [by_text[text] for text in said if text in by_text] for name, said in texts.items()}
    value = {name: by_text[text] for name, text in form.logic.value.items() if text in by_text}
    fields: Iterable[str] = dict.fromkeys(each.field for _, _, each in form.placed)
    needs = dependencies(visible, value, dict.fromkeys(fields))
    circling = {name for name in fields if name not in set(in_order(fields, needs))}
    for name in sorted(circling):
        for part, asked in (
            ("visible", visible.get(name, [])),
            ("value", [value[name]] if name in value else []),
        ):
            if any(rule.names & circling for rule in asked):
                yield (
                    ("logic", part, name), "circle", f"{name} 的显示或取值绕回到自己",
                    f"whether {name} shows, or its value, depends on itself",
                )  # fmt: skip


def _prefill_faults(form: FormDeclaration, properties: Mapping[str, Any]) -> Iterator[Found]:
    earlier: set[str] = set()
    for at, prefill in enumerate(form.prefill):
        where: Where = ("prefill", at)
        if prefill.id in earlier:
            yield (
                (*where, "id"),
                "id-twice",
                f"预填 {prefill.id} 重复",
                f"the prefill {prefill.id} stands twice",
            )
        source, dot, _ = prefill.of.partition(".")
        if prefill.of != SUBJECT and not (dot and source in earlier):
            yield (
                (*where, "of"), "prefill-of", f"of 应是 subject 或前面某个预填的字段，如 me.spouse：{prefill.of}",
                f"of is subject, or a field of an earlier prefill such as me.spouse: {prefill.of}",
            )  # fmt: skip
        earlier.add(prefill.id)
        for name in prefill.fields:
            if (
                name not in properties
                or kind_of(properties[name]) in (FILES, ROWS)
                or name in form.logic.value
            ):
                yield (
                    (*where, "fields", name), "field-unknown", f"{name} 不是可以预填的字段",
                    f"{name} is no field that can be filled in beforehand",
                )  # fmt: skip


def _name_faults(form: FormDeclaration, properties: Mapping[str, Any]) -> Iterator[Found]:
    for name in form.facts:
        if name in properties or name == TODAY or not re.fullmatch(FIELD, name):
            yield (
                ("facts", name),
                "name-taken",
                f"事项名 {name} 不可用",
                f"the name {name} can't be used for a fact",
            )
    if TODAY in properties:
        where: Where = ("schema", "properties", TODAY)
        yield (
            where,
            "name-taken",
            "today 是当天日期，不能作字段名",
            "today is the day; no field can be called so",
        )
