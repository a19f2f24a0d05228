from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "audit.read",
        Words(zh="查看审计日志", en="read the audit log"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR, Role.LEADER}),
    ),
)
