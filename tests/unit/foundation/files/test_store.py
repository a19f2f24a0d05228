"""The store of files: what goes in comes out, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.files import FileDamaged, FileNotStored, FileStore, StoreFull
from shuzhi.foundation.files.errors import NotAHash


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


class Zeros:
    """So many bytes, never all in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        chunk = bytes(min(size, self.left))
        self.left -= len(chunk)
        return chunk


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestPut:
    @given(st.binary(max_size=5000))
    def test_gives_back_what_was_put(self, content):
        with tempfile.TemporaryDirectory() as folder:
            store = FileStore(Path(folder))
            kept = store.put(io.BytesIO(content), "名单.csv")
            with store.open(kept.sha256) as stream:
                assert stream.read() == content
            assert kept == (hashlib.sha256(content).hexdigest(), len(content), "名单.csv")
            assert store.verify(kept.sha256).size == len(content)

    def test_the_same_content_is_kept_once(self, store):
        first = store.put(io.BytesIO(b"same"), "a")
        second = store.put(io.BytesIO(b"same"), "b")
        assert first.sha256 == second.sha256
        assert len(all_files(store.folder)) == 1

    def test_memory_stays_flat(self, store):
        tracemalloc.start()
        store.put(Zeros(200_000_000), "large")
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10_000_000

    def test_a_source_that_breaks_leaves_nothing(self, store):
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell():
                    raise ConnectionResetError
                return super().read(10)

        with pytest.raises(ConnectionResetError):
            store.put(Broken(b"x" * 100), "half")
        assert not all_files(store.folder)


class TestFull:
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
    def test_a_full_disk_is_said_and_nothing_half_written_is_left(self, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=False)
        if done.returncode:
            pytest.skip("this machine does not let root mount")
        try:
            store = FileStore(disk / "files")
            small = store.put(Zeros(100_000), "small")
            with pytest.raises(StoreFull) as refusal:
                store.put(Zeros(5_000_000), "名单.csv")
            assert "名单.csv" in refusal.value.message_zh
            assert [file.name for file in all_files(disk)] == [small.sha256]
            assert store.verify(small.sha256).size == 100_000
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_a_quota_is_said_too(self, store):
        with file_size_limit(1_000_000), pytest.raises(StoreFull):
            store.put(Zeros(5_000_000), "large")
        assert not all_files(store.folder)


@contextlib.contextmanager
def file_size_limit(size: int):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


class TestOpen:
    def test_what_is_not_there(self, store):
        with pytest.raises(FileNotStored):
            store.open("0" * 64)
        assert not store.has("0" * 64)

    @pytest.mark.parametrize("text", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
    def test_a_path_is_no_hash(self, store, text):
        with pytest.raises(NotAHash):
            store.open(text)


class TestVerify:
    def test_damage_is_noticed(self, store):
        kept = store.put(io.BytesIO(b"original"), "a")
        path = store.path(kept.sha256)
        shutil.copy(path, path.with_suffix(".new"))
        path.with_suffix(".new").chmod(0o600)
        path.with_suffix(".new").write_bytes(b"0riginal")
        path.with_suffix(".new").replace(path)
        with pytest.raises(FileDamaged):
            store.verify(kept.sha256)
