"""The one question every write and every protected read asks: may this actor do this here?

Fails closed: a permission nobody declared is refused to everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC, ROLE_TITLES, Actor, Permission, Role, Scope

_declared: dict[str, Permission] = {}


def declare(permissions: Iterable[Permission]) -> None:
    """Make a room's permissions known; called once, when the room's app is ready."""
    for permission in permissions:
        _declared[permission.id] = permission


def declared() -> Mapping[str, Permission]:
    """All permissions by id."""
    return dict(_declared)


def allows(permission: str, *, by: Actor, office: str | None = None) -> bool:
    """Whether `by` may do it, for things that belong to `office` where that matters."""
    rule = _declared.get(permission)
    if rule is None:
        return False
    if by.has(Role.SYSTEM):
        return True
    if not by.has(*rule.roles):
        return False
    return rule.scope is Scope.ANY or _reaches(by, office)


def require(permission: str, *, by: Actor, office: str | None = None) -> None:
    """Refuse unless `by` may do it.

    Raises:
        NotSignedIn: nobody is signed in.
        Forbidden: the actor's roles or office do not reach this far; the message says which would.
    """
    if allows(permission, by=by, office=office):
        return
    rule = _declared.get(permission)
    title_zh, title_en = (rule.title.zh, rule.title.en) if rule else (permission, permission)
    if by == PUBLIC:
        raise NotSignedIn(permission=title_en, permission_zh=title_zh)
    reason_zh, reason_en = _why(rule, by, office)
    raise Forbidden(
        actor=by.title or by.name,
        permission=title_en,
        permission_zh=title_zh,
        reason=reason_en,
        reason_zh=reason_zh,
        permission_id=permission,
    )


def _reaches(by: Actor, office: str | None) -> bool:
    # The bureau looks after every office's data; administrators run the node but own no data.
    return by.has(Role.BUREAU) or (office is not None and by.office == office)


def _why(rule: Permission | None, by: Actor, office: str | None) -> tuple[str, str]:
    if rule is None:
        return "没有这项权限的规定", "no such permission is declared"
    if not by.has(*rule.roles):
        titles = [ROLE_TITLES[role] for role in sorted(rule.roles)]
        return (
            "需要岗位：" + "、".join(title.zh for title in titles),
            "it takes the role " + " or ".join(title.en for title in titles),
        )
    return f"属于其他部门（{office}）", f"it belongs to another office ({office})"
