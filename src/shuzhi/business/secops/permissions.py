from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "secops.read",
        Words(zh="查看安全事件", en="read security incidents"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "secops.handle",
        Words(zh="处置安全事件", en="handle security incidents"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "secops.scan", Words(zh="扫描异常访问", en="scan for unusual access"), frozenset({Role.ADMINISTRATOR})
    ),
)
