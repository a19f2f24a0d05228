from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "decisions.install",
        Words(zh="安装规则", en="install rules"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
