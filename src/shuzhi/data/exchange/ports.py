"""Ports (承接方): rooms above that take what other nodes hand over. An interface names one; the room declares it at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuzhi.data.exchange.errors import NoPort, PieceMissing

Piece = Callable[[str], bytes]


def no_piece(reference: str) -> bytes:
    """Nothing came ahead."""
    raise PieceMissing(reference=reference[:64])


@dataclass(frozen=True)
class Handed:
    """Something that a node hands over: which node, the office that stands for it here, its reference, what it says.

    `job` is the number under which the gateway keeps it, and under which its outcome is told. `piece` gives what the same
    node handed over ahead of it under a reference, as a piece of a file; what was read so is kept no more afterwards.
    """

    job: int
    node: str
    office: str
    reference: str
    document: dict[str, Any]
    piece: Piece = no_piece


Take = Callable[[Handed, datetime], dict[str, Any]]
_ports: dict[str, Take] = {}


def declare(port: str, take: Take) -> None:
    """Take what comes for a port: in the transaction in which it is settled, so that it counts once."""
    _ports[port] = take


def take(port: str, handed: Handed, at: datetime) -> dict[str, Any]:
    """What the room says of it at first.

    Raises:
        NoPort: no room takes it here.
        PlatformError: the room refuses it, for good.
    """
    if port not in _ports:
        raise NoPort(port=port)
    return _ports[port](handed, at)
