from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchHall(PlatformError):
    """There is no hall {hall}."""

    code = "halls.no_such_hall"
    http_status = 404
    zh = "没有大厅 {hall}。"


class NoSuchQueue(PlatformError):
    """The hall has no queue {queue}."""

    code = "halls.no_such_queue"
    http_status = 404
    zh = "大厅没有队列 {queue}。"


class NoSuchWindow(PlatformError):
    """The hall has no window {window}."""

    code = "halls.no_such_window"
    http_status = 404
    zh = "大厅没有窗口 {window}。"


class NoSuchTicket(PlatformError):
    """There is no such ticket today."""

    code = "halls.no_such_ticket"
    http_status = 404
    zh = "今天没有这张号票。"


class HallClosed(PlatformError):
    """The hall is open from {opens} to {closes} on working days."""

    code = "halls.closed"
    http_status = 409
    zh = "大厅工作日 {opens} 至 {closes} 开放，现在不能取号。"


class WindowBusy(PlatformError):
    """This window still has {number}; finish it first."""

    code = "halls.window_busy"
    http_status = 409
    zh = "本窗口 {number} 号还没有办完，请先办结、过号或转出。"


class NobodyWaits(PlatformError):
    """Nobody waits for this window."""

    code = "halls.nobody_waits"
    http_status = 409
    zh = "没有等候的号票。"


class NotAtThisWindow(PlatformError):
    """The ticket is {state}; this can't be done with it here."""

    code = "halls.not_at_this_window"
    http_status = 409
    zh = "号票{state_zh}，本窗口不能这样办理。"


class CalledTooSeldom(PlatformError):
    """Call {number} at least twice before passing over it."""

    code = "halls.called_too_seldom"
    http_status = 409
    zh = "{number} 号至少叫两次才能过号。"


class CalledEnough(PlatformError):
    """{number} was called {calls} times; pass over it."""

    code = "halls.called_enough"
    http_status = 409
    zh = "{number} 号已叫 {calls} 次，请过号。"


class SlotTaken(PlatformError):
    """This time is not to be had: full, over, or none of the hall's."""

    code = "halls.slot_taken"
    http_status = 409
    zh = "这个时段约满了、已过，或不在可约范围。"


class BookedAlready(PlatformError):
    """You have an appointment in this hall on that day already."""

    code = "halls.booked_already"
    http_status = 409
    zh = "您当天在这个大厅已有预约。"


class AppointmentNotRight(PlatformError):
    """No appointment of today has this code, or it was used; come within {minutes} minutes of its time."""

    code = "halls.appointment_not_right"
    http_status = 422
    zh = "没有这个预约码的当天预约，或已取过号；请在预约时间前后 {minutes} 分钟内取号。"


class MoreThanEnough(PlatformError):
    """This kiosk gave out many numbers just now; wait a moment, or ask at the desk."""

    code = "halls.more_than_enough"
    http_status = 429
    zh = "刚才取号太多，请稍候再取，或到咨询台。"


class NotOfThisHall(PlatformError):
    """Clerks of the hall's own offices serve at its windows."""

    code = "halls.not_of_this_hall"
    http_status = 403
    zh = "只有进驻本大厅部门的工作人员可以在窗口办理。"


class ProofWrong(PlatformError):
    """Number and proof don't belong together; look at the receipt."""

    code = "halls.proof_wrong"
    http_status = 422
    zh = "编号与查询码（或身份证后六位）不相符，请核对回执。"


class TooManyProofs(PlatformError):
    """This case was tried too often today; sign in, or ask at the desk."""

    code = "halls.too_many_proofs"
    http_status = 429
    zh = "今天查询此件有误次数过多，请登录查看，或到咨询台。"
