"""Acts about somebody's data as a person reads them (谁看过我的数据): the act, the fields, the outcome, in words."""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.data.exchange import queries as exchange
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.queries import LoggedAct
from shuzhi.support.credentials import queries as credentials
from shuzhi.terminals.design.types import Cell, Row, Said
from shuzhi.terminals.staff.acts import WORK

ACTS = {
    "exchange.called": Said("查询", "Looked up"),
    "exchange.refused": Said("查询", "Looked up"),
    "exchange.sent": Said("转往其他节点查询", "Asked of another node"),
    "exchange.filed": Said("批量文件", "In a file"),
    "exchange.pushed": Said("变更推送", "Told of a change"),
    "registers.read": Said("查看记录", "Record read"),
    "ledgers.records_read": Said("查看台账", "Ledger read"),
    "audit.subject_asked": Said("查询谁看过", "Asked who looked"),
    "archive.filed": Said("办件归档", "Case archived"),
    "market.account_bound": Said("开立数据账户", "Data account opened"),
    "market.individual_registered": Said("登记身份", "Identity registered"),
    "market.consents_read": Said("查看授权", "Consents read"),
    "market.consent_given": Said("授权", "Consent given"),
    "market.consent_withdrawn": Said("撤回授权", "Consent withdrawn"),
    "market.deletion_asked": Said("通知部门删除", "An office was told to delete"),
    "market.deletion_confirmed": Said("部门答复删除", "An office answered"),
    "market.forgotten": Said("遗忘", "Forgotten"),
    "identity.proof_noted": Said("核验身份", "Identity proven"),
    "identity.delegation_given": Said("授权他人代办", "Somebody was let act"),
    "identity.delegation_accepted": Said("接受代办授权", "Acting for somebody accepted"),
    "identity.delegation_ended": Said("解除代办授权", "Acting for somebody ended"),
    "identity.guardian_noted": Said("登记监护人", "Guardian noted"),
    "identity.acting_begun": Said("开始代办", "Acting for you began"),
    "forms.opened": Said("打开表单", "Form opened"),
    "forms.saved": Said("保存草稿", "Draft saved"),
    "forms.carried_over": Said("草稿转到新版表单", "Draft carried over"),
    "forms.withdrawn": Said("放弃草稿", "Draft given up"),
    "forms.forgotten": Said("删除草稿", "Draft forgotten"),
    "messages.accepted": Said("发送消息", "Message sent"),
    "messages.contact_kept": Said("登记联系方式", "Contact noted"),
    "messages.contact_forgotten": Said("删除联系方式", "Contact forgotten"),
    "credentials.issued": Said("签发电子证照", "Credential issued"),
    "credentials.turned": Said("证照状态变更", "Credential's state changed"),
    "credentials.asked": Said("申请调用证照", "Asked for a credential"),
    "credentials.agreed": Said("同意调用证照", "Use of a credential agreed"),
    "credentials.refused": Said("不同意调用证照", "Use of a credential refused"),
    "credentials.used": Said("调用证照", "Credential used"),
    "credentials.code_read": Said("核验一码通", "Code checked"),
    "credentials.code_chosen": Said("设置一码通", "Code set up"),
}
OUTCOMES = {
    "answered": Said("已提供", "Given"),
    "sent": Said("已送出", "Sent"),
    "refused": Said("已拒绝", "Refused"),
    "done": Said("完成", "Done"),
}
NOBODY = Said("平台或本人", "The platform or you")


def act_title(action: str) -> Said:
    """What was done, in words: of a step that has no word of its own, the room's work."""
    return ACTS.get(action) or WORK.get(action.partition(".")[0]) or Said("其他处理", "Other work")


def row_of(act: LoggedAct, offices: Mapping[str, Words]) -> Row:
    """One act as a line of the table."""
    office = offices.get(act.office) if act.office else None
    return Row(
        {
            "at": act.at,
            "who": Said(office.zh, office.en) if office else act.office or NOBODY,
            "what": Cell(act_title(act.action), under=_seen(act)),
            "why": Cell(act.purpose or "—", under=act.basis or ""),
            "outcome": OUTCOMES.get(act.outcome) or act.outcome,
        }
    )


def _seen(act: LoggedAct) -> Said | str:
    """Which fields it was about, as their register or credential calls them."""
    names = act.facts.get("fields")
    if not isinstance(names, list) or not names:
        return ""
    titles = _titles(act.target)
    found = [titles.get(str(name)) or Words(zh=str(name), en=str(name)) for name in names]
    return Said("、".join(one.zh for one in found), ", ".join(one.en or one.zh for one in found))


def _titles(target: str) -> Mapping[str, Words]:
    kind, _, name = target.partition("/")
    try:
        if kind == "credential":
            return {each.id: each.title for each in credentials.kind_of(name).fields}
        if kind == "interface":
            declared = registers.declaration(exchange.interface(name).declaration.register_)
            return {each.id: each.name for each in declared.fields}
    except PlatformError:  # it is gone; the log is not
        return {}
    return {}
