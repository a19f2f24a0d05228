from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "registers.read",
        Words(zh="查看基础库", en="read registers"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER}),
    ),
    Permission(
        "registers.build",
        Words(zh="生成基础库", en="build registers"),
        frozenset({Role.BUREAU}),
    ),
)
