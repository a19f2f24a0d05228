"""Forms for tests: the pack's own, and one with every kind of question, made from a seed of answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from shuzhi.support.forms.types import FormDeclaration

REPOSITORY = Path(__file__).resolve().parents[4]
BIRTH = REPOSITORY / "packs/people/births/forms/birth-registration.json"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MOTHER, FATHER = "330106199001011221", "330106198805052219"


def birth() -> FormDeclaration:
    """The pack's form."""
    return FormDeclaration.model_validate_json(BIRTH.read_text("utf-8"))


def words(text: str) -> dict[str, str]:
    """The same in both languages, told apart."""
    return {"zh": text, "en": f"{text} (en)"}


def form_of(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The document of a small form with these fields on one page."""
    fields = []
    for name, schema in properties.items():
        choices = schema.get("enum") or schema.get("items", {}).get("enum", [])
        fields.append(
            {"field": name, "title": words(name), "choices": {each: words(each) for each in choices}}
            | _rows(schema)
        )
    made = {
        "id": "small",
        "title": words("small"),
        "owner": "health-commission",
        "schema": {"type": "object", "properties": properties},
        "layout": {
            "pages": [{"id": "one", "title": words("one"), "sections": [{"id": "all", "fields": fields}]}]
        },
    }
    return made | more


def _rows(schema: dict[str, Any]) -> dict[str, Any]:
    cells = schema.get("items", {}).get("properties", {})
    if not cells:
        return {}
    chosen = {name: each.get("items", {}).get("enum", []) for name, each in cells.items()}
    rows = [
        {"field": name, "title": words(name), "choices": {one: words(one) for one in chosen[name]}}
        for name in cells
    ]
    return {"rows": rows, "row": words("child")}


ALL_KINDS: dict[str, Any] = {
    "name": {"type": "string", "minLength": 2, "maxLength": 6},
    "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9一-龥]{1,3}$"},
    "person": {"type": "string", "format": "resident-id"},
    "firm": {"type": "string", "format": "uscc"},
    "phone": {"type": "string", "format": "phone"},
    "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 100},
    "sum": {"type": "number", "exclusiveMinimum": -5, "maximum": 1000.5, "multipleOf": 0.05},
    "born": {"type": "string", "format": "date"},
    "agreed": {"type": "boolean"},
    "size": {"type": "string", "enum": ["small", "large"]},
    "wants": {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b", "c"]},
        "minItems": 1,
        "maxItems": 2,
    },
    "total": {"type": "number"},
    "later": {"type": "string", "format": "date"},
    "label": {"type": "string", "maxLength": 20},
    "adult": {"type": "boolean"},
    "picked": {"type": "integer"},
    "children": {
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "items": {
            "type": "object",
            "properties": {
                "called": {"type": "string", "minLength": 2},
                "birthday": {"type": "string", "format": "date"},
                "weight": {"type": "number", "minimum": 0.3},
                "kept": {"type": "boolean"},
                "toys": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "maxItems": 1},
            },
            "required": ["called"],
        },
    },
    "heaviest": {"type": "number"},
}
LOGIC: dict[str, Any] = {
    "visible": {
        "code": "agreed = true",
        "firm": 'size = "large" and count > 3',
        "picked": "wants != null",
        "later": "born < today",
    },
    "required": {"person": "adult", "phone": "person = null", "name": "true", "code": "sum / count > 2"},
    "value": {
        "total": "sum * count / 3",
        "later": 'born + duration("P1Y2M")',
        "label": 'upper case(name) + "-" + string(count)',
        "adult": 'born + duration("P18Y") <= today',
        "picked": "count(wants) * grade",
        "heaviest": "max(children.weight)",
    },
    "constraints": [
        {"id": "sum", "fields": ["sum", "count"], "that": "sum >= count", "message": words("sum at least count")},
        {"id": "names", "fields": ["code", "name"], "that": "contains(code, substring(name, 1, 1))", "message": words("names")},
            {"id": "born", "fields": ["children"], "that": "every child in children satisfies child.birthday <= today", "message": words("born")},
        {"id": "grade", "fields": ["size"], "that": 'if size = "large" then total > grade else true', "message": words("grade")},
    ],
}  # fmt: skip


def all_kinds() -> FormDeclaration:
    """A form with every kind of question and every kind of rule."""
    document = form_of(ALL_KINDS, logic=LOGIC, facts={"grade": "number"})
    document["schema"]["required"] = ["size", "wants"]
    return FormDeclaration.model_validate_json(json.dumps(document))


TEXTS = [
    "", " ", "　", "张", "张三", " 张三丰 ", "abcdef", "abcdefg", "😀😀", "AB1", "AB一", "ab1", "AB12345", "AB1\n", "A\u2028B",
    MOTHER, FATHER, "330106199001011222", "３３０１０６１９９００１０１１２２１", "33010619900101122X", "11010519491231002x", "110105 19491231 002X",
    "91330100MA27X0000Q", "91330100799655058B", "91330100799655058b", "9133010079965505 8B", "13812345678", "138-1234-5678", "+86 571 8765 4321",
    "0571-87654321", "0571-87654321转8001", "0571-87654321\x1c1", "87654321", "12345", "１２３", "4008001234", "95588", "010-12345678", "x1",
    "0", "1", "3", "99", "100", "-5", "-4.95", "1000.5", "1000.55", "1,000", "1e3", "+7", "007", "-0", "-0.00", "3.0", "3.5", "0.1", ".5", "5.",
    "12345678901234567890", "123456789012345678901", "0.12345678901", "NaN", "Infinity", "一百", "12３.4０",
    "2026-01-31", "2026-02-30", "2024-02-29", "2025-02-29", "0000-01-01", "9999-12-31", "2026-11-22", "2026-11-23", "2008-11-22", "20260131", "2026-1-3",
    "true", "false", "TRUE", "是", "small", "large", "Large", "a", "b", "d", "ß", "ﬃ", "ı", "x" * 30, "字" * 10_001,
]  # fmt: skip


def drawn_answers(form: FormDeclaration, random: Random) -> dict[str, Any]:
    """Answers as somebody, or something, may send them."""
    found: dict[str, Any] = {}
    for name, schema in form.schema_["properties"].items():
        chance = random.random()
        if chance < 0.15:
            continue
        found[name] = _likely(name, schema, random) if chance < 0.7 else _any(random)
    return found


def _likely(name: str, schema: dict[str, Any], random: Random) -> Any:
    choices = schema.get("enum") or schema.get("items", {}).get("enum")
    if cells := schema.get("items", {}).get("properties"):
        return [_row(cells, random) for _ in range(random.randint(0, 4))]
    if schema.get("type") == "array" and choices:
        return random.choices(choices, k=random.randint(0, 3))
    if choices:
        return random.choice(choices)
    if schema.get("type") in ("integer", "number"):
        return random.choice(
            [
                str(random.randint(-10, 1100)),
                f"{random.randint(-10, 1100)}.{random.choice(['05', '5', '07', '50'])}",
            ]
        )
    if schema.get("type") == "boolean":
        return random.choice(["true", "false", True, False])
    kinds = {
        "date": ["2026-01-31", "2026-11-10", "2000-02-29", "2027-01-01", "2008-11-22"],
        "resident-id": [MOTHER, FATHER],
        "uscc": ["91330100799655058B"],
    }
    likely = kinds.get(
        schema.get("format", ""), ["张三", "AB1", "P330000010", "13812345678", "杭州市西湖区文三路1号", name]
    )
    return random.choice(likely)


def _row(cells: dict[str, Any], random: Random) -> Any:
    if random.random() < 0.05:
        return _any(random)
    drawn = {
        name: _likely(name, schema, random) if random.random() < 0.8 else _any(random)
        for name, schema in cells.items()
    }
    return {name: each for name, each in drawn.items() if random.random() < 0.9}


def _any(random: Random) -> Any:
    return random.choice(
        [
            random.choice(TEXTS),
            [random.choice(TEXTS) for _ in range(random.randint(0, 3))],
            None,
            True,
            False,
            {"a": 1},
            random.randint(-9, 9),
        ]
    )
