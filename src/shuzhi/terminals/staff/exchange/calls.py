"""Examples of a call, ready to copy (调用示例)."""

from __future__ import annotations

from shuzhi.data.exchange.documenting.snippets import Snippet, gateway_address, snippets
from shuzhi.data.exchange.types import InterfaceDeclaration
from shuzhi.foundation.settings import settings


def sample_calls(declared: InterfaceDeclaration, *, key_id: str | None = None) -> list[Snippet]:
    """The same call in each language, to this node's gateway."""
    return snippets(declared, gateway=gateway_address(settings()), key_id=key_id)
