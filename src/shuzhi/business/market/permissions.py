from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "market.record",
        Words(zh="代办授权", en="record consents for others"),
        frozenset({Role.BUREAU, Role.DATA_OFFICER}),
    ),
    Permission("market.bind", Words(zh="开立数据账户", en="open data accounts"), frozenset({Role.BUREAU})),
    Permission(
        "market.read",
        Words(zh="查看授权与删除情况", en="see consents and deletions"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
    ),
    Permission(
        "market.trade",
        Words(zh="查看数据产品与结算", en="see data products and statements"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
    ),
    Permission(
        "market.settle",
        Words(zh="签订合同、结算数据产品", en="sell and settle data products"),
        frozenset({Role.APPROVER, Role.BUREAU, Role.SYSTEM}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "market.dispute",
        Words(zh="对结算单提出异议", en="object to statements"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "market.clients",
        Words(zh="登记外部系统", en="admit outside systems"),
        frozenset({Role.ADMINISTRATOR}),
    ),
)
