"""A package (档案包): a BagIt folder (RFC 8493) in a ZIP, with manifests of SHA-256 and SM3 and a signature over both.

Made of the same facts it is the same to the byte, save the signature.
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from shuzhi.pillars.security.crypto import digests
from shuzhi.pillars.security.crypto.signing import SigningKey, is_signed
from shuzhi.support.archive.errors import NameWrong, PackageUnreadable
from shuzhi.support.archive.types import ArchivedFile

ALGORITHMS = {"sha256": digests.SHA256, "sm3": digests.SM3}
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SIGNATURE, ABOUT = "signature.json", "metadata.json"
NAME = re.compile(r"[\w\-（）()·、 ]{1,80}\.[A-Za-z0-9]{1,8}")
WHEN = (2000, 1, 1, 0, 0, 0)
MOST_FILES, MOST_BYTES = 2_000, 512 * 1024 * 1024


def pack(about: Mapping[str, Any], files: Sequence[ArchivedFile], *, key_id: str, key: SigningKey) -> bytes:
    """The package as bytes.

    Raises:
        NameWrong: a file's name leads elsewhere, or stands there twice.
    """
    payload: dict[str, bytes] = {}
    for each in files:
        if not NAME.fullmatch(each.name) or f"data/{each.name}" in payload:
            raise NameWrong(name=each.name[:80])
        payload[f"data/{each.name}"] = each.content
    tags = {"bagit.txt": BAGIT, ABOUT: _json(about), "bag-info.txt": _info(about, payload)}
    tags |= {f"manifest-{name}.txt": manifest(name, payload) for name in ALGORITHMS}
    tags |= {f"tagmanifest-{name}.txt": manifest(name, tags) for name in ALGORITHMS}
    signed = signed_text(tags)
    told = {
        "algorithm": key.algorithm, "key": key_id, "public": base64.b64encode(key.public).decode(),
        "signature": base64.b64encode(key.sign(signed)).decode(), "at": about["filed_at"],
    }  # fmt: skip
    return _zipped(tags | {SIGNATURE: _json(told)} | payload)


def unpack(package: bytes) -> dict[str, bytes]:
    """The files of a package by name.

    Raises:
        PackageUnreadable: it is no ZIP, too large, or leads elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as box:
            entries = box.infolist()
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > MOST_BYTES:
                raise PackageUnreadable(why="too large")
            if any(".." in each.filename or each.filename.startswith(("/", "\\")) for each in entries):
                raise PackageUnreadable(why="names")
            return {each.filename: box.read(each) for each in entries}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise PackageUnreadable(why=type(error).__name__) from None


def payload_of(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the package is about: its files without the package's own."""
    return {name: content for name, content in found.items() if name.startswith("data/")}


def manifest(algorithm: str, files: Mapping[str, bytes]) -> bytes:
    """Digest and name of each file, as BagIt writes them."""
    digest = digests.digest(ALGORITHMS[algorithm])
    return "".join(f"{digest(files[name]).hex()}  {name}\n" for name in sorted(files)).encode()


def signed_text(files: Mapping[str, bytes]) -> bytes:
    """What the signature covers: both lists of all that says what the package has."""
    return b"".join(files.get(f"tagmanifest-{name}.txt", b"") for name in ALGORITHMS)


def signature_faults(found: Mapping[str, bytes], keys: Mapping[str, tuple[str, bytes]]) -> list[str]:
    """Why the package is not genuine: nothing, if it is. `keys`: id → algorithm and public key of whoever is trusted."""
    try:
        told = json.loads(found[SIGNATURE])
        algorithm, public = keys[told["key"]]
        signature = base64.b64decode(told["signature"], validate=True)
    except (KeyError, ValueError, TypeError):
        return ["signature: unknown key or unreadable"]
    faults = [] if is_signed(algorithm, public, signed_text(found), signature) else ["signature"]
    tags = {
        name: content for name, content in found.items()
        if not name.startswith(("data/", "tagmanifest-")) and name != SIGNATURE
    }  # fmt: skip
    for name in ALGORITHMS:
        if found.get(f"tagmanifest-{name}.txt") != manifest(name, tags):
            faults.append(f"tagmanifest-{name}")
        if found.get(f"manifest-{name}.txt") != manifest(name, payload_of(found)):
            faults.append(f"manifest-{name}")
    return faults


def _info(about: Mapping[str, Any], payload: Mapping[str, bytes]) -> bytes:
    size = sum(map(len, payload.values()))
    lines = {
        "External-Identifier": about["number"], "Bagging-Date": str(about["filed_at"])[:10],
        "Source-Organization": about["office"], "Payload-Oxum": f"{size}.{len(payload)}",
    }  # fmt: skip
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as box:
        for name in sorted(files):
            box.writestr(zipfile.ZipInfo(name, WHEN), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()
