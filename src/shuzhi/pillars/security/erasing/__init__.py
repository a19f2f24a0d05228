"""Erasable copies (可销毁副本): what was written by somebody's consent, or by somebody for themselves, ends with its key.

Each copy is sealed under a key of its own. The keys lie in a folder that no backup takes along (`erasable/` in the
home folder); destroying one makes the copy unreadable wherever else its bytes lie, in backups too. ADR 0035.

| topic | file |
|---|---|
| the keys | `keys` |
| files, written and read as streams | `copies` |
| JSON columns of rows that somebody may want forgotten | `columns` |
"""

from shuzhi.pillars.security.erasing.copies import erase_copy, is_sealed, open_copy, sealing
from shuzhi.pillars.security.erasing.keys import ErasableKeys, Erased, erasable_keys

__all__ = ["ErasableKeys", "Erased", "erasable_keys", "erase_copy", "is_sealed", "open_copy", "sealing"]
