from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "packs.install",
        Words(zh="安装应用包", en="install packs"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "packs.read",
        Words(zh="查看应用包", en="see the installed packs"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
)
