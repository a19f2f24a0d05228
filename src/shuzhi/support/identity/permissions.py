from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "identity.open_account",
        Words(zh="开立账号", en="open accounts"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "identity.close_account",
        Words(zh="关闭账号", en="close accounts"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
