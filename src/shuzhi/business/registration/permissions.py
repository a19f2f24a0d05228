from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "registration.offer",
        Words(zh="向外部系统开放服务", en="offer services to outside systems"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
