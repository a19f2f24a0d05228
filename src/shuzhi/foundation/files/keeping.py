"""Who still needs a stored file (引用): content is kept once for all rooms, so a room alone can't say that it may go."""

from __future__ import annotations

from collections.abc import Callable

from shuzhi.foundation.files.store import FileStore

Needs = Callable[[str], bool]
_rooms: list[Needs] = []


def needed_by(needs: Needs) -> None:
    """Ask this function, too, whether a room needs the file of a hash; called once, when the room's app is ready."""
    if needs not in _rooms:
        _rooms.append(needs)


def remove_unneeded(store: FileStore, sha256: str) -> bool:
    """Remove a file that no room needs any more; whether it went."""
    if any(needs(sha256) for needs in _rooms):
        return False
    file = store.path(sha256)
    there = file.is_file()
    file.unlink(missing_ok=True)
    return there
