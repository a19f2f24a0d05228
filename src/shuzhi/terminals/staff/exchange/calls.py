"""Examples of a call, ready to copy: Python and curl, signed as the gateway expects."""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.data.exchange.signing import SHA256
from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind
from shuzhi.foundation.settings import settings

PYTHON = """import hashlib, hmac, json, secrets, time, urllib.request

KEY, SECRET = "{key}", "…"          # 密钥只存于本部门的密钥库 / from your own vault
PATH = "{path}"
BODY = json.dumps({body}).encode()

stamp, nonce = str(int(time.time())), secrets.token_urlsafe(18)
text = "\\n".join(["POST", PATH, "", hashlib.sha256(BODY).hexdigest(), stamp, nonce])
sign = hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest()
call = urllib.request.Request("{base}" + PATH, BODY, {{
    "Content-Type": "application/json",
    "X-Shuzhi-Key": KEY, "X-Shuzhi-Timestamp": stamp, "X-Shuzhi-Nonce": nonce,
    "X-Shuzhi-Signature": "{algorithm} " + sign,
}})
print(urllib.request.urlopen(call).read().decode())
"""
CURL = """KEY="{key}"; read -rs SECRET
BODY='{json}'; STAMP=$(date +%s); NONCE=$(openssl rand -hex 12)
HASH=$(printf %s "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)
SIGN=$(printf 'POST\\n{path}\\n\\n%s\\n%s\\n%s' "$HASH" "$STAMP" "$NONCE" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)
curl "{base}{path}" -d "$BODY" -H 'Content-Type: application/json' \\
  -H "X-Shuzhi-Key: $KEY" -H "X-Shuzhi-Timestamp: $STAMP" -H "X-Shuzhi-Nonce: $NONCE" \\
  -H "X-Shuzhi-Signature: {algorithm} $SIGN"
"""


@dataclass(frozen=True)
class SampleCall:
    """An example in one language."""

    language: str
    text: str


def sample_calls(declared: InterfaceDeclaration, *, key_id: str | None = None) -> list[SampleCall]:
    """The same call in Python and in a shell."""
    given = _example(declared)
    pairs = ", ".join(f'"{name}": "{value}"' for name, value in given.items())
    node = settings()
    facts = {
        "key": key_id or "sk-…",
        "path": f"/v1/interfaces/{declared.interface}",
        "base": f"http://{node.gateway_host}:{node.gateway_port}",
        "algorithm": SHA256,
        "body": "{" + pairs + "}",
        "json": "{" + pairs + "}",
    }
    return [SampleCall("Python", PYTHON.format(**facts)), SampleCall("curl", CURL.format(**facts))]


def _example(declared: InterfaceDeclaration) -> dict[str, str]:
    """What a call gives."""
    if declared.kind is InterfaceKind.FILE:
        return dict.fromkeys(declared.by[:1], "…") | {"form": "csv"}
    if declared.kind is not InterfaceKind.WRITE_BACK:
        return dict.fromkeys(declared.by, "…")
    if declared.source:
        return {"reference": "2026-0001", "…": "…"}
    identifier, field, *_ = declared.by
    return {"reference": "2026-0001", identifier: "…", "field": field, "value": "…", "reason": "…"}
