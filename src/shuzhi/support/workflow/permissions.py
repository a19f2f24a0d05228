from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

_EVERYBODY = frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR})

# Which step a person may take is said by the loop's actions; these say who takes part at all.
PERMISSIONS = (
    Permission("workflow.read", Words(zh="查看案卷", en="read dossiers"), _EVERYBODY),
    # A resident holds the seats of their own account only: what they asked for is theirs to answer or to take back.
    Permission("workflow.act", Words(zh="办理案卷", en="act on dossiers"), _EVERYBODY | {Role.RESIDENT}),
    # What is done about tasks and cases as part of one's work: in hand, by messages, with what comes of them.
    Permission("workflow.handle", Words(zh="经办任务", en="handle tasks"), _EVERYBODY),
    Permission(
        "workflow.mine", Words(zh="办理自己的办件", en="act on one's own cases"), frozenset({Role.RESIDENT})
    ),
    Permission(
        "workflow.open",
        Words(zh="发起案卷", en="open dossiers"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER}),
    ),
    Permission(
        "workflow.install",
        Words(zh="安装流程", en="install loops"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
