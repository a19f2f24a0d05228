from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission("halls.read", Words(zh="查看大厅", en="look at halls"), STAFF | {Role.BUREAU, Role.LEADER}),
    Permission("halls.serve", Words(zh="窗口叫号、办理", en="call numbers and serve at a window"), STAFF),
    Permission("halls.book", Words(zh="预约取号", en="book a time"), frozenset({Role.RESIDENT})),
)
