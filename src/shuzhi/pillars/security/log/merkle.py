"""The Merkle tree of RFC 6962 (默克尔树): hashes, tiles, proofs; free of the database.

Hashes of complete subtrees are kept in tiles: tile (level, number) holds up to 256 hashes of nodes at height
`8 × level`, beginning with node `256 × number`. So any proof over millions of leaves reads a handful of tiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from shuzhi.pillars.security.crypto.digests import SHA256, digest

HEIGHT = 8
WIDTH = 1 << HEIGHT
BYTES = 32

ReadTile = Callable[[int, int], bytes]


class Hasher:
    """Hashes leaves and nodes by one algorithm."""

    def __init__(self, algorithm: str = SHA256) -> None:
        """`sha256` or `sm3`."""
        self.algorithm = algorithm
        self._digest = digest(algorithm)

    @property
    def empty(self) -> bytes:
        """The root of a tree without leaves."""
        return self._digest(b"")

    def leaf(self, content: bytes) -> bytes:
        """The hash of a leaf."""
        return self._digest(b"\x00" + content)

    def leaves(self, contents: Iterable[bytes]) -> list[bytes]:
        """The hashes of many leaves; this is where verifying spends its time."""
        if self.algorithm != SHA256:
            return [self.leaf(content) for content in contents]
        sha256 = hashlib.sha256
        return [sha256(b"\x00" + content).digest() for content in contents]

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash of a node over its two children."""
        return self._digest(b"\x01" + left + right)

    def fold(self, peaks: Sequence[bytes]) -> bytes:
        """The root over complete subtrees from left to right, as `peaks` lists them."""
        if not peaks:
            return self.empty
        root = peaks[-1]
        for peak in reversed(peaks[:-1]):
            root = self.node(peak, root)
        return root

    def peaks(self, hashes: Sequence[bytes]) -> list[bytes]:
        """The roots of the complete subtrees of a row of nodes, the largest first."""
        found: list[bytes] = []
        first = 0
        for height in range(len(hashes).bit_length() - 1, -1, -1):
            if len(hashes) >> height & 1:
                found.append(self.complete(hashes[first : first + (1 << height)]))
                first += 1 << height
        return found

    def complete(self, hashes: Sequence[bytes]) -> bytes:
        """The root over a power of two of nodes."""
        row, digest = b"".join(hashes), hashlib.sha256 if self.algorithm == SHA256 else None
        while len(row) > BYTES:
            pairs = [b"\x01" + row[at : at + 2 * BYTES] for at in range(0, len(row), 2 * BYTES)]
            row = b"".join([digest(pair).digest() for pair in pairs] if digest else map(self._digest, pairs))
        return row


class Peaks:
    """The roots of complete subtrees of a growing row of nodes."""

    def __init__(self, hasher: Hasher) -> None:
        """Begin with no node."""
        self._hasher = hasher
        self._heights: list[int] = []
        self.hashes: list[bytes] = []

    def push(self, hash_: bytes) -> None:
        """Add a node on the right."""
        height = 0
        while self._heights and self._heights[-1] == height:
            hash_ = self._hasher.node(self.hashes.pop(), hash_)
            height = self._heights.pop() + 1
        self._heights.append(height)
        self.hashes.append(hash_)


class Tree:
    """A tree of a certain size, read from tiles."""

    def __init__(self, hasher: Hasher, read: ReadTile, size: int) -> None:
        """`read(level, number)` gives a tile's hashes, at least those that belong to this size."""
        self._hasher, self._read, self.size = hasher, read, size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves."""
        return self._range(0, self.size if size is None else size)

    def leaf(self, place: int) -> bytes:
        """The hash of one leaf."""
        return self._node(0, place)

    def inclusion(self, place: int) -> list[bytes]:
        """The proof that the leaf at this place, from 0, is in the tree (RFC 6962, 2.1.1)."""
        return list(self._path(place, 0, self.size))

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the first `old` leaves are still the same (RFC 6962, 2.1.2)."""
        return list(self._subproof(old, 0, self.size, known=True)) if 0 < old < self.size else []

    def _path(self, place: int, low: int, high: int) -> Iterator[bytes]:
        if high - low == 1:
            return
        middle = low + _split(high - low)
        if place < middle:
            yield from self._path(place, low, middle)
            yield self._range(middle, high)
        else:
            yield from self._path(place, middle, high)
            yield self._range(low, middle)

    def _subproof(self, old: int, low: int, high: int, *, known: bool) -> Iterator[bytes]:
        if old == high:
            if not known:
                yield self._range(low, high)
            return
        middle = low + _split(high - low)
        if old <= middle:
            yield from self._subproof(old, low, middle, known=known)
            yield self._range(middle, high)
        else:
            yield from self._subproof(old, middle, high, known=False)
            yield self._range(low, middle)

    def _range(self, low: int, high: int) -> bytes:
        peaks = []
        while low < high:
            height = (high - low).bit_length() - 1
            peaks.append(self._node(height, low >> height))
            low += 1 << height
        return self._hasher.fold(peaks)

    def _node(self, height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = number << above
        tile, at = divmod(first, WIDTH)
        return self._hasher.complete(self._tile(level, tile)[at : at + (1 << above)])

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._tiles:
            self._tiles[level, number] = split(self._read(level, number))
        return self._tiles[level, number]


def grow(hasher: Hasher, read: ReadTile, size: int, leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves are added to a tree of this size, as they are afterwards."""
    grown: dict[tuple[int, int], bytes] = {}
    level, row = 0, list(leaves)
    while row:
        number, filled = divmod(size, WIDTH)
        if filled:
            row = split(read(level, number))[:filled] + row
        above = []
        for at in range(0, len(row), WIDTH):
            part = row[at : at + WIDTH]
            grown[level, number + at // WIDTH] = b"".join(part)
            if len(part) == WIDTH:
                above.append(hasher.complete(part))
        level, size, row = level + 1, number, above
    return grown


def split(hashes: bytes) -> list[bytes]:
    """A tile's bytes as hashes."""
    return [hashes[at : at + BYTES] for at in range(0, len(hashes), BYTES)]


def root_of_inclusion(
    hasher: Hasher, leaf: bytes, place: int, size: int, proof: Sequence[bytes]
) -> bytes | None:
    """The root that a proof of inclusion leads to (RFC 9162, 2.1.3.2); None if it can't be one."""
    if not 0 <= place < size:
        return None
    at, last, root = place, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = hasher.node(step, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = hasher.node(root, step)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


def roots_of_consistency(
    hasher: Hasher, old: int, new: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Both roots that a proof of consistency leads to (RFC 9162, 2.1.4.2); None if it can't be one."""
    steps = list(proof)
    if not 0 < old < new or not steps:
        return None
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            first, second = hasher.node(step, first), hasher.node(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = hasher.node(second, step)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else None


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
