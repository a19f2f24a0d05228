from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "mediator.clients",
        Words(zh="登记外部系统", en="admit outside systems"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
