from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission(
        "benefits.read",
        Words(zh="查看惠企资金", en="read benefits"),
        STAFF | {Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR},
    ),
    Permission("benefits.see", Words(zh="查看受益名单", en="see who benefits"), STAFF, Scope.OWN_OFFICE),
    Permission("benefits.run", Words(zh="运行政策匹配", en="run a policy"), STAFF, Scope.OWN_OFFICE),
    Permission(
        "benefits.decide",
        Words(zh="裁定申诉与追回", en="decide appeals and recoveries"),
        STAFF,
        Scope.OWN_OFFICE,
    ),
    Permission(
        "benefits.reconcile",
        Words(zh="资金对账", en="reconcile payments"),
        STAFF | {Role.ADMINISTRATOR},
    ),
)
