from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "decisions.install",
        Words(zh="安装规则", en="install rules"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "decisions.read",
        Words(zh="查看和试用规则", en="read and try rules"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
    Permission(
        "decisions.replay",
        Words(zh="用数据推演规则改动", en="replay a changed rule over data"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
    ),
)
