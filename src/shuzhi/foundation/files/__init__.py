"""Files (文件): a store where a file's name is the hash of what is in it.

The same bytes are kept once, a file never changes, and what was damaged is noticed.
"""

from functools import lru_cache

from shuzhi.foundation.files.errors import FileDamaged, FileNotStored, StoreFull
from shuzhi.foundation.files.store import FileStore, StoredFile
from shuzhi.foundation.settings import settings

__all__ = ["FileDamaged", "FileNotStored", "FileStore", "StoreFull", "StoredFile", "file_store"]


@lru_cache(maxsize=1)
def file_store() -> FileStore:
    """The node's own store, under its home folder."""
    return FileStore(settings().home / "files")
