from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "exchange.read",
        Words(zh="查看接口与订阅", en="see interfaces and subscriptions"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
    Permission(
        "exchange.propose",
        Words(zh="编制接口", en="propose an interface"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "exchange.publish",
        Words(zh="发布接口", en="publish an interface"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exchange.request",
        Words(zh="申请使用接口", en="request the use of an interface"),
        frozenset({Role.DATA_OFFICER}),
        Scope.OWN_OFFICE,
    ),
    # Without the bureau: whoever approves a request must not also hold its secret.
    Permission(
        "exchange.collect",
        Words(zh="领取或更换密钥", en="collect or renew a credential"),
        frozenset({Role.DATA_OFFICER}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exchange.revoke",
        Words(zh="撤销订阅", en="revoke a subscription"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exchange.nodes",
        Words(zh="管理对端节点", en="look after other nodes"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "exchange.limit",
        Words(zh="限定订阅的范围", en="limit a subscription"),
        frozenset({Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exchange.redeliver",
        Words(zh="重新推送未送达的变更", en="push again what never arrived"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    # At once and without approval: what a sandbox gives is made up.
    Permission(
        "exchange.sandbox",
        Words(zh="领取沙箱密钥", en="get a sandbox key"),
        frozenset({Role.DATA_OFFICER}),
        Scope.OWN_OFFICE,
    ),
)
