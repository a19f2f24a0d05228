from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "messages.send",
        Words(zh="发送消息", en="send messages"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
    ),
    Permission(
        "messages.manage",
        Words(zh="管理消息通道", en="manage message channels"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
