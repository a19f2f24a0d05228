from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.naming import name_faults
from shuzhi.data.exchange.resolving import BY_KEY, no_register_of
from shuzhi.data.exchange.types import (
    InterfaceDeclaration,
    InterfaceKind,
    PeerDeclaration,
    SubscriptionStatus,
)
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words

_NODE_KEY = re.compile("ed25519:[0-9a-f]{64}|sm2:[0-9a-f]{128}")
OBJECTION_FIELDS = 2  # the identifier, and one field at least


class Rule(NamedTuple):
    """What an interface of some kind must be: the key that is at fault, the reason, and whether one breaks it."""

    key: str
    zh: str
    en: str
    is_broken: Callable[[InterfaceDeclaration], bool]


NOT_DECLARED = (InterfaceKind.ROUTED, InterfaceKind.RECEIPT)
RULES = (
    Rule(
        "fields",
        "该类接口须列出返回字段",
        "this kind must list its fields",
        lambda each: each.kind.delivers and not each.fields,
    ),
    Rule(
        "fields",
        "该类接口不返回字段",
        "this kind delivers no field",
        lambda each: not each.kind.delivers and bool(each.fields),
    ),
    Rule(
        "by",
        "该类接口须有查询参数",
        "this kind needs a parameter",
        lambda each: each.kind in BY_KEY and not each.by,
    ),
    Rule(
        "by",
        "记录接口只能有一个查询参数",
        "a record interface has one parameter",
        lambda each: each.kind is InterfaceKind.RECORD and len(each.by) > 1,
    ),
    Rule(
        "by",
        "变更订阅不带查询参数",
        "an event interface is asked by nothing",
        lambda each: each.kind is InterfaceKind.EVENTS and bool(each.by),
    ),
    Rule(
        "group_by",
        "统计接口须写明分组字段，其他接口不写",
        "an aggregate names what it groups by, other kinds do not",
        lambda each: (each.kind is InterfaceKind.AGGREGATE) != bool(each.group_by),
    ),
    Rule(
        "by",
        "统计接口只能按分组字段筛选，否则可由多次查询推出小组数值",
        "an aggregate is filtered by its groups only: other filters would tell small groups by difference",
        lambda each: each.kind is InterfaceKind.AGGREGATE and not set(each.by) <= set(each.group_by),
    ),
    Rule(
        "by",
        "异议接口须写明标识字段和可提异议的字段；回写数据集的接口不写",
        "an interface for objections names the identifier and the fields; one with a source names none",
        lambda each: (
            each.kind is InterfaceKind.WRITE_BACK
            and (bool(each.by) if each.source or each.port else len(each.by) < OBJECTION_FIELDS)
        ),
    ),
    Rule(
        "port",
        "只有回写接口可写接收方，且不与数据源同写",
        "only a write-back without a source names the room that takes it",
        lambda each: bool(each.port) and (each.kind is not InterfaceKind.WRITE_BACK or bool(each.source)),
    ),
    Rule(
        "source",
        "只有回写接口可写数据源",
        "only a write-back names a source",
        lambda each: bool(each.source) and each.kind is not InterfaceKind.WRITE_BACK,
    ),
    Rule(
        "by",
        "隐私求交接口须写明比对的一个字段",
        "an intersection names the one field that is compared",
        lambda each: each.kind is InterfaceKind.INTERSECTION and len(each.by) != 1,
    ),
    Rule(
        "rows",
        "回写数据集的接口不返回记录，不限定行",
        "an interface that takes a data set's rows gives none, so it limits none",
        lambda each: bool(each.source) and each.rows is not None,
    ),
    Rule(
        "rows",
        "变更订阅不能限定行",
        "an interface of events can't limit its rows",
        lambda each: each.kind is InterfaceKind.EVENTS and each.rows is not None,
    ),
    Rule(
        "sums",
        "只有统计接口可求和",
        "only an aggregate adds up",
        lambda each: bool(each.sums) and each.kind is not InterfaceKind.AGGREGATE,
    ),
)


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
    if interface.route is not None and not known.has("peers", interface.route.node):
        yield _finding(
            declaration, "route", f"没有节点 {interface.route.node}", f"no node {interface.route.node}"
        )
    if interface.route is None and not known.has("registers", interface.register_):
        if known.has("datasets", interface.register_):
            reason = no_register_of(interface.register_)
        else:
            reason = Words(zh=f"没有基础库 {interface.register_}", en=f"no register {interface.register_}")
        yield _finding(declaration, "register", reason.zh, reason.en)
    if interface.source and not known.has("sources", interface.source):
        yield _finding(
            declaration, "source", f"没有数据源 {interface.source}", f"no source {interface.source}"
        )
    for fault in (*_faults(interface), *name_faults(interface, known)):
        yield _finding(declaration, *fault)


