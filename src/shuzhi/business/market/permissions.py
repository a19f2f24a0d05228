from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "market.record",
        Words(zh="代办授权", en="record consents for others"),
        frozenset({Role.BUREAU, Role.DATA_OFFICER}),
    ),
    Permission("market.bind", Words(zh="开立数据账户", en="open data accounts"), frozenset({Role.BUREAU})),
    Permission(
        "market.clients",
        Words(zh="登记外部系统", en="admit outside systems"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
