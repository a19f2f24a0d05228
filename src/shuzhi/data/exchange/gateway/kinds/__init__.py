"""Kinds of interfaces (接口种类): what each asks, looks up and answers. One module a kind; this table is the whole list.

A new kind is a module like `record` that keeps to `Kind`, a line here, and its name in `types.InterfaceKind`.
"""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.data.exchange.gateway.kinds import (
    aggregate,
    events,
    file,
    intersection,
    listing,
    receipt,
    record,
    routed,
    verification,
    write_back,
)
from shuzhi.data.exchange.gateway.kinds.kind import Kind
from shuzhi.data.exchange.types import InterfaceKind

KINDS: Mapping[InterfaceKind, Kind] = {
    InterfaceKind.RECORD: record,
    InterfaceKind.VERIFICATION: verification,
    InterfaceKind.LIST: listing,
    InterfaceKind.AGGREGATE: aggregate,
    InterfaceKind.FILE: file,
    InterfaceKind.WRITE_BACK: write_back,
    InterfaceKind.INTERSECTION: intersection,
    InterfaceKind.ROUTED: routed,
    InterfaceKind.RECEIPT: receipt,
    InterfaceKind.EVENTS: events,
}
# Kinds whose statement may take long: clerks of their own decide them (`lanes`).
HEAVY: frozenset[InterfaceKind] = frozenset(name for name, kind in KINDS.items() if kind.HEAVY)
# Kinds that are given something: by POST alone, which no cache, log or forgetful browser repeats.
POST_ONLY: frozenset[InterfaceKind] = frozenset({InterfaceKind.WRITE_BACK, InterfaceKind.INTERSECTION})
# Kinds whose statement changes something: in every mode they are answered after their audit entry, which is written
# in the same transaction, is on disk.
WRITING: frozenset[InterfaceKind] = frozenset(name for name, kind in KINDS.items() if kind.WRITING)
