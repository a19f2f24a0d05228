"""Whether an interface names fields that its register has: told before anything is published."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.foundation.parts import Known

Fault = tuple[str, str, str]
"""The key, and what is wrong in both languages."""
_BY_IDENTIFIER = frozenset({InterfaceKind.RECORD, InterfaceKind.VERIFICATION, InterfaceKind.INTERSECTION})


def name_faults(interface: InterfaceDeclaration, known: Known) -> Iterator[Fault]:
    """Fields that the register does not have, or that stand twice; a key that identifies nothing."""
    register: RegisterDeclaration | None = known.value("registers", interface.register_)
    for key in ("by", "fields", "group_by", "sums"):
        names: tuple[str, ...] = getattr(interface, key)
        for index, name in enumerate(names):
            if name in names[:index]:
                yield key, f"{name} 写了两次", f"{name} stands twice"
            elif (
                register is not None and interface.route is None and not (interface.source or interface.port)
            ):
                yield from _missing(register, key, name)
    if register is None or interface.route is not None:
        return
    first = next(iter(interface.by), None)
    keyed = interface.kind in _BY_IDENTIFIER and first is not None and _is_field(register, first)
    if keyed and first is not None and register.scheme(first) is None:
        yield "by", f"字段 {first} 不是标识（identifier: true）", f"{first} does not identify a record"
    yield from _row_faults(interface, register, known)


def _row_faults(
    interface: InterfaceDeclaration, register: RegisterDeclaration, known: Known
) -> Iterator[Fault]:
    if interface.rows is None:
        return
    for name in interface.rows.fields:
        yield from _missing(register, "rows", name)
    clients = interface.rows.clients
    if clients is None:
        return
    if not known.has("registers", clients.register_):
        yield "rows", f"没有基础库 {clients.register_}", f"no register {clients.register_}"
    other: RegisterDeclaration | None = known.value("registers", clients.register_)
    for name in (clients.by, clients.office) if other is not None else ():
        assert other is not None
        yield from _missing(other, "rows", name)


def _missing(register: RegisterDeclaration, key: str, name: str) -> Iterator[Fault]:
    if not _is_field(register, name):
        yield key, f"基础库 {register.id} 没有字段 {name}", f"the register {register.id} has no field {name}"


def _is_field(register: RegisterDeclaration, name: str) -> bool:
    return any(field.id == name for field in register.fields)
