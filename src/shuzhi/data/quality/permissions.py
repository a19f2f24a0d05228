from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "quality.read",
        Words(zh="查看数据质量", en="read quality"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
    Permission(
        "quality.check",
        Words(zh="执行质量检查", en="check quality"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
)
