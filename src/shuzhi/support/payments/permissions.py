from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

STAFF = frozenset({Role.DATA_OFFICER, Role.APPROVER})

PERMISSIONS = (
    Permission(
        "payments.read",
        Words(zh="查看收付款", en="read payments"),
        STAFF | {Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR},
    ),
    Permission("payments.see", Words(zh="查看订单明细", en="see orders"), STAFF, Scope.OWN_OFFICE),
    Permission("payments.place", Words(zh="开立订单", en="place orders"), STAFF, Scope.OWN_OFFICE),
    Permission(
        "payments.pay_out", Words(zh="拨付", en="pay out"), frozenset({Role.APPROVER}), Scope.OWN_OFFICE
    ),
    Permission(
        "payments.refund", Words(zh="退款", en="refund"), frozenset({Role.APPROVER}), Scope.OWN_OFFICE
    ),
    Permission(
        "payments.reconcile", Words(zh="支付对账", en="reconcile payments"), STAFF | {Role.ADMINISTRATOR}
    ),
)
