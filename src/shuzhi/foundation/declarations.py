"""Declarations of packs as rooms keep them (声明): a text that was read once in a process is not read again.

The text is fetched from its table each time, so that what another process has just installed is what everybody
sees; only making values of it, which costs more than fetching it, is spared. The same text always says the same.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel

MOST = 2048  # texts kept, of all kinds together

Declared = TypeVar("Declared", bound=BaseModel)


def read_stored(kind: type[Declared], stored: str | dict[str, Any]) -> Declared:
    """What a stored declaration says; `stored` is its JSON as the database gives it, or as the ORM has read it."""
    text = stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)
    return _read(kind, text)  # type: ignore[return-value]  # what it returns is of the kind that is asked for


@lru_cache(maxsize=MOST)
def _read(kind: type[BaseModel], text: str) -> BaseModel:
    return kind.model_validate(json.loads(text))
