"""Writing one receiver's mark: about half of the texts, chosen by the receiver's key, take the style it demands."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from shuzhi.pillars.security.masking.keys import derived
from shuzhi.pillars.security.watermarks.carriers import CARRIERS, Carrier, canonical


def mark_key(secret: bytes, export: str) -> bytes:
    """The key of one export's mark."""
    return derived(secret, "watermark", export)


class Marker:
    """The mark of one export. What a text is to carry follows from the key and from what the text says.

    So the mark survives sampling, sorting, dropping and renaming of columns and changes of format: every text that is
    left speaks for itself.
    """

    def __init__(self, key: bytes) -> None:
        """Use the key that `mark_key` gives."""
        self._key = key

    def marked(self, text: str) -> str:
        """The text as this receiver gets it."""
        said = canonical(text)
        for carrier, bit in self.demanded(said):
            if carrier.read(text) is not None or carrier.written(text, bit) != text:
                text = carrier.written(text, bit)
        return text

    def demanded(self, said: str) -> Iterator[tuple[Carrier, int]]:
        """The styles that a text of this canonical form is to have; none for the texts that are left alone."""
        drawn = blake2b(
            said.encode("utf-8", "surrogatepass"), key=self._key, digest_size=len(CARRIERS)
        ).digest()
        for carrier, byte in zip(CARRIERS, drawn, strict=True):
            if byte & 1:
                yield carrier, byte >> 1 & 1

    def carries(self, text: str) -> int:
        """How many styles of a text speak of the mark."""
        return sum(carrier.read(text) is not None for carrier, _ in self.demanded(canonical(text)))
