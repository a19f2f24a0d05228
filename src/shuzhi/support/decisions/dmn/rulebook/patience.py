"""Work during which nothing is collected (推迟回收): it makes many objects of which none is waste."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def patient(*, wanted: bool) -> Iterator[None]:
    """Put collecting off until this is done: it would walk all the rules again and again, and find nothing.

    What is counted is still freed at once; only circles wait, and the work is bounded by its own limits.
    """
    if not wanted or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
