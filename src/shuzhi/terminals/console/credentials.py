"""`shuzhi credentials`: check a credential or code without a network, and fetch what that takes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="电子证照。 Credentials.")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="证照 JSON、PDF 或码的文本。 JSON, PDF, or a code's text.")],
    *,
    keys: Annotated[list[Path], typer.Option(help="签发公钥文件。 Keys of issuers; repeatable.")],
    status: Annotated[list[Path] | None, typer.Option(help="状态表。 Status lists; repeatable.")] = None,
    authority: Annotated[
        list[Path] | None, typer.Option(help="PDF 签章的根证书。 Authorities behind seals on PDF.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="以此时刻为准。 As of this moment.")] = None,
) -> None:
    """核验证照或码，不用数据库和网络。 Check by public keys and status lists alone; exit code 1 where refused."""
    from shuzhi.support.credentials.formats import statuslist
    from shuzhi.support.credentials.formats.coding import read_object
    from shuzhi.support.credentials.formats.keys import by_issuer, read_key_set
    from shuzhi.support.credentials.verifying import Trust, check, check_sealed

    known = by_issuer(key for each in keys for key in read_key_set(read_object(each.read_text("utf-8"))))
    lists = [statuslist.read(each.read_text("utf-8"), known) for each in status or ()]
    newest = {each.uri: each for each in sorted(lists, key=lambda each: each.made_at)}
    moment, content = datetime.fromisoformat(at) if at else now(), file.read_bytes()
    trusted = Trust(known, newest)
    if content.startswith(b"%PDF-"):
        found = check_sealed(content, trusted, [each.read_bytes() for each in authority or ()], at=moment)
    else:
        found = check(content.decode("utf-8", "replace"), trusted, at=moment)
    shown = [
        {"number": each.number, "title": each.title.zh, "shows": dict(each.shows)}
        for each in (found.parts or (found,))
    ]
    told = {"verified": True, "form": found.form, "issuer": found.issuer, "credentials": shown}
    print(json.dumps(told, ensure_ascii=False))


@app.command()
def fetch(
    out: Annotated[Path, typer.Option(help="写入的文件夹。 The folder to write to.")],
) -> None:
    """写出公钥、状态表、根证书和核验脚本。 Write keys, lists, authority and the verifier, for offline use."""
    open_rooms()
    from shuzhi.support.credentials import printing, queries, trust
    from shuzhi.support.credentials.formats.keys import key_set
    from shuzhi.support.credentials.urls import VERIFIER

    out.mkdir(parents=True, exist_ok=True)
    told = key_set(trust.issuer(), trust.published_keys())
    (out / "keys.json").write_text(json.dumps(told, indent=1), "utf-8")
    (out / "authority.pem").write_bytes(b"".join(printing.authority()))
    (out / VERIFIER.name).write_bytes(VERIFIER.read_bytes())
    for which in range(queries.lists()):
        (out / f"status-{which}.jwt").write_text(queries.status_list(which, at=now()), "ascii")
    print(out)
