"""A JSON column that can be forgotten (可遗忘字段): sealed under its owner's erasable key, empty once that is destroyed.

The stored value is `{"sealed": …}`. A dump of the table made before says nothing any more, because the key is not in it.
"""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

from django.db import models

from shuzhi.pillars.security.crypto import ciphers
from shuzhi.pillars.security.crypto.errors import NotAuthentic
from shuzhi.pillars.security.erasing.keys import ID_BYTES, Erased, erasable_keys

SEALED = "sealed"


class ErasableJSONField(models.JSONField):
    """A mapping that its row may ask to be sealed: the row's `erasable_owner()` says under whose key, or None."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's own
        """The value as it is stored."""
        del add
        value, owner = getattr(model_instance, self.attname), _owner_of(model_instance)
        return value if owner is None or not value else {SEALED: seal_json(value, owner)}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The value again; an empty mapping where nobody can read it any more."""
        found = super().from_db_value(value, expression, connection)
        if not (isinstance(found, dict) and found.keys() == {SEALED}):
            return found
        try:
            return open_json(found[SEALED])
        except Erased:
            return {}


def _owner_of(row: models.Model) -> str | None:
    """Rows as migrations see them have no owner."""
    owner: str | None = getattr(row, "erasable_owner", lambda: None)()
    return owner


def seal_json(value: Any, owner: str) -> str:
    """A value under its owner's key, as text."""
    keys = erasable_keys()
    key_id = keys.of(owner)
    algorithm, key = keys.read(key_id)
    head = bytes.fromhex(key_id)
    plain = json.dumps(value, ensure_ascii=False, default=_told).encode()
    return base64.b64encode(head + ciphers.seal(algorithm, key, plain, context=head)).decode()


def open_json(sealed: str) -> Any:
    """What `seal_json` was given.

    Raises:
        Erased: its key was destroyed.
    """
    content = base64.b64decode(sealed)
    head = content[:ID_BYTES]
    algorithm, key = erasable_keys().read(head.hex())
    try:
        return json.loads(ciphers.unseal(algorithm, key, content[ID_BYTES:], context=head))
    except NotAuthentic:  # its owner has another key since
        raise Erased from None


def _told(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
