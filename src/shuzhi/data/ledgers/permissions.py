from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "ledgers.load",
        Words(zh="导入台账样例", en="load samples into ledgers"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
