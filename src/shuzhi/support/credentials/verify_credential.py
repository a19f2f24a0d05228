#!/usr/bin/env python3
"""核验电子证照与一码通，不需要平台和网络。 Check Shuzhi credentials and codes without the platform and without a network.

Needs Python 3.9 and nothing else. One file, to be read before it is trusted:

    python3 verify_credential.py FILE --keys keys.json --status status.jwt [--status …]
    python3 verify_credential.py FILE --keys keys.json --unrevoked-unknown      says nothing of being revoked

FILE holds a credential (JSON or compact SD-JWT), the text of its square, or a code (`SZ1:…`); `-` reads standard input.
keys.json is the issuer's /credentials/keys, status.jwt its /credentials/status/N; both can be fetched beforehand.
--seen FILE   codes that were shown here before are noted there and refused
--at TIME     as of this moment (2026-11-22T10:00:00+08:00), not now

SD-JWT: RFC 9901. Status: draft-ietf-oauth-status-list. Codes: CWT in COSE_Sign1, RFC 8392 and 9052. Signatures: Ed25519
(RFC 8032), ECDSA on P-256 with SHA-256 (FIPS 186-5), SM2 with SM3 (GB/T 32918). Exit code 0: genuine and in force.
"""

import argparse
import base64
import hashlib
import json
import sys
import zlib
from datetime import datetime, timezone
from pathlib import Path

SKEW, LONGEST, MOST_BYTES = 30, 200_000, 1 << 22


class Wrong(Exception):
    """Something does not fit."""


def hasher(name):
    """The hash of this name."""
    if name not in hashlib.algorithms_available:
        raise Wrong(f"本机 Python 没有散列算法 / this Python lacks the hash {name}")
    return lambda data: hashlib.new(name, data).digest()


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


def _add(p, q, m):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % m == 0:
            return None
        slope = 3 * (p[0] * p[0] - 1) * pow(2 * p[1], m - 2, m)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], m - 2, m)
    x = (slope * slope - p[0] - q[0]) % m
    return x, (slope * (p[0] - x) - p[1]) % m


def _times(n, p, m):
    total = None
    while n:
        total, p, n = (_add(total, p, m) if n & 1 else total), _add(p, p, m), n >> 1
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
    point = _add(_times(s, G, Q), _times((r + s) % N, (x, y), Q), Q)
    return point is not None and (e + point[0]) % N == r


W_Q = 2**256 - 2**224 + 2**192 + 2**96 - 1
W_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
W_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
W_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def p256_fits(public, message, signature):
    """FIPS 186-5, 6.4.2, on P-256 with SHA-256."""
    if len(public) != 64 or len(signature) != 64:
        return False
    x, y, r, s = (
        int.from_bytes(each, "big") for each in (public[:32], public[32:], signature[:32], signature[32:])
    )
    on_curve = x < W_Q and y < W_Q and (y * y - x**3 + 3 * x - W_B) % W_Q == 0
    if not on_curve or not (0 < r < W_N and 0 < s < W_N):
        return False
    e, w = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, W_N - 2, W_N)
    point = _add(_times(e * w % W_N, W_G, W_Q), _times(r * w % W_N, (x, y), W_Q), W_Q)
    return point is not None and point[0] % W_N == r


KINDS = {
    "Ed25519": (ed25519_fits, "EdDSA", -8),
    "P-256": (p256_fits, "ES256", -7),
    "SM2": (sm2_fits, "SM2", -65601),
}


# Coding


