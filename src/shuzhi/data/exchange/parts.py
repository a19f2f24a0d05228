from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.data.exchange import services
from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install_interface(declaration: Declaration[InterfaceDeclaration], installation: Installation) -> None:
    """Propose the interface; its owner or the bureau publishes it."""
    services.propose_interface(
        declaration=declaration.value, by=installation.by, at=installation.at, pack=installation.pack
    )


def check_interfaces(
    declarations: Sequence[Declaration[InterfaceDeclaration]], known: Known
) -> Iterable[Finding]:
    """Owner and register exist; a record interface delivers fields, a verification compares and delivers none."""
    for declaration in declarations:
        yield from _check(declaration, known)


def _check(declaration: Declaration[InterfaceDeclaration], known: Known) -> Iterator[Finding]:
    interface = declaration.value
    if not known.has("offices", interface.owner):
        yield _finding(declaration, "owner", f"没有部门 {interface.owner}", f"no office {interface.owner}")
    if not known.has("registers", interface.register_):
        yield _finding(
            declaration, "register", f"没有基础库 {interface.register_}", f"no register {interface.register_}"
        )
    if interface.kind is InterfaceKind.RECORD and not interface.fields:
        yield _finding(
            declaration, "kind", "记录接口须列出返回字段", "a record interface must list its fields"
        )
    if interface.kind is InterfaceKind.RECORD and len(interface.by) > 1:
        yield _finding(
            declaration, "by", "记录接口只能有一个查询参数", "a record interface has one parameter"
        )
    if interface.kind is InterfaceKind.VERIFICATION and interface.fields:
        yield _finding(
            declaration,
            "fields",
            "核验接口只答是否，不返回字段",
            "a verification says yes or no, it has no fields",
        )


def _finding(declaration: Declaration[InterfaceDeclaration], key: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line(key),
        rule="interface",
        message=Words(zh=zh, en=en),
    )


INTERFACES = Part(
    folder="interfaces",
    schema=InterfaceDeclaration,
    key="interface",
    install=install_interface,
    check=check_interfaces,
)
