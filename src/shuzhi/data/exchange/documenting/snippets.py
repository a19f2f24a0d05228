"""Examples of a call in several languages (调用示例), signed as the gateway expects; one template a language.

What they ask with are values of the interface's sandbox, so that they run as they stand with a sandbox key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shuzhi.data.exchange.services.sandbox import SEED, shapes_of
from shuzhi.data.exchange.synthesis import made_up_rows
from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.foundation.settings import Settings
from shuzhi.foundation.words import Words

TEMPLATES = Path(__file__).with_name("templates")
NO_KEY = "sk-…"


@dataclass(frozen=True)
class Snippet:
    """An example in one language; `file` is what it might be called."""

    language: Words
    file: str
    text: str


@dataclass(frozen=True)
class _Language:
    title: Words
    template: str
    file: str


CALLING = (
    _Language(Words(zh="命令行（curl 和 openssl）", en="Shell (curl and openssl)"), "curl.sh", "call.sh"),
    _Language(
        Words(zh="Python（平台客户端）", en="Python (the platform's client)"), "client.py.txt", "client.py"
    ),
    _Language(Words(zh="Python（标准库）", en="Python (standard library)"), "plain.py.txt", "call.py"),
    _Language(Words(zh="Java", en="Java"), "Call.java.txt", "Call.java"),
    _Language(Words(zh="JavaScript（Node）", en="JavaScript (Node)"), "call.mjs.txt", "call.mjs"),
)
_FIXED: dict[InterfaceKind, dict[str, str]] = {
    InterfaceKind.EVENTS: {"after": "0"},
    InterfaceKind.FILE: {"form": "csv"},
    InterfaceKind.AGGREGATE: {},
    InterfaceKind.INTERSECTION: {},
}
RECEIVING = _Language(
    Words(zh="接收推送（Python）", en="Receive pushes (Python)"), "receiver.py.txt", "receiver.py"
)


def gateway_address(settings: Settings) -> str:
    """Where the gateway of this node answers."""
    scheme = "https" if settings.gateway_tls_certificate else "http"
    return f"{scheme}://{settings.gateway_host}:{settings.gateway_port}"


def snippets(declared: InterfaceDeclaration, *, gateway: str, key_id: str | None = None) -> list[Snippet]:
    """The same call in every language, and for events how they are received."""
    body = json.dumps(example_of(declared), ensure_ascii=False)
    facts = {
        "KEY": key_id or NO_KEY,
        "BASE": gateway,
        "INTERFACE": declared.interface,
        "PATH": f"/v1/interfaces/{declared.interface}",
        "BODY": body.replace("'", "\\u0027"),  # it stands between single quotes
        "QUOTED": json.dumps(body, ensure_ascii=False),
    }
    languages = (*CALLING, RECEIVING) if declared.kind is InterfaceKind.EVENTS else CALLING
    return [Snippet(one.title, one.file, _filled(one.template, facts)) for one in languages]


def example_of(declared: InterfaceDeclaration) -> dict[str, str]:
    """What a call of the interface might ask, with values of its sandbox."""
    values, kind = _made_up(declared), declared.kind
    if kind is InterfaceKind.WRITE_BACK:
        return _example_of_return(declared, values)
    if kind is InterfaceKind.LIST:
        return {name: values[name] for name in declared.by[:1]} | {"limit": "2"}
    if kind in _FIXED:
        return _FIXED[kind]
    return {name: values[name] for name in declared.by}


def _example_of_return(declared: InterfaceDeclaration, values: dict[str, str]) -> dict[str, str]:
    if declared.source or declared.port:
        return {"reference": "2026-0001"}
    identifier, field, *_ = declared.by
    told = {"field": field, "value": "沙箱更正值", "reason": "沙箱联调"}
    return {"reference": "2026-0001", identifier: values[identifier]} | told


def _made_up(declared: InterfaceDeclaration) -> dict[str, str]:
    try:
        shapes = shapes_of(registers.declaration(declared.register_))
    except NoSuchRegister:
        shapes = []
    first = next(made_up_rows(shapes, count=1, seed=SEED))
    return dict.fromkeys(declared.by, "…") | first


def _filled(template: str, facts: dict[str, str]) -> str:
    text = _template(template)
    for name, value in facts.items():
        text = text.replace(f"@{name}@", value)
    return text


@lru_cache
def _template(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")
