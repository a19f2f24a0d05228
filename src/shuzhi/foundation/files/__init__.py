"""Files (文件): a store where a file's name is the hash of what is in it.

The same bytes are kept once, a file never changes, and what was damaged is noticed.
"""

from shuzhi.foundation.files.errors import FileDamaged, FileNotStored, StoreFull
from shuzhi.foundation.files.store import FileStore, StoredFile

__all__ = ["FileDamaged", "FileNotStored", "FileStore", "StoreFull", "StoredFile"]
