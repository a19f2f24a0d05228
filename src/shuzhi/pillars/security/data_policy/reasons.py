"""The rules by which something is given or withheld, each with the law it rests on."""

from __future__ import annotations

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.types import Reason

_PERSONAL, _SECURITY, _PUBLIC = (
    "中华人民共和国个人信息保护法",
    "中华人民共和国数据安全法",
    "浙江省公共数据条例",
)


def _reason(rule: str, zh: str, en: str, law: str) -> Reason:
    return Reason(rule, Words(zh=zh, en=en), law)


CLEARED = _reason(
    "cleared", "分级在读者权限之内", "graded within the reader's clearance", f"{_SECURITY} 第二十一条"
)
MASKED = _reason(
    "masked",
    "分级高于读者权限，脱敏后给出",
    "graded above the reader's clearance: masked",
    f"{_PERSONAL} 第五十一条",
)
NO_MASK = _reason(
    "no-mask",
    "分级高于读者权限，且没有可用的脱敏方式",
    "graded above the reader's clearance, and no mask fits",
    f"{_PERSONAL} 第五十一条",
)
CORE = _reason(
    "never-this-way",
    "这一级的数据不走这个出口",
    "data of this grade never leave this way",
    f"{_SECURITY} 第二十一条",
)
UNKNOWN_FIELD = _reason(
    "unknown-field", "策略里没有这个字段", "the policy knows no such field", f"{_SECURITY} 第二十一条"
)
UNKNOWN_CHANNEL = _reason(
    "unknown-channel", "没有登记过的出口", "a way out that is not registered", f"{_SECURITY} 第二十七条"
)
REFUSED = _reason(
    "channel-refused", "声明不得走这个出口", "declared never to leave this way", f"{_SECURITY} 第二十七条"
)
OUT_OF_TIME = _reason(
    "out-of-time", "不在允许使用的时间内", "outside the time in which it may be used", f"{_PERSONAL} 第十九条"
)
NO_PURPOSE = _reason(
    "no-purpose", "没有写明用途或依据", "no purpose or no basis is stated", f"{_PERSONAL} 第六条"
)
OTHER_PURPOSE = _reason(
    "other-purpose", "用途不在允许的范围内", "the purpose is not among those allowed", f"{_PERSONAL} 第六条"
)
ROLE = _reason(
    "role", "岗位不在允许的范围内", "the reader's role is not among those allowed", f"{_PERSONAL} 第五十一条"
)
NO_CONSENT = _reason(
    "no-consent",
    "需要本人同意，而没有",
    "the person's consent is needed and not there",
    f"{_PERSONAL} 第十三条",
)
NOT_OPEN = _reason("not-open", "没有声明可以开放", "not declared open", _PUBLIC)
