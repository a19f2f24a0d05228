"""The submitted document (提交件): canonical JSON, so that anyone computes the same digest; signed by the node's key."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shuzhi.pillars.security.crypto import node, signing
from shuzhi.support.forms.engine.compiling import CompiledForm
from shuzhi.support.forms.engine.fields import INTEGER, NUMBER, ROWS, FormField
from shuzhi.support.forms.engine.schemas import validate
from shuzhi.support.forms.types import Answer, Fault

PURPOSE = "forms"  # of the key that signs submissions


def typed(form: CompiledForm, values: Mapping[str, Answer]) -> dict[str, Any]:
    """The values as the schema has them: numbers are numbers; what is empty is absent."""
    return _typed_all(form.fields, values)


def _typed_all(fields: Mapping[str, FormField], values: Mapping[str, Answer]) -> dict[str, Any]:
    return {name: _typed(fields[name], value) for name, value in values.items() if value is not None}


def _typed(field: FormField, value: Answer) -> Any:
    kind = field.kind
    if kind == ROWS and isinstance(value, list):
        return [_typed_all(field.cells, row) for row in value if isinstance(row, dict)]
    if kind == INTEGER:
        return int(str(value))
    return Decimal(str(value)) if kind == NUMBER else value


def schema_faults(form: CompiledForm, document: Mapping[str, Any]) -> list[Fault]:
    """What the whole schema says beyond single fields, each at the field it concerns."""
    found = []
    first = next(iter(form.fields))
    for fault in validate(form.declaration.schema_, document):
        name = str(fault.path[0]) if fault.path else first
        found.append(form.fields.get(name, form.fields[first]).fault("schema"))
    return found


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; decimals with every digit."""
    if isinstance(value, Mapping):
        items = (f"{canonical(str(key))}:{canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(facts: Mapping[str, Any], *, at: datetime) -> dict[str, str]:
    """A signature of the node's over what somebody confirmed; whoever has the public key can check it."""
    ring = node.keyring()
    key = ring.active(PURPOSE) or ring.make(PURPOSE, node.suite().signature, at=at)
    signer = ring.signer(key)
    text = canonical(facts)
    return {
        "text": text,
        "algorithm": signer.algorithm,
        "key": key.id,
        "public": base64.b64encode(signer.public).decode(),
        "signature": base64.b64encode(signer.sign(text.encode())).decode(),
    }


def is_signed(signature: Mapping[str, str], document: str) -> bool:
    """Whether the signature is the node's and over this very document."""
    try:
        known = {(key.id, key.public) for key in node.keyring().list_keys(PURPOSE)}
        public = base64.b64decode(signature["public"], validate=True)
        written = base64.b64decode(signature["signature"], validate=True)
        told = json.loads(signature["text"])
    except (KeyError, ValueError):
        return False
    right = signing.is_signed(signature["algorithm"], public, signature["text"].encode(), written)
    return right and (signature["key"], public) in known and told.get("digest") == digest_of(document)
