"""The pack of the delta as it is, a form with a file in it, and a wire that keeps what it carries as the gateway does."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zlib
from datetime import datetime
from typing import Any

from tests.unit.business.matters.cases_world import PLATFORM, ROOT, yaml_of

from shuzhi.business.matters.library import services as library
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import services as credentials
from shuzhi.support.credentials.types import KindDeclaration
from shuzhi.support.forms import services as forms
from shuzhi.support.forms.parts import read_form
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

PACK = ROOT / "packs/services/yangtze-delta"
AWAY, THERE = "insurance-years-elsewhere", "insurance-years"
FORM = PACK / f"forms/{AWAY}.json"


def install_there(at: datetime) -> None:
    """What the pack has at the node that handles: matter, loop, credential."""
    loop = LoopDeclaration.model_validate(yaml_of(PACK / "loops/delta-review.yaml"))
    loops.install_loop(declaration=loop, pack="test/test", by=PLATFORM, at=at)
    kind = KindDeclaration.model_validate(yaml_of(PACK / "credentials/insurance-years.yaml"))
    credentials.install_kind(declaration=kind, pack="test/test", by=PLATFORM, at=at)
    _matter(THERE, at)


def install_here(at: datetime, *, interface: str = "cases-to-shanghai") -> None:
    """What it has at the node that takes in: matter and form."""
    form, _, found = read_form(FORM)
    assert form is not None
    assert not found, found
    forms.install_form(form=form, pack="test/test", by=PLATFORM, at=at)
    _matter(AWAY, at, handling={"node": {"interface": interface, "matter": THERE}})


def _matter(name: str, at: datetime, **changes: Any) -> None:
    declared = MatterDeclaration.model_validate(yaml_of(PACK / f"matters/{name}.yaml") | changes)
    library.install_matter(declaration=declared, pack="test/test", by=PLATFORM, at=at)


def png(size: int = 200_000, mark: bytes = b"1") -> bytes:
    """A whole picture of about so many bytes, which no packing makes smaller."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    noise = b"".join(hashlib.sha256(mark + str(turn).encode()).digest() for turn in range(size // 32))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"teXt", noise)
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


def fill(by: Actor, at: datetime, *files: tuple[str, bytes], use: str = "办理退休") -> str:
    """Fill the form in with these files and submit it; its number."""
    begun = forms.open_form(form=AWAY, by=by, at=at)
    forms.save_draft(number=begun.number, answers={"use": use}, by=by, at=at)
    return finish(begun.number, by, at, *files)


def finish(number: str, by: Actor, at: datetime, *files: tuple[str, bytes]) -> str:
    """Hand files in to a draft, and submit it."""
    for name, content in files:
        forms.hand_in_file(number=number, field="papers", name=name, stream=io.BytesIO(content), by=by, at=at)
    forms.submit(number=number, by=by, at=at, confirmed=True)
    return number


class Kept:
    """The other node's gateway and worker, as the exchange keeps and settles what is handed over; no signatures, no wire."""

    def __init__(self, subscription: int) -> None:
        self.subscription = subscription
        self.sent: list[str] = []
        self.fails_at = -1
        self.loses_answers = False

    def __call__(self, *, interface: str, reference: str, document: Any, by: Actor, at: datetime) -> Any:
        from shuzhi.data.exchange import models, services
        from shuzhi.data.exchange.errors import NodeSilent
        from shuzhi.data.exchange.gateway.kinds.write_back import STATES
        from shuzhi.data.exchange.services.handing import Told

        silent = NodeSilent(node="Shanghai", node_zh="上海市节点", why="ConnectError")
        if len(self.sent) == self.fails_at and not self.loses_answers:
            self.fails_at = -1
            raise silent
        self.sent.append(reference)
        digest = hashlib.sha256(reference.encode()).hexdigest()
        if document is not None:
            asked = {"reference": reference, "values": {"document": json.dumps(document)}}
            models.Job.objects.get_or_create(
                subscription_id=self.subscription, digest=digest, kind="write_back",
                defaults={"asked": asked, "state": "waiting", "asked_at": at},
            )  # fmt: skip
        if len(self.sent) == self.fails_at and self.loses_answers:
            self.fails_at = -1
            raise silent
        services.settle_returns(by=PLATFORM, at=at)
        row = models.Job.objects.get(subscription_id=self.subscription, digest=digest)
        return Told("shanghai", STATES[row.state], row.outcome, row.problem)
