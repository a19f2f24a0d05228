from shuzhi.support.payments.services.calling_back import take_callback
from shuzhi.support.payments.services.charging import (
    ask_after,
    begin_payment,
    close_order,
    close_overdue,
    use_till,
)
from shuzhi.support.payments.services.placing import pay_again, place_order, place_payout
from shuzhi.support.payments.services.receipting import give_receipt
from shuzhi.support.payments.services.reconciling import reconcile
from shuzhi.support.payments.services.refunding import refund
from shuzhi.support.payments.services.sending import bring_forward, send_payout, send_refund

__all__ = [
    "ask_after", "begin_payment", "bring_forward", "close_order", "close_overdue", "give_receipt", "pay_again", "place_order",
    "place_payout", "reconcile", "refund", "send_payout", "send_refund", "take_callback", "use_till",
]  # fmt: skip
