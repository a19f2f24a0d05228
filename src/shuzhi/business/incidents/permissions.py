from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission(
        "incidents.read",
        Words(zh="查看诉求", en="read requests"),
        STAFF | {Role.LEADER, Role.BUREAU},
    ),
    Permission("incidents.take_in", Words(zh="受理诉求", en="take requests in"), STAFF, Scope.OWN_OFFICE),
)
