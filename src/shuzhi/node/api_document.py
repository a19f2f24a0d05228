"""What the API's document says of every operation beside its own words: who may call it, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "sessionid",
    "description": "登录后的会话。 The session of an account that has signed in.",
}
REFUSAL = {
    "type": "object",
    "title": "Refusal",
    "description": "拒绝的原因，中英文各一。 Why it was refused, in both languages.",
    "required": ["code", "message", "message_zh", "facts"],
    "properties": {
        "code": {"type": "string", "examples": ["security.not_signed_in"]},
        "message": {"type": "string"},
        "message_zh": {"type": "string"},
        "facts": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_GUARDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_ASKED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_ALWAYS = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
_SENT = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def policy_of(view: Callable[..., Any] | None) -> str | None:
    """What a view says about who may use it, below whatever was wrapped around it; None: nothing."""
    while view is not None:
        said = getattr(view, "policy", None)
        if isinstance(said, str):
            return said
        view = getattr(view, "__wrapped__", None)
    return None


def complete(operation: dict[str, Any], policy: str) -> None:
    """Add to one operation its summary, its way of signing in, and its refusals."""
    if description := operation.get("description"):
        operation["summary"] = description.strip().splitlines()[0].rstrip(".")
    is_public = policy.startswith("public: ")
    operation["security"] = [] if is_public else [{"Session": []}]
    operation["x-policy"] = policy
    # A room may have described a refusal of its own, by number or by text.
    responses = operation["responses"] = {str(code): said for code, said in operation["responses"].items()}
    codes = [*_ASKED, *_ALWAYS, *(() if is_public else _GUARDED)]
    if "requestBody" in operation:
        codes += _SENT
    for status in codes:
        responses.setdefault(str(int(status)), _refusal(status))


def add_components(schema: dict[str, Any]) -> None:
    """The parts that every operation refers to."""
    components = schema.setdefault("components", {})
    components.setdefault("securitySchemes", {})["Session"] = SESSION
    components.setdefault("schemas", {})["Refusal"] = REFUSAL


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {"description": status.phrase, "content": content}
