"""Checking what came with an answer from other nodes (核对证明): each node's own signature over the same content and call.

Whoever holds the answer and the nodes' public keys can do it; nothing is asked of any node.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from shuzhi.data.exchange.routing.keys import is_signed_by_any
from shuzhi.data.exchange.routing.messages import MOST_HOPS, SignedAnswer

BESIDES = ("request_id", "interface", "proof")  # what is the near gateway's own in an answer


class Verdict(StrEnum):
    """What a node's proof is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # no key of this node is known here


@dataclass(frozen=True)
class Checked:
    """One node's proof: the node that the answer passed, or where it was made."""

    node: str
    verdict: Verdict


def check_proof(answer: Mapping[str, Any], keys_of: Callable[[str], Collection[str]]) -> list[Checked]:
    """Each node's proof of an answer, from the nearest to the one that made it; empty when it brings none.

    `keys_of` gives a node's public keys as declarations hold them.
    """
    content = {name: value for name, value in answer.items() if name not in BESIDES}
    proofs = list(_proofs(answer))
    calls = {(proof.get("call"), proof.get("request_digest")) for proof in proofs}
    found = [_checked(proof, content, keys_of) for proof in proofs]
    # Proofs of two calls prove nothing together.
    return found if len(calls) == 1 else [Checked(one.node, Verdict.WRONG) for one in found]


def _proofs(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    proof = answer.get("proof")
    for _ in range(MOST_HOPS + 1):
        if not isinstance(proof, dict):
            return
        yield proof
        proof = proof.get("through")


def _checked(
    proof: Mapping[str, Any], content: dict[str, Any], keys_of: Callable[[str], Collection[str]]
) -> Checked:
    node = str(proof.get("node", "?"))
    keys = keys_of(node)
    if not keys:
        return Checked(node, Verdict.UNKNOWN)
    told = {name: value for name, value in proof.items() if name != "answer_digest"}
    try:
        signed = msgspec.convert(told | {"content": content}, SignedAnswer)
        signature = bytes.fromhex(signed.signature)
    except (msgspec.ValidationError, ValueError):
        return Checked(node, Verdict.WRONG)
    is_right = signed.answer_digest == proof.get("answer_digest") and is_signed_by_any(
        keys, signed.lines, signature
    )
    return Checked(node, Verdict.RIGHT if is_right else Verdict.WRONG)
