"""Files of drafts (草稿附件): sealed, each under a key that can be destroyed, until the draft is submitted.

A draft is its owner's to have forgotten, so what was attached to it must not lie in clear in a backup (ADR 0048). With
the submission a file moves into the store, in clear: from then on the law keeps it. Drafts begun before this way of
keeping have their files in the store; they are read and removed there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from shuzhi.foundation.files import file_store
from shuzhi.foundation.files.keeping import remove_unneeded
from shuzhi.foundation.files.store import copy, sync_folder
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.erasing import erase_copy, open_copy, sealing
from shuzhi.pillars.security.erasing.copies import Opened
from shuzhi.support.forms import models

FOLDER = Path("forms") / "drafts"


def keep(filling: models.Filling, sha256: str, plain: Path) -> None:
    """Seal a file for a draft; one that a broken-off request left there is written anew."""
    place = _place(filling, sha256)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    erase_copy(place)
    written = place.with_suffix(".new")
    with plain.open("rb") as source, sealing(written) as target:
        copy(source, target)  # type: ignore[arg-type]
    written.replace(place)
    sync_folder(place.parent)


def read(filling: models.Filling, sha256: str) -> BinaryIO | Opened:
    """A file of a filling, wherever it lies.

    Raises:
        Erased, FileNotStored: nobody can read it any more; it is not there.
    """
    place = _place(filling, sha256)
    return open_copy(place) if place.exists() else file_store().open(sha256)


def submit(filling: models.Filling) -> None:
    """Move what was handed in into the store; the sealed copies end when the submission stands."""
    for sha256, name in filling.files.values_list("sha256", "name").distinct():
        place = _place(filling, sha256)
        if place.exists():
            with open_copy(place) as stream:
                file_store().put(stream, name)
            transaction.on_commit(partial(_erase, place), robust=True)


def forget(filling: models.Filling, hashes: Iterable[str]) -> None:
    """Destroy these files of a draft, once this transaction stands, as far as nothing else of it needs them."""
    for sha256 in set(hashes):
        transaction.on_commit(partial(_forget, filling.pk, _place(filling, sha256), sha256), robust=True)


def _forget(filling: int, place: Path, sha256: str) -> None:
    if not models.HandedInFile.objects.filter(filling_id=filling, sha256=sha256).exists():
        _erase(place)
    remove_unneeded(file_store(), sha256)


def _erase(place: Path) -> None:
    erase_copy(place)
    if place.parent.is_dir() and not any(place.parent.iterdir()):
        place.parent.rmdir()


def _place(filling: models.Filling, sha256: str) -> Path:
    file_store().path(sha256)  # a hash and nothing else: never taken for a path
    return settings().home / FOLDER / str(filling.pk) / sha256
