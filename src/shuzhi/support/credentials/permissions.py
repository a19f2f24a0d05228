from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

CLERKS = frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU})

PERMISSIONS = (
    Permission(
        "credentials.read",
        Words(zh="查看电子证照", en="look at credentials"),
        CLERKS | {Role.LEADER},
    ),
    Permission(
        "credentials.issue", Words(zh="签发电子证照", en="issue credentials"), CLERKS, Scope.OWN_OFFICE
    ),
    Permission(
        "credentials.end",
        Words(zh="中止、恢复或吊销电子证照", en="suspend, resume or revoke credentials"),
        frozenset({Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission("credentials.ask", Words(zh="免证办调用电子证照", en="ask for credentials"), CLERKS),
    Permission("credentials.scan", Words(zh="核验一码通", en="check codes"), CLERKS | {Role.LEADER}),
)
