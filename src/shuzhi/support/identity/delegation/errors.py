from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchDelegation(PlatformError):
    """There is no such delegation, or it is over."""

    code = "identity.no_such_delegation"
    http_status = 404
    zh = "没有这项代办授权，或已经解除。"


class CodeNotRight(PlatformError):
    """This code is wrong, was used or is too old, or it is meant for somebody of another name."""

    code = "identity.delegation_code_not_right"
    http_status = 422
    zh = "授权码不对、已用过或已过期，或授权书上的姓名与您的账号不一致。"


class ScopeNotRight(PlatformError):
    """The period must begin by its last day and last {most} days at most, and must not be over."""

    code = "identity.delegation_scope"
    http_status = 422
    zh = "期限不对：开始日不晚于结束日，结束日未过，最长 {most} 天。"


class NotProven(PlatformError):
    """Prove first at a counter {what}."""

    code = "identity.not_proven"
    http_status = 403
    zh = "请先到窗口核验{what_zh}。"


class NotForOneself(PlatformError):
    """Nobody is their own agent or guardian."""

    code = "identity.delegation_to_oneself"
    http_status = 422
    zh = "不能把自己的事委托给自己。"


class NotAMinor(PlatformError):
    """{title} is of age; a guardian of a minor acts until the eighteenth birthday."""

    code = "identity.not_a_minor"
    http_status = 422
    zh = "{title} 已满十八周岁，不属于未成年人。"


class NumberNotRight(PlatformError):
    """This is no resident identity number."""

    code = "identity.number_not_right"
    http_status = 422
    zh = "公民身份号码不对，请核对 18 位。"


class EvidenceMissing(PlatformError):
    """Write the name of the delegate and of the person, and what proves the guardianship."""

    code = "identity.evidence_missing"
    http_status = 422
    zh = "请填写双方姓名和监护关系凭据（户口簿、出生医学证明、判决书编号等）。"


class NotActing(PlatformError):
    """You may not act for this person or firm: the delegation is not in force, or was ended."""

    code = "identity.not_acting"
    http_status = 403
    zh = "您不能代为办理：授权未生效、已到期或已解除。"
