"""The caller's own account and tokens: `user_show`, `api_token_*`, `organization_list_for_user`."""

from __future__ import annotations

from typing import Any

from shuzhi.data.opendata import queries, tokens
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.errors import NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.foundation.words import Words

USUAL_DAYS = 90


def user_show(parameters: Parameters, call: Call) -> dict[str, Any]:
    """The caller's own account: `id` is its name or `me`; of others nothing is told."""
    name = call.by.name.removeprefix("account/")
    asked = parameters.text("id") or "me"
    if not call.is_signed or asked not in {"me", name}:
        raise NotFound(what=asked[:100])
    return _user(call)


def user_list(parameters: Parameters, call: Call) -> list[Any]:
    """The caller alone: accounts are not public."""
    del parameters
    return [_user(call)] if call.is_signed else []


def organization_list_for_user(parameters: Parameters, call: Call) -> list[dict[str, Any]]:
    """The office that the caller writes for; nothing for the public."""
    del parameters
    if not call.is_signed or not call.by.office:
        return []
    office = shapes.organization_of(call.by.office, queries.publishers())
    return [office | {"capacity": "editor"}]


def api_token_create(parameters: Parameters, call: Call) -> dict[str, Any]:
    """A token for the caller's own account: `name`, `days` (at most 366). It is shown this once."""
    days = parameters.number("days", USUAL_DAYS, most=10**6)
    token = tokens.issue_token(title=parameters.required("name"), days=days, by=call.by, at=call.at)
    return {"token": token.secret, "id": token.id, "expires_at": shapes.moment(token.expires_at)}


def api_token_list(parameters: Parameters, call: Call) -> list[dict[str, Any]]:
    """The caller's own tokens, without their secrets."""
    del parameters
    return [
        {
            "id": each.id,
            "name": each.title,
            "user_id": each.account,
            "created_at": shapes.moment(each.issued_at),
            "last_access": shapes.moment(each.used_at),
            "expires_at": shapes.moment(each.expires_at),
        }
        for each in tokens.tokens(call.by, at=call.at)
    ]


def api_token_revoke(parameters: Parameters, call: Call) -> None:
    """End one of the caller's tokens: `jti`, its id."""
    tokens.revoke_token(token=parameters.required("jti", "id"), by=call.by, at=call.at)


def _user(call: Call) -> dict[str, Any]:
    name = call.by.name.removeprefix("account/")
    offices = queries.publishers()
    return {
        "id": name,
        "name": name,
        "fullname": call.by.title,
        "display_name": call.by.title,
        "state": "active",
        "sysadmin": False,
        "about": offices.get(call.by.office or "", Words(zh="", en="")).zh,
    }
