from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "audit.read",
        Words(zh="查看审计日志", en="read the audit log"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR, Role.LEADER}),
    ),
    Permission(
        "audit.subject",
        Words(zh="查询某人、某企业的数据被谁看过", en="ask who saw the data of a person or firm"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    # Which entries: `log.receipts` decides by the offices that took part.
    Permission(
        "audit.receipt", Words(zh="领取审计回执", en="fetch a receipt of an audit entry"), frozenset(Role)
    ),
    Permission(
        "keys.rotate",
        Words(zh="轮换密钥", en="rotate keys"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
