#!/usr/bin/env python3
"""查验审计日志的导出、回执与树头，不需要平台。 Verify a Shuzhi audit log's export, receipts and heads without the platform.

Needs Python 3.9 and nothing else. One file, to be read before it is trusted:

    python3 verify_audit.py export DIR          every entry of an export, every head, the newest signature
    python3 verify_audit.py receipt FILE        one entry is in the log of a signed head
    python3 verify_audit.py consistency FILE    the log of a newer head begins with the whole log of an older one

--key LINE   trust only this public key (given out by the node's owner), not the ones that come with the files
--head FILE  a head noted earlier must be in the export, or be the receipt's

Leaf = H(0x00 || entry), node = H(0x01 || left || right) as in RFC 6962; H is SHA-256, or SM3 if the head says so.
Heads are C2SP tlog-checkpoints signed by Ed25519 (RFC 8032) or SM2 (GB/T 32918). Exit code 0: all fits; 1: it doesn't.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
from pathlib import Path


class Wrong(Exception):
    """Something does not fit."""


def hasher(name):
    """The hash of this name."""
    if name not in ("sha256", "sm3") or name not in hashlib.algorithms_available:
        raise Wrong(f"本机 Python 没有散列算法 / this Python lacks the hash {name}")
    new = hashlib.sha256 if name == "sha256" else lambda data: hashlib.new(name, data)
    return lambda data: new(data).digest()


# Signatures

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _ed_point(coded):
    y = int.from_bytes(coded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def _ed_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _ed_times(n, p):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _ed_add(total, p)
        p, n = _ed_add(p, p), n >> 1
    return total


def ed25519_fits(public, message, signature):
    """RFC 8032, 5.1.7."""
    a, base = _ed_point(public), _ed_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= L or len(signature) != 64 or len(public) != 32:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, _ = _ed_add(_ed_times(s, base), _ed_times(k, (P - a[0], a[1], 1, P - a[3])))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


Q = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def _sm2_add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % Q == 0:
            return None
        slope = 3 * (p[0] * p[0] - 1) * pow(2 * p[1], Q - 2, Q)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], Q - 2, Q)
    x = (slope * slope - p[0] - q[0]) % Q
    return x, (slope * (p[0] - x) - p[1]) % Q


def _sm2_times(n, p):
    total = None
    while n:
        total, p, n = (_sm2_add(total, p) if n & 1 else total), _sm2_add(p, p), n >> 1
    return total


def sm2_fits(public, message, signature):
    """GB/T 32918.2, 7.1, the signer's name being the default of GM/T 0009."""
    if len(public) != 64 or len(signature) != 64:
        return False
    x, y, r, s = (
        int.from_bytes(each, "big") for each in (public[:32], public[32:], signature[:32], signature[32:])
    )
    on_curve = x < Q and y < Q and (y * y - x**3 + 3 * x - B) % Q == 0
    if not on_curve or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    h, name = hasher("sm3"), b"1234567812345678"
    curve = b"".join(each.to_bytes(32, "big") for each in (Q - 3, B, *G, x, y))
    e = int.from_bytes(h(h((8 * len(name)).to_bytes(2, "big") + name + curve) + message), "big")
    point = _sm2_add(_sm2_times(s, G), _sm2_times((r + s) % N, (x, y)))
    return point is not None and (e + point[0]) % N == r


# Heads


def read_head(note):
    """(origin, size, root, hash, signed text, signatures) of a signed head."""
    text, _, signatures = note.partition("\n\n")
    try:
        origin, size, root, *more = text.splitlines()
        algorithm = next((line[5:] for line in more if line.startswith("hash ")), "sha256")
        return origin, int(size), base64.b64decode(root), algorithm, text + "\n", signatures
    except ValueError:
        raise Wrong("不是树头 / this is no head") from None


def check_signature(note, keys):
    """The note must be signed by one of the keys (lines `name+hash+key`); returns that one."""
    *_, text, signatures = read_head(note)
    for line in signatures.splitlines():
        name, _, coded = line[2:].partition(" ")
        told = base64.b64decode(coded)
        for key in keys:
            owner, _, rest = key.strip().partition("+")
            public = base64.b64decode(rest.partition("+")[2])
            named = hashlib.sha256(owner.encode() + b"\n" + public).digest()[:4]
            fits = ed25519_fits if public[:1] == b"\x01" else sm2_fits
            bare = public[1:] if public[:1] == b"\x01" else public.partition(b":")[2]
            if owner == name and told[:4] == named and fits(bare, text.encode(), told[4:]):
                return key.strip()
    raise Wrong("树头签名不符 / the head is not signed by a known key")


# The tree


def fold(h, peaks):
    """The root over complete subtrees, the leftmost first."""
    root = peaks[-1] if peaks else h(b"")
    for peak in reversed(peaks[:-1]):
        root = h(b"\x01" + peak + root)
    return root


