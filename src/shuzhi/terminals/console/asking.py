"""`shuzhi exchange intersect remote` and `served`: common keys through another office's gateway, and who asked here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.data.exchange.client import ExchangeClient, StoredCredential
from shuzhi.data.exchange.intersection.protocol import Begun, Reveal
from shuzhi.data.exchange.intersection.remote import Asking, Result, Step, Terms
from shuzhi.foundation.clock import now
from shuzhi.terminals.console.intersection import (
    Column,
    Keys,
    cores,
    read_keys,
    refusals_told,
    write_members,
)
from shuzhi.terminals.console.opening import open_rooms


@refusals_told
def remote(
    keys: Keys,
    *,
    column: Column,
    interface: Annotated[
        str, typer.Option("--interface", help="对方的求交接口 / the other office's interface")
    ],
    credential: Annotated[Path, typer.Option("--credential", help="密钥文件 / the credential file")],
    out: Annotated[Path | None, typer.Option("--out", help="交集写入的 CSV / the CSV to write")] = None,
    begun: Annotated[
        Path | None,
        typer.Option("--begun", help="未完成的提问存放处，默认在输出文件旁 / keeps the question until done"),
    ] = None,
    size: Annotated[bool, typer.Option("--size", help="只问数量 / ask only how many")] = False,
    unlogged: Annotated[
        bool,
        typer.Option(
            "--unlogged", help="本机没有节点，不写本方审计 / no node here, so no entry on this side"
        ),
    ] = False,
    wait: Annotated[int, typer.Option("--wait", min=0, help="最多等待秒数 / seconds to wait")] = 3600,
) -> None:
    """经对方网关求交：凭订阅提问，结果只归提问方 / ask another office through its gateway; only the asker learns the result."""
    kept = StoredCredential.read(credential)
    place = begun or (out or keys).with_suffix(".begun.psi")
    with ExchangeClient(kept) as client:
        asking = Asking(
            client, interface=interface, key_id=kept.key_id, begun=place, tell=_progress, processes=cores()
        )
        terms = asking.terms()
        question = asking.begin(
            read_keys(keys, column), terms, reveal=Reveal.SIZE if size else Reveal.MEMBERS
        )
        book = None if unlogged else Book(interface, kept)
        if book:
            book.note_question(question, terms)
        result = asking.collect(question, asking.order(question, terms), seconds=wait)
        if book:
            book.note_result(result)
        if out is not None and question.secret.reveal is Reveal.MEMBERS:
            write_members(out, result.members)
        asking.forget()
    typer.echo(f"双方共有 {result.count} 个 / {result.count} in both")


def served(
    *, most: Annotated[int, typer.Option("--most", min=1, max=1000, help="条数 / how many")] = 20
) -> None:
    """列出其他部门向本节点的求交提问 / questions that other offices asked this node; JSON lines."""
    open_rooms()
    from shuzhi.data.exchange import queries

    for job in queries.questions(most=most):
        told = {
            "job": job.id,
            "interface": job.interface,
            "office": job.office,
            "subscription": job.subscription,
            "keys": job.asked["keys"],
            "reveal": job.asked["reveal"],
            "state": job.state.value,
            "asked_at": job.asked_at.isoformat(),
        }
        print(json.dumps(told, ensure_ascii=False))


class Book:
    """This side's own audit log, in the node that is here."""

    def __init__(self, interface: str, credential: StoredCredential) -> None:
        """Have the node's rooms ready."""
        open_rooms()
        self._interface, self._credential = interface, credential

    def note_question(self, begun: Begun, terms: Terms) -> None:
        """Enter the question before it leaves."""
        from shuzhi.data.exchange import services
        from shuzhi.pillars.security.types import system

        services.note_question(
            interface=self._interface,
            gateway=self._credential.gateway,
            key_id=self._credential.key_id,
            question=begun.question.session.hex(),
            keys=len(begun.secret.keys),
            reveal=begun.secret.reveal.value,
            purpose=terms.purpose,
            basis=terms.basis,
            by=system("console"),
            at=now(),
        )

    def note_result(self, result: Result) -> None:
        """Enter what was learned before it is shown."""
        from shuzhi.data.exchange import services
        from shuzhi.pillars.security.types import system

        services.note_learned(
            interface=self._interface,
            gateway=self._credential.gateway,
            question=result.question,
            job=result.job,
            count=result.count,
            members=len(result.members),
            by=system("console"),
            at=now(),
        )


_STEPS = {
    Step.BLINDING: "盲化 / blinding",
    Step.SENDING: "发送 / sending",
    Step.WAITING: "等待对方（秒）/ waiting (s)",
    Step.FINISHING: "比对 / comparing",
}


def _progress(step: Step, done: int, total: int) -> None:
    typer.echo(f"{_STEPS[step]} {done}/{total}", err=True)
