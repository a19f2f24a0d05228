from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.LEADER, Role.BUREAU})

PERMISSIONS = (
    # Whom a case served is asked of the case itself.
    Permission("ratings.give", Words(zh="评价办件", en="rate a case"), STAFF | {Role.RESIDENT}),
    Permission(
        "ratings.record",
        Words(zh="代录评价", en="write down what was said"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER}),
        Scope.OWN_OFFICE,
    ),
    Permission("ratings.read", Words(zh="查看评价", en="read ratings"), STAFF),
)
