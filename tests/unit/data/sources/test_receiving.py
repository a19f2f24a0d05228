"""Taking a file over: whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 3_000_000)
    return path


def left_over():
    from shuzhi.foundation.settings import settings

    return list((settings().home / "files").glob(".draft-*"))


def test_keeps_content_once_and_read_only(file):
    from shuzhi.data.sources import keeping

    kept = keeping.keep_file(file)
    assert keeping.keep_file(file) == kept
    assert keeping.kept_path(kept.sha256).read_bytes() == file.read_bytes()
    assert kept.size == 3_000_000
    assert left_over() == []


def test_refuses_a_file_that_is_written_to_meanwhile(file, monkeypatch):
    from shuzhi.data.sources import errors, keeping

    real = Path.open

    def open_then_grow(self, mode="r", *args, **kwargs):
        opened = real(self, mode, *args, **kwargs)
        if self == file and mode == "rb":
            read = opened.read

            class Growing:
                def __enter__(self):
                    return self

                def __exit__(self, *_):
                    opened.close()

                def fileno(self):
                    return opened.fileno()

                def read(self, size):
                    with real(file, "ab") as out:
                        out.write(b"!")
                    return read(size) if opened.tell() < 3_000_000 else b""

            return Growing()
        return opened

    monkeypatch.setattr(Path, "open", open_then_grow)
    with pytest.raises(errors.FileKeepsChanging):
        keeping.keep_file(file)
    assert left_over() == []


def test_a_full_disk_is_said_and_leaves_nothing(file, monkeypatch):
    from shuzhi.data.sources import errors, keeping
    from shuzhi.foundation.files import store

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(errors.NoSpaceForFile):
        keeping.keep_file(file)
    assert left_over() == []


def test_a_lake_on_a_full_disk_is_said_and_the_batch_waits(sender, monkeypatch):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import queries, services
    from shuzhi.data.sources.types import Status
    from shuzhi.foundation import lake
    from shuzhi.foundation.lake import writing

    batch = sender.receive(
        "企业名称,统一社会信用代码\n甲公司,91330182843963542R\n乙公司,9133010014304617XG\n"
    )

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_write", full)
        with pytest.raises(lake.LakeFull):
            services.collect_batch(batch=batch.id, by=OFFICER, at=AT)
    assert queries.batch(batch.id).status is Status.COLLECTING

    assert services.collect_batch(batch=batch.id, by=OFFICER, at=AT).accepted == 2