def _faults(interface: InterfaceDeclaration) -> Iterator[tuple[str, str, str]]:
    """What does not fit the kind: key, and the reason in both languages."""
    if interface.kind in NOT_DECLARED:
        yield "kind", "此类接口不由应用包声明", "no pack declares this kind"
        return
    yield from ((rule.key, rule.zh, rule.en) for rule in RULES if rule.is_broken(interface))


def _finding(declaration: Declaration[Any], key: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line(key),
        rule="interface",
        message=Words(zh=zh, en=en),
    )


def install_peer(declaration: Declaration[PeerDeclaration], installation: Installation) -> None:
    """Know another node."""
    services.declare_peer(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def check_peers(declarations: Sequence[Declaration[PeerDeclaration]], known: Known) -> Iterable[Finding]:
    """Its keys are keys, its address is encrypted unless it is this machine, the office that stands for it exists."""
    for declaration in declarations:
        peer = declaration.value
        for key in peer.keys:
            if not _NODE_KEY.fullmatch(key):
                yield _finding(declaration, "keys", "不是节点公钥", "this is no node's public key")
        if not peer.address.startswith(("https://", "http://127.0.0.1", "http://[::1]", "http://localhost")):
            yield _finding(declaration, "address", "地址须为 https", "the address must be https")
        if peer.office and not known.has("offices", peer.office):
            yield _finding(declaration, "office", f"没有部门 {peer.office}", f"no office {peer.office}")


PEERS = Part(
    folder="peers",
    schema=PeerDeclaration,
    key="node",
    install=install_peer,
    check=check_peers,
)


def dry_run_interface(old: InterfaceDeclaration | None, new: InterfaceDeclaration | None) -> Iterator[Change]:
    """A changed interface waits for publication; one with callers does not vanish under them."""
    if old is None:
        return
    calling = queries.subscriptions(interface=old.interface, statuses=[SubscriptionStatus.GRANTED])
    if new is None:
        said = (
            Words(
                zh="仍有部门在调用，请先撤销授权",
                en="offices still call it: revoke their subscriptions first",
            )
            if calling
            else Words(zh="撤下接口", en="the interface is withdrawn")
        )
        yield Change("interfaces", old.interface, "removed", said, len(calling), refuses=bool(calling))
    elif new != old:
        said = Words(
            zh="须重新发布；发布前按原条款服务",
            en="it must be published again; until then the former terms hold",
        )
        yield Change("interfaces", old.interface, "changed", said, len(calling))


def retire_interface(old: InterfaceDeclaration, installation: Installation) -> None:
    """Serve it no longer."""
    services.withdraw_interface(
        interface=old.interface, by=installation.by, at=installation.at, reason=f"pack/{installation.pack}"
    )


INTERFACES = Part(
    folder="interfaces",
    schema=InterfaceDeclaration,
    key="interface",
    install=install_interface,
    check=check_interfaces,
    dry_run=dry_run_interface,
    retire=retire_interface,
)