def follow(h, at, last, first, steps):
    """Walk a proof (RFC 9162, 2.1.3.2 and 2.1.4.2); returns (older root, newer root) or None."""
    old = new = first
    for step in steps:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = h(b"\x01" + step + old), h(b"\x01" + step + new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = h(b"\x01" + new + step)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def check_receipt(told, keys, noted):
    """The entry is in the log of the head."""
    note = told["head"]
    _, size, root, algorithm, *_ = read_head(note)
    h, place, steps = hasher(algorithm), told["place"], [bytes.fromhex(step) for step in told["proof"]]
    leaf = h(b"\x00" + told["content"].encode())
    found = follow(h, place, size - 1, leaf, steps) if 0 <= place < size else None
    if found is None or found[1] != root:
        raise Wrong(
            f"第 {place} 位的记录不在该树头的日志中 / the entry at {place} is not in the log of this head"
        )
    if noted and read_head(noted)[1:3] != (size, root):
        raise Wrong("回执的树头不是先前记下的 / the receipt's head is not the one noted")
    key = check_signature(note, keys or told["keys"])
    return {"entry": told["entry"], "place": place, "size": size, "root": root.hex(), "key": key}


def check_consistency(told, keys):
    """The newer log begins with the older."""
    (_, old, old_root, algorithm, *_), (_, new, new_root, *_) = read_head(told["old"]), read_head(told["new"])
    h, steps = hasher(algorithm), [bytes.fromhex(step) for step in told["proof"]]
    if old == new:
        fits = old_root == new_root and not steps
    else:
        steps = steps if old & (old - 1) else [old_root, *steps]
        at, last = old - 1, new - 1
        while at & 1:
            at, last = at >> 1, last >> 1
        fits = 0 < old < new and steps and follow(h, at, last, steps[0], steps[1:]) == (old_root, new_root)
    if not fits:
        raise Wrong(
            f"{old} 条的日志不是 {new} 条的开头 / the log of {old} is not the beginning of that of {new}"
        )
    return {
        "old": old,
        "new": new,
        "keys": [check_signature(told[each], keys or told["keys"]) for each in ("old", "new")],
    }


def check_export(folder, keys, noted):
    """Every entry gives its hash, every head is the root of what stands before it, the newest is signed."""
    heads = [json.loads(line)["note"] for line in (folder / "heads.ndjson").read_text("utf-8").splitlines()]
    if not heads:
        raise Wrong("没有树头 / there is no head")
    wanted = {read_head(note)[1]: read_head(note)[2] for note in heads}
    _, size, _, algorithm, *_ = read_head(heads[-1])
    if noted and wanted.get(read_head(noted)[1]) != read_head(noted)[2]:
        raise Wrong("先前记下的树头不在此日志中 / the head noted earlier is not in this log")
    h, wrong, heights, peaks, place, good = hasher(algorithm), [], [], [], 0, 0
    for file in sorted((folder / "entries").glob("*.ndjson.gz")):
        stored = (folder / "hashes" / (file.name.split(".")[0] + ".bin")).read_bytes()
        with gzip.open(file, "rb") as lines:
            for at, line in enumerate(lines):
                name, _, content = line.rstrip(b"\n").partition(b"\t")
                node, height = h(b"\x00" + content), 0
                if node != stored[32 * at : 32 * at + 32]:
                    wrong.append(
                        f"第 {place} 位 {name.decode()}：内容与散列不符 / entry {name.decode()} at {place} was changed"
                    )
                    node = stored[32 * at : 32 * at + 32]
                while heights and heights[-1] == height:
                    node, height = h(b"\x01" + peaks.pop() + node), heights.pop() + 1
                heights.append(height)
                peaks.append(node)
                place += 1
                if place in wanted and fold(h, peaks) != wanted[place]:
                    wrong.append(
                        f"{good}–{place - 1}：与树头不符 / entries {good} to {place - 1} do not give the head"
                    )
                    raise Wrong("\n".join(wrong))
                good = place if place in wanted else good
    if place != size:
        wrong.append(f"应有 {size} 条，实有 {place} 条 / the head says {size} entries, there are {place}")
    if wrong:
        raise Wrong("\n".join(wrong))
    key = check_signature(heads[-1], keys or (folder / "keys.txt").read_text("utf-8").splitlines())
    return {"entries": place, "heads": len(wanted), "root": wanted[size].hex(), "key": key}


def main(arguments=None):
    """Run one of the three."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["export", "receipt", "consistency"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--head", type=Path)
    given = parser.parse_args(arguments)
    noted = given.head.read_text("utf-8") if given.head else None
    try:
        if given.what == "export":
            found = check_export(given.path, given.key, noted)
        else:
            told = json.loads(given.path.read_text("utf-8"))
            receipt = given.what == "receipt"
            found = check_receipt(told, given.key, noted) if receipt else check_consistency(told, given.key)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, they are not verified
        print(f"不通过 / NOT VERIFIED\n{error!s:.9999}", file=sys.stderr)
        return 1
    print(json.dumps({"verified": True, "key_pinned": bool(given.key), **found}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
