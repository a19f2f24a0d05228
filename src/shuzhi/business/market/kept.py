"""What a forgetting leaves, and by which law (依法保留): told before the button is pressed, and after."""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class Kept:
    """A kind of record that stays, and why."""

    what: Words
    basis: Words


KEPT = (
    Kept(
        Words(zh="已经提交的申请和材料", en="what you have submitted, with its files"),
        Words(
            zh="《中华人民共和国档案法》第十三条、第十四条：办理政务服务形成的材料须归档",
            en="Archives Law, articles 13 and 14: files of public services are archived",
        ),
    ),
    Kept(
        Words(zh="缴费、退费和补助发放的账目", en="payments, refunds and subsidies in the books"),
        Words(
            zh="《中华人民共和国会计法》第二十三条、《会计档案管理办法》第十四条：会计凭证保管三十年",
            en="Accounting Law, article 23, and Measures on Accounting Archives, article 14: vouchers are kept thirty years",
        ),
    ),
    Kept(
        Words(zh="发给您的电子证照、向您作出的通知和评价记录", en="credentials issued to you, notices sent to you, ratings you gave"),
        Words(
            zh="《国务院关于在线政务服务的若干规定》第十条、第十二条：电子证照、电子档案与纸质具有同等效力，随办件归档",
            en="State Council rules on online public services, articles 10 and 12: electronic credentials and files count as paper ones and are archived",
        ),
    ),
    Kept(
        Words(zh="公开数据的申请、意见和应用案例", en="your requests, feedback and use cases of open data"),
        Words(
            zh="《中华人民共和国档案法》第十三条：申请与答复是政务活动的记录；公开处不显示提出人",
            en="Archives Law, article 13: requests and answers are records of public affairs; who asked is not shown",
        ),
    ),
    Kept(
        Words(zh="您给出和撤回授权的记录", en="the record of what you agreed to and withdrew"),
        Words(
            zh="《中华人民共和国个人信息保护法》第五十六条、第六十九条：处理情况记录至少保存三年，处理者须能证明没有过错",
            en="Personal Information Protection Law, articles 56 and 69: kept three years at least; who processes must prove it did right",
        ),
    ),
    Kept(
        Words(zh="谁在何时查过您的数据（只存加密散列，不含数据本身）", en="who looked at your data and when (keyed hashes, never the data)"),
        Words(
            zh="《中华人民共和国网络安全法》第二十三条：网络日志留存不少于六个月",
            en="Cybersecurity Law, article 23: logs are kept six months at least",
        ),
    ),
    Kept(
        Words(zh="基础库中各部门依法登记的您的信息", en="what offices have registered about you by law"),
        Words(
            zh="《中华人民共和国个人信息保护法》第十三条第三项：为履行法定职责所必需",
            en="Personal Information Protection Law, article 13 (3): needed for statutory duties",
        ),
    ),
    Kept(
        Words(zh="账号与实名核验结果", en="your account and the proof of who you are"),
        Words(
            zh="《中华人民共和国网络安全法》第二十六条：用户须提供真实身份信息；您注销账号时一并处理",
            en="Cybersecurity Law, article 26: users are known by their real identity; it ends with the account",
        ),
    ),
)  # fmt: skip
