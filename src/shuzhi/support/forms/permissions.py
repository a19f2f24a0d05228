from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR})

PERMISSIONS = (
    Permission("forms.install", Words(zh="安装表单", en="install forms"), frozenset({Role.ADMINISTRATOR})),
    Permission("forms.fill", Words(zh="填写表单", en="fill in forms"), STAFF | {Role.RESIDENT}),
    Permission("forms.work", Words(zh="填写经办表单", en="fill in forms of one's tasks"), STAFF),
    Permission(
        "forms.assist",
        Words(zh="在窗口代填表单", en="fill in forms for others at a window"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER}),
    ),
    Permission(
        "forms.read",
        Words(zh="查看提交的表单", en="read submitted forms"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
)
