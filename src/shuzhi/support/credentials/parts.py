from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.support.credentials.types import KindDeclaration

_NAMED = re.compile(r"{(\w+)}")


def install_kind(declaration: Declaration[KindDeclaration], installation: Installation) -> None:
    """Let this kind be issued."""
    from shuzhi.support.credentials.services.issuing import install_kind as install

    install(declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at)


def retire_kind(old: KindDeclaration, installation: Installation) -> None:
    """Let no more of this kind be issued."""
    from shuzhi.support.credentials.services.issuing import retire_kind as retire

    retire(kind=old.credential, by=installation.by, at=installation.at)


def check_kinds(declarations: Sequence[Declaration[KindDeclaration]], known: Known) -> Iterable[Finding]:
    """Office and register are there, and the PDF's sentence names fields of its own."""
    for each in declarations:
        value = each.value
        if not known.has("offices", value.office):
            yield _finding(
                each, "office", "office-unknown", f"没有部门 {value.office}", f"no office {value.office}"
            )
        if value.register_ and not known.has("registers", value.register_):
            zh, en = f"没有基础库 {value.register_}", f"no register {value.register_}"
            yield _finding(each, "register", "register-unknown", zh, en)
        named = set(_NAMED.findall(f"{value.text.zh} {value.text.en}")) if value.text else set()
        for name in sorted(named - {field.id for field in value.fields}):
            yield _finding(each, "text", "text-names-no-field", f"没有内容项 {name}", f"no field {name}")


def _finding(declaration: Declaration[KindDeclaration], key: str, rule: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line(key),
        rule=f"credential-{rule}",
        message=Words(zh=zh, en=en),
    )


KINDS = Part(
    folder="credentials",
    schema=KindDeclaration,
    key="credential",
    install=install_kind,
    check=check_kinds,
    retire=retire_kind,
)
