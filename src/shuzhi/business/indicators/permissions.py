from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

EVERYONE = frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR})

PERMISSIONS = (
    Permission("indicators.read", Words(zh="查看指标", en="read indicators"), EVERYONE),
    Permission(
        "indicators.compute",
        Words(zh="计算指标", en="compute indicators"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
)
