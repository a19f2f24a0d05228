from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission("matters.apply", Words(zh="办理事项", en="apply"), STAFF | {Role.RESIDENT}),
    Permission("matters.mine", Words(zh="查看自己的办件", en="see one's own cases"), frozenset({Role.RESIDENT})),
    Permission("matters.receive", Words(zh="窗口收件", en="take in cases at the window"), STAFF),
    Permission(
        "matters.read",
        Words(zh="查看办件", en="read cases"),
        STAFF | {Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR},
    ),
    Permission(
        "matters.see", Words(zh="查看本部门办件内容", en="see the office's cases"), STAFF | {Role.LEADER}, Scope.OWN_OFFICE
    ),
    Permission("matters.handle", Words(zh="受理与补正", en="accept cases"), STAFF, Scope.OWN_OFFICE),
    Permission("matters.decide", Words(zh="作出决定", en="decide cases"), STAFF, Scope.OWN_OFFICE),
    Permission(
        "matters.report", Words(zh="报送自建系统办件", en="report cases handled elsewhere"), STAFF, Scope.OWN_OFFICE
    ),
)  # fmt: skip
