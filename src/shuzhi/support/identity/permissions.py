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
    Permission(
        "identity.lift_pause",
        Words(zh="解除登录限制", en="lift pauses of signing in"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "identity.end_sessions",
        Words(zh="结束他人的登录", en="end others' sessions"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "identity.manage_accounts",
        Words(zh="管理账号", en="manage accounts"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "identity.note_proof",
        Words(zh="登记实名认证", en="note proven identities"),
        frozenset({Role.ADMINISTRATOR, Role.BUREAU}),
    ),
    Permission(
        "identity.own_account",
        Words(zh="管理本人账号", en="keep one's own account"),
        frozenset({Role.RESIDENT}),
    ),
    Permission(
        "identity.delegate",
        Words(zh="授权代办、接受代办、解除代办", en="give, accept and end delegations"),
        frozenset({Role.RESIDENT, Role.BUREAU, Role.APPROVER}),
    ),
    Permission(
        "identity.note_guardian",
        Words(zh="登记监护关系", en="note guardians"),
        frozenset({Role.BUREAU, Role.APPROVER}),
    ),
)
