"""Secrets (密钥文件): one value a file, readable by the node's own user only, generated when first asked for."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from threading import get_ident

FOLDER = "secrets"


def secret(home: Path, name: str) -> str:
    """The secret of this name under the home folder; made once, then always the same.

    Two processes or threads that ask at the same moment get the same value: the file is linked into place whole.
    """
    file = secret_file(home, name)
    if not file.exists():
        write_once(file, secrets.token_urlsafe(32))
    return file.read_text("ascii").strip()


def secret_file(home: Path, name: str) -> Path:
    """Where the secret lies; the folder is made, closed to others."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / name


def write_once(file: Path, text: str) -> None:
    """Write a 0600 file unless it exists; never shows half a file."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{get_ident()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()
