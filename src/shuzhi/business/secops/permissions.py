from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

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
    Permission(
        "secops.report",
        Words(zh="上报安全事件", en="report security incidents"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.LEADER, Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "secops.take_stock",
        Words(zh="盘点资产", en="take stock of assets"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "secops.review",
        Words(zh="复核资产", en="review assets"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "secops.grant_access",
        Words(zh="管理第三方访问", en="look after third parties' access"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Permission(
        "secops.drill", Words(zh="组织演练", en="hold drills"), frozenset({Role.BUREAU, Role.ADMINISTRATOR})
    ),
    Permission(
        "secops.assess",
        Words(zh="自评估", en="assess the platform"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
)
