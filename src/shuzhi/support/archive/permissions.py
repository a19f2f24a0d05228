from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission(
        "archive.list",
        Words(zh="查看档案目录", en="list archived cases"),
        STAFF | {Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR},
    ),
    Permission("archive.read", Words(zh="利用档案", en="read archived cases"), STAFF, Scope.OWN_OFFICE),
    Permission("archive.file", Words(zh="归档", en="archive cases"), STAFF, Scope.OWN_OFFICE),
    Permission("archive.propose", Words(zh="提出销毁", en="propose to destroy"), STAFF, Scope.OWN_OFFICE),
    Permission(
        "archive.destroy",
        Words(zh="批准销毁", en="approve to destroy"),
        frozenset({Role.APPROVER}),
        Scope.OWN_OFFICE,
    ),
)
