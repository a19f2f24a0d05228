"""The terms of use (使用协议) of data that are open on conditions: one text, whose hash is what was agreed to."""

from __future__ import annotations

import hashlib

from shuzhi.foundation.words import Words

TERMS = (
    Words(
        zh="只用于申请时写明的用途；改变用途要重新申请。",
        en="Use it for the purpose you named, and ask anew for any other.",
    ),
    Words(
        zh="不转交他人，不与其他数据拼接来识别个人或者单个企业。",
        en="Hand it to nobody, and join it with nothing to find out single persons or firms.",
    ),
    Words(
        zh="按约定期限使用；到期、被收回后不再调用，已取得的明细予以删除。",
        en="Use it until the day agreed; when it ends or is revoked, delete the rows you have.",
    ),
    Words(
        zh="发现可能泄露个人信息、商业秘密的，立即停用并告知提供单位。",
        en="When it may give away persons or trade secrets, stop and tell its publisher at once.",
    ),
    Words(zh="用完后提交使用报告。", en="Report on the use when it is done."),
)


def hash_of_terms() -> str:
    """What identifies the text that was agreed to."""
    return hashlib.sha256("\n".join(f"{each.zh}\n{each.en}" for each in TERMS).encode()).hexdigest()
