from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "catalog.read",
        Words(zh="查看目录", en="read the catalog"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
    Permission(
        "catalog.propose",
        Words(zh="编制目录", en="propose a catalog entry"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "catalog.publish",
        Words(zh="发布目录", en="publish a catalog entry"),
        frozenset({Role.BUREAU}),
    ),
)
