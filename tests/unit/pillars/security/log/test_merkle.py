"""The tree against RFC 6962's own recursive definitions, and against the vectors of its reference log."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.security.crypto import digests
from shuzhi.pillars.security.log import merkle

# The leaves and roots of the reference implementation's test (certificate-transparency, merkle_tree_test).
LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (place, size): proof, from the same test
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SHA256 = merkle.Hasher()


def naive_root(leaves: list[bytes], digest=digests._sha256) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return digest(b"\x00" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return digest(b"\x01" + naive_root(leaves[:k], digest) + naive_root(leaves[k:], digest))


def tree_of(leaves: list[bytes], hasher: merkle.Hasher = SHA256) -> merkle.Tree:
    """A tree whose tiles are cut from complete rows."""
    rows = {0: hasher.leaves(leaves)}
    for level in range(1, 4):
        below = rows[level - 1]
        whole = len(below) // merkle.WIDTH
        rows[level] = [
            hasher.complete(below[at * merkle.WIDTH : (at + 1) * merkle.WIDTH]) for at in range(whole)
        ]

    def read(level: int, number: int) -> bytes:
        return b"".join(rows[level][number * merkle.WIDTH : (number + 1) * merkle.WIDTH])

    return merkle.Tree(hasher, read, len(leaves))


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


class TestKnownVectors:
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]

    def test_the_empty_tree(self):
        assert SHA256.empty == hashlib.sha256().digest()
        assert tree_of([]).root() == SHA256.empty

    @pytest.mark.parametrize("size", range(1, 9))
    def test_roots(self, size):
        assert tree_of(self.leaves[:size]).root().hex() == ROOTS[size - 1]
        assert tree_of(self.leaves).root(size).hex() == ROOTS[size - 1]

    @pytest.mark.parametrize(("place", "size"), INCLUSION)
    def test_inclusion(self, place, size):
        found = tree_of(self.leaves[:size]).inclusion(place)
        assert [step.hex() for step in found] == INCLUSION[place, size]

    @pytest.mark.parametrize(("old", "new"), CONSISTENCY)
    def test_consistency(self, old, new):
        found = tree_of(self.leaves[:new]).consistency(old)
        assert [step.hex() for step in found] == CONSISTENCY[old, new]


SIZES = st.one_of(st.integers(1, 40), st.integers(250, 530), st.sampled_from([65_536, 66_100]))


class TestAgainstTheDefinition:
    @given(size=SIZES.filter(lambda size: size < 1000), algorithm=st.sampled_from(["sha256", "sm3"]))
    def test_the_root(self, size, algorithm):
        hasher = merkle.Hasher(algorithm)
        leaves = numbered(size)
        expected = naive_root(leaves, digests.digest(algorithm))
        assert tree_of(leaves, hasher).root() == expected
        assert hasher.fold(hasher.peaks(hasher.leaves(leaves))) == expected

    def test_a_tree_of_three_levels_of_tiles(self):
        leaves = numbered(65_536 + 300)
        tree, root = tree_of(leaves), naive_root(leaves)
        assert tree.root() == root
        for place in (0, 255, 256, 65_535, 65_536, 65_835):
            leaf = SHA256.leaf(leaves[place])
            assert merkle.root_of_inclusion(SHA256, leaf, place, len(leaves), tree.inclusion(place)) == root

    @given(size=st.integers(1, 600), data=st.data())
    def test_every_proof_of_inclusion_leads_to_the_root(self, size, data):
        place = data.draw(st.integers(0, size - 1))
        tree, leaf = tree_of(numbered(size)), SHA256.leaf(b"%d" % place)
        proof = tree.inclusion(place)
        assert merkle.root_of_inclusion(SHA256, leaf, place, size, proof) == tree.root()

        elsewhere = data.draw(st.integers(-1, size + 2).filter(lambda other: other != place))
        assert merkle.root_of_inclusion(SHA256, leaf, elsewhere, size, proof) != tree.root()
        other_leaf = SHA256.leaf(b"other")
        assert merkle.root_of_inclusion(SHA256, other_leaf, place, size, proof) != tree.root()
        assert merkle.root_of_inclusion(SHA256, leaf, place, size, [*proof, leaf]) is None
        if proof:
            assert merkle.root_of_inclusion(SHA256, leaf, place, size, proof[:-1]) is None

    @given(new=st.integers(2, 600), data=st.data())
    def test_every_proof_of_consistency_leads_to_both_roots(self, new, data):
        old = data.draw(st.integers(1, new - 1))
        tree = tree_of(numbered(new))
        roots = (tree.root(old), tree.root())
        proof = tree.consistency(old)
        assert merkle.roots_of_consistency(SHA256, old, new, roots[0], proof) == roots

        rewritten = tree_of([b"x", *numbered(new)[1:]])
        forged = rewritten.consistency(old)
        assert merkle.roots_of_consistency(SHA256, old, new, roots[0], forged) != (
            roots[0],
            rewritten.root(),
        )
        assert merkle.roots_of_consistency(SHA256, old, new, roots[0], [*proof, roots[0]]) is None

    def test_no_proof_is_needed_between_equal_or_from_empty(self):
        tree = tree_of(numbered(5))
        assert tree.consistency(5) == tree.consistency(0) == []
        assert merkle.roots_of_consistency(SHA256, 5, 5, tree.root(), []) is None
