#!/usr/bin/env python3
"""查验安全事件的证据包，不需要平台。 Verify a Shuzhi evidence package without the platform.

Needs Python 3.9 and verify_audit.py beside it. Unpack, read both files, then:

    python3 verify_evidence.py .

--key LINE   trust only this public key (given out by the node's owner), not the ones that come with the package
--head FILE  a head noted earlier must be the one that proves the manifest

Every file must be the one that the manifest names; the manifest's SHA-256 stands in an entry of the audit log, which is proven
to be in the log of a signed head; and so is every entry under receipts/. Exit code 0: all fits; 1: it doesn't.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import verify_audit

OUTSIDE = {"manifest.json", "manifest.receipt.json"}


def check(folder, keys=(), noted=None):
    """What was verified; Wrong where something does not fit."""
    sealed = (folder / "manifest.json").read_bytes()
    manifest = json.loads(sealed)
    told = json.loads((folder / "manifest.receipt.json").read_text("utf-8"))
    found = verify_audit.check_receipt(told, keys, noted)
    entry = json.loads(told["content"])
    if entry["action"] != "secops.evidence_exported" or entry["target"] != manifest["incident"]:
        raise verify_audit.Wrong("回执不是这次导出的 / the receipt is not of this export")
    if entry["facts"]["manifest"] != hashlib.sha256(sealed).hexdigest():
        raise verify_audit.Wrong("清单与日志中的摘要不符 / the manifest is not the one in the log")
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    there = {name for name in there if "__pycache__" not in name}
    if there - OUTSIDE != set(manifest["files"]):
        odd = sorted((there - OUTSIDE) ^ set(manifest["files"]))
        raise verify_audit.Wrong(f"文件缺失或多出 / files are missing or too many: {odd[:9]}")
    for name, digest in manifest["files"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise verify_audit.Wrong(f"{name}：内容被改动 / {name} was changed")
    receipts = sorted((folder / "receipts").glob("*.json"))
    for file in receipts:
        verify_audit.check_receipt(json.loads(file.read_text("utf-8")), keys, None)
    return {
        "incident": manifest["incident"],
        "files": len(manifest["files"]),
        "entries": len(receipts),
        "key": found["key"],
    }


def main(arguments=None):
    """Check one unpacked package."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--head", type=Path)
    given = parser.parse_args(arguments)
    try:
        found = check(given.folder, given.key, given.head.read_text("utf-8") if given.head else None)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, they are not verified
        print(f"不通过 / NOT VERIFIED\n{error!s:.9999}", file=sys.stderr)
        return 1
    print(json.dumps({"verified": True, "key_pinned": bool(given.key), **found}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