def plain(text):
    """base64url, written in the one right way."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Wrong("base64url") from None
    if not text or base64.urlsafe_b64encode(content).rstrip(b"=").decode() != text:
        raise Wrong("base64url")
    return content


def once(pairs):
    """A JSON object that names nothing twice."""
    if len(dict(pairs)) != len(pairs):
        raise Wrong("JSON: a name twice")
    return dict(pairs)


def from_json(text):
    """A JSON value."""
    return json.loads(text, object_pairs_hook=once)


def from_cbor(content):
    """(value, rest) of CBOR in its shortest form: numbers, bytes, texts, lists, maps in order, one tag, true, false."""
    kind, low = content[0] >> 5, content[0] & 31
    wide = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
    if low > 27 or (kind == 7 and low not in (20, 21, 22)):
        raise Wrong("CBOR")
    number = int.from_bytes(content[1 : 1 + wide], "big") if wide else low
    if len(content) < 1 + wide or (wide and number < (24 if wide == 1 else 1 << 4 * wide)):
        raise Wrong("CBOR")
    rest = content[1 + wide :]
    if kind < 2:
        return (number if kind == 0 else -1 - number), rest
    if kind < 4:
        if len(rest) < number:
            raise Wrong("CBOR")
        return (rest[:number] if kind == 2 else rest[:number].decode()), rest[number:]
    if kind == 4:
        values = []
        for _ in range(number):
            value, rest = from_cbor(rest)
            values.append(value)
        return values, rest
    if kind == 5:
        found, before = {}, b""
        for _ in range(number):
            name, after = from_cbor(rest)
            coded = rest[: len(rest) - len(after)]
            if before and (len(before), before) >= (len(coded), coded):
                raise Wrong("CBOR")
            before = coded
            found[name], rest = from_cbor(after)
        return found, rest
    if kind == 6:
        value, rest = from_cbor(rest)
        return ("tag", number, value), rest
    return {20: False, 21: True, 22: None}[number], rest


def whole(content):
    """The one value of CBOR."""
    value, rest = from_cbor(content)
    if rest:
        raise Wrong("CBOR")
    return value


def to_cbor_bytes(content):
    """A byte string in CBOR."""
    size = len(content)
    head = (
        bytes([0x40 | size])
        if size < 24
        else bytes([0x58, size])
        if size < 256
        else b"\x59" + size.to_bytes(2, "big")
    )
    return head + content


# Checking


def read_keys(documents):
    """(issuer, key id) -> curve and public key."""
    found = {}
    for document in documents:
        for each in document["jwks"]["keys"]:
            public = plain(each["x"]) + (plain(each["y"]) if "y" in each else b"")
            found[document["issuer"], each["kid"]] = each["crv"], public
    return found


def check_signature(keys, issuer, key, algorithm, message, signature):
    """The issuer's key must have signed the message; `algorithm` is a name of JOSE or a number of COSE."""
    if (issuer, key) not in keys:
        raise Wrong(f"未知的签发公钥 / no known key {issuer} {key}")
    curve, public = keys[issuer, key]
    fits, name, number = KINDS[curve]
    if algorithm not in (name, number) or not fits(public, message, signature):
        raise Wrong("签名不符，内容被改动 / the signature does not fit: it was changed")


def read_token(kind, token, keys):
    """The payload of a signed token."""
    head, payload, signature = token.split(".")
    header, told = from_json(plain(head)), from_json(plain(payload))
    if set(header) != {"alg", "typ", "kid"} or header["typ"] != kind:
        raise Wrong(f"不是 {kind} / this is no {kind}")
    check_signature(
        keys, told["iss"], header["kid"], header["alg"], f"{head}.{payload}".encode(), plain(signature)
    )
    return told


def read_status(token, keys):
    """(address, width, bits, from, until) of a status list."""
    told = read_token("statuslist+jwt", token.strip(), keys)
    unpacking = zlib.decompressobj()
    bits = unpacking.decompress(plain(told["status_list"]["lst"]), MOST_BYTES)
    width = told["status_list"]["bits"]
    if width not in (1, 2, 4, 8) or unpacking.unconsumed_tail:
        raise Wrong("状态表有误 / the status list is faulty")
    return told["sub"], width, bits, told["iat"], told["exp"]


