"""The key with which a node signs what it sends to other nodes (节点密钥), and how such keys are written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from shuzhi.foundation.secrets import secret
from shuzhi.pillars.security.crypto import signing

SECRET = "transport"  # noqa: S105 - the name of the file, not the secret
FINGERPRINT = 32  # hexadecimal digits
ALGORITHMS = (signing.ED25519, signing.SM2)


def node_key(home: Path, algorithm: str) -> signing.SigningKey:
    """This node's key of an algorithm, made from the node's secret `transport`."""
    seed = f"shuzhi node transport 1 {algorithm} {secret(home, SECRET)}".encode()
    return signing.signing_key(algorithm, hashlib.sha256(seed).digest())


def written(algorithm: str, public: bytes) -> str:
    """A public key as declarations hold it: `ed25519:…` or `sm2:…`, in hexadecimal."""
    return f"{algorithm}:{public.hex()}"


def fingerprint(key: str) -> str:
    """A written key as people compare it by telephone: the algorithm and 128 bits of the key's SHA-256, four by four."""
    algorithm, _, public = key.partition(":")
    digest = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:FINGERPRINT]
    groups = " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
    return f"{algorithm.upper()} {groups}"


def is_signed_by_any(keys: Iterable[str], message: bytes, signature: bytes) -> bool:
    """Whether one of these keys made the signature."""
    for key in keys:
        algorithm, _, public = key.partition(":")
        if algorithm in ALGORITHMS and signing.is_signed(
            algorithm, bytes.fromhex(public), message, signature
        ):
            return True
    return False
