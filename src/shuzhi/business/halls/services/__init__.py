from shuzhi.business.halls.services.booking import book, cancel, check_in
from shuzhi.business.halls.services.closing import close_days
from shuzhi.business.halls.services.installing import install_hall, retire_hall
from shuzhi.business.halls.services.looking_up import code_of, look_up
from shuzhi.business.halls.services.serving import (
    begin,
    call_next,
    finish,
    pass_over,
    put_back,
    recall,
    transfer,
)
from shuzhi.business.halls.services.taking import take_number

__all__ = [
    "begin", "book", "call_next", "cancel", "check_in", "close_days", "code_of", "finish", "install_hall", "look_up",
    "pass_over", "put_back", "recall", "retire_hall", "take_number", "transfer",
]  # fmt: skip