def check_status(uri, place, lists, at):
    """The newest list must say that the credential is valid."""
    found = [each for each in lists if each[0] == uri and each[3] - SKEW <= at <= each[4] + SKEW]
    if not found:
        raise Wrong(f"缺少现行的状态表 / there is no current status list {uri}")
    _, width, bits, *_ = max(found, key=lambda each: each[3])
    each = 8 // width
    if not 0 <= place < len(bits) * each:
        raise Wrong("状态表中没有该证照 / the list has no such place")
    said = bits[place // each] >> (place % each * width) & ((1 << width) - 1)
    if said:
        raise Wrong("证照已中止 / suspended" if said == 2 else "证照已吊销 / revoked")


def check_time(since, until, at):
    """Not before, not after."""
    if since is not None and at < since - SKEW:
        raise Wrong("尚未生效 / not valid yet")
    if until is not None and at > until + SKEW:
        raise Wrong("已过有效期 / expired")


def check_credential(text, keys, lists, at):
    """A credential in either form."""
    if text.startswith("{"):
        told = from_json(text)
        if set(told) != {"payload", "protected", "signature", "header"} or set(told["header"]) != {
            "disclosures"
        }:
            raise Wrong("不是证照 / this is no credential")
        token, shown = (
            ".".join(told[each] for each in ("protected", "payload", "signature")),
            told["header"]["disclosures"],
        )
    else:
        token, *shown = text.split("~")
        if not shown or shown.pop():
            raise Wrong("不是证照 / this is no credential")
    claims = read_token("dc+sd-jwt", token, keys)
    check_time(claims.get("iat"), claims.get("exp"), at)
    digests, fields = set(claims["_sd"]), {}
    for each in shown:
        digest = base64.urlsafe_b64encode(hashlib.sha256(each.encode()).digest()).rstrip(b"=").decode()
        _, name, value = from_json(plain(each))
        if digest not in digests or name in fields or name in claims:
            raise Wrong("披露项与签名不符 / a disclosure does not belong here")
        digests.remove(digest)
        fields[name] = value
    if claims["_sd_alg"] != "sha-256":
        raise Wrong("_sd_alg")
    if lists is not None:
        check_status(
            claims["status"]["status_list"]["uri"], claims["status"]["status_list"]["idx"], lists, at
        )
    return {
        "form": "credential",
        "issuer": claims["iss"],
        "number": claims["jti"],
        "titles": claims["titles"],
        "shows": fields,
    }


def check_square(text, keys, lists, at, seen):
    """The square of a credential, or a code."""
    told = whole(plain(text[4:]))
    if told[:2] != ("tag", 18) or len(told[2]) != 4 or told[2][1] != {}:
        raise Wrong("不是码 / this is no code")
    protected, _, payload, signature = told[2]
    header, claims = whole(protected), whole(payload)
    if set(header) != {1, 4}:
        raise Wrong("不是码 / this is no code")
    message = b"\x84\x6aSignature1" + b"".join(map(to_cbor_bytes, (protected, b"", payload)))
    check_signature(keys, claims[1], header[4].hex(), header[1], message, signature)
    check_time(claims.get(5), claims.get(4), at)
    parts = claims["w"] if claims["t"] == "code" else [claims]
    for each in parts:
        check_time(None, each.get("e"), at)
        if lists is not None:
            check_status(f"{claims[1]}/credentials/status/{each['s'][0]}", each["s"][1], lists, at)
    if claims["t"] == "code" and seen is not None:
        note_seen(seen, claims[7].hex(), claims[4], at)
    shown = [{"number": each["n"], "title": each["z"], "shows": each["f"]} for each in parts]
    return {"form": claims["t"], "issuer": claims[1], "credentials": shown}


def note_seen(file, nonce, until, at):
    """Refuse a code that was shown here before; forget those that are over."""
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if nonce in known:
        raise Wrong("此码已在这里核验过 / this code was shown here before")
    kept = {each: over for each, over in known.items() if over + 2 * SKEW > at}
    file.write_text(json.dumps({**kept, nonce: until}), "utf-8")


def check(text, keys, lists, at, seen=None):
    """Check whatever it is; `lists` None: its state is not asked. Returns what it shows."""
    text = text.strip()
    if len(text) > LONGEST:
        raise Wrong("内容过长 / too long")
    _, mark, coded = text.partition("#SZ1:")
    if mark or text.startswith("SZ1:"):
        return check_square("SZ1:" + coded if mark else text, keys, lists, at, seen)
    return check_credential(text, keys, lists, at)


def main(arguments=None):
    """Check one file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file")
    parser.add_argument("--keys", type=Path, action="append", required=True)
    parser.add_argument("--status", type=Path, action="append", default=[])
    parser.add_argument("--unrevoked-unknown", action="store_true")
    parser.add_argument("--seen", type=Path)
    parser.add_argument("--at", type=datetime.fromisoformat)
    given = parser.parse_args(arguments)
    at = (given.at or datetime.now(timezone.utc)).timestamp()
    try:
        text = sys.stdin.read() if given.file == "-" else Path(given.file).read_text("utf-8")
        keys = read_keys(from_json(file.read_text("utf-8")) for file in given.keys)
        lists = [read_status(file.read_text("utf-8"), keys) for file in given.status]
        found = check(text, keys, None if given.unrevoked_unknown else lists, at, given.seen)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file, it is not verified
        print(f"不通过 / NOT VERIFIED\n{error!s:.999}", file=sys.stderr)
        return 1
    state = "unknown" if given.unrevoked_unknown else "valid"
    print(json.dumps({"verified": True, "state": state, **found}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
