"""FF1, the format-preserving encryption of NIST SP 800-38G, over AES from `cryptography`.

No kept library gives FF1 for every Python that the platform runs on (docs/adr/0009), and FF3 is withdrawn. This is
the mode alone, as the standard's algorithm 7 has it, on numbers instead of numeral strings; the block cipher is the
library's. Tests hold it against NIST's nine samples.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

ROUNDS = 10
BLOCK = 16
LEAST = 1_000_000  # possibilities: the standard allows no smaller domain, which could be tried out


class FF1:
    """One key; encrypts numbers of `length` digits to the base `radix`."""

    def __init__(self, key: bytes) -> None:
        """Use an AES key of 16, 24 or 32 bytes."""
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305 - the standard builds its mode from single blocks

    def encrypt(self, number: int, *, radix: int, length: int, tweak: bytes = b"") -> int:
        """Another number of the same length; a permutation for each key and tweak.

        Raises:
            ValueError: fewer than a million numbers have this length, or the number is longer.
        """
        if radix**length < LEAST or not 0 <= number < radix**length:
            raise ValueError(length)
        low = length // 2
        high = length - low
        size = -(-(radix**high - 1).bit_length() // 8)
        head = _head(radix, length, low, tweak)
        aes = self._cipher.encryptor()
        left, right = divmod(number, radix**high)
        for turn in range(ROUNDS):
            pad = bytes(-(len(tweak) + size + 1) % BLOCK)
            seed = _chained(aes, head + tweak + pad + bytes([turn]) + right.to_bytes(size, "big"))
            digits = low if turn % 2 == 0 else high
            left, right = right, (left + _stretched(aes, seed, size)) % radix**digits
        return int(left * radix**high + right)


def _head(radix: int, length: int, low: int, tweak: bytes) -> bytes:
    sizes = length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
    return b"\x01\x02\x01" + radix.to_bytes(3, "big") + bytes([ROUNDS, low % 256]) + sizes


def _chained(aes: object, message: bytes) -> bytes:
    """The standard's PRF: the last block of AES-CBC from a zero vector."""
    block = bytes(BLOCK)
    for start in range(0, len(message), BLOCK):
        block = aes.update(_xor(block, message[start : start + BLOCK]))  # type: ignore[attr-defined]
    return block


def _stretched(aes: object, seed: bytes, size: int) -> int:
    """As many bytes as the standard takes from a seed, as a number."""
    wanted = 4 * -(-size // 4) + 4
    counters = range(1, -(-wanted // BLOCK))
    more = b"".join(aes.update(_xor(seed, n.to_bytes(BLOCK, "big"))) for n in counters)  # type: ignore[attr-defined]
    return int.from_bytes((seed + more)[:wanted], "big")


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(BLOCK, "big")
