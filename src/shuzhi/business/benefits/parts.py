from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.benefits.services.installing import budget_refusal, install_policy, retire_policy
from shuzhi.business.benefits.types import TOLD_FACTS, PolicyDeclaration
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install(declaration: Declaration[PolicyDeclaration], installation: Installation) -> None:
    """Make the policy and its budget what the pack says."""
    install_policy(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire(old: PolicyDeclaration, installation: Installation) -> None:
    """Find nobody more by it."""
    retire_policy(policy=old.policy, by=installation.by, at=installation.at)


def dry_run(old: PolicyDeclaration | None, new: PolicyDeclaration | None) -> Iterable[Change]:
    """A budget that falls below what is reserved or paid refuses the upgrade."""
    del old
    refusal = budget_refusal(new) if new is not None else None
    if new is not None and refusal is not None:
        said = Words(zh=refusal.message_zh, en=str(refusal))
        yield Change(folder="policies", id=new.policy, kind="changed", said=said, refuses=True)


def check(declarations: Sequence[Declaration[PolicyDeclaration]], known: Known) -> Iterable[Finding]:
    """Office, register and rules exist; the priority goes by inputs of the rule; the cap is within the budget."""
    for declaration in declarations:
        yield from _unknown(declaration, known)
        yield from _contradictions(declaration)
        yield from _told(declaration, known)


def _unknown(declaration: Declaration[PolicyDeclaration], known: Known) -> Iterable[Finding]:
    value = declaration.value
    asked = (
        ("offices", value.office, ("office",), "policy-office-unknown", "部门", "office"),
        (
            "registers",
            value.who.register_,
            ("who", "register"),
            "policy-register-unknown",
            "基础库",
            "register",
        ),
        ("rules", value.rule.rules, ("rule", "rules"), "policy-rules-unknown", "规则", "rules"),
    )
    for folder, name, place, rule, zh, en in asked:
        if not known.has(folder, name):
            yield _finding(declaration, place, rule, f"没有{zh} {name}", f"no {en} {name}")


def _told(declaration: Declaration[PolicyDeclaration], known: Known) -> Iterable[Finding]:
    """The templates are there, and speak of nothing that is not told on that occasion."""
    for tell, name in declaration.value.tells.items():
        template = known.value("messages", name)
        if template is None:
            yield _finding(
                declaration, ("tells", tell.value), "policy-template-unknown",
                f"没有消息模板 {name}", f"no message template {name}",
            )  # fmt: skip
            continue
        beyond = sorted(set(template.fields) - TOLD_FACTS[tell])
        if beyond:
            yield _finding(
                declaration, ("tells", tell.value), "policy-template-fields",
                f"消息模板 {name} 用到这里没有的 {'、'.join(beyond)}",
                f"the template {name} speaks of {', '.join(beyond)}, which is not told here",
            )  # fmt: skip


def _contradictions(declaration: Declaration[PolicyDeclaration]) -> Iterable[Finding]:
    value = declaration.value
    for index, one in enumerate(value.priority):
        if one.input not in value.rule.inputs:
            yield _finding(
                declaration, ("priority", index), "policy-priority-unknown",
                f"排序依据 {one.input} 不是规则的输入", f"the priority's {one.input} is no input of the rule",
            )  # fmt: skip
    if value.cap > value.budget:
        yield _finding(
            declaration, ("cap",), "policy-cap-over-budget", "单户上限高于预算", "the cap is above the budget"
        )


def _finding(
    declaration: Declaration[PolicyDeclaration], place: tuple[str | int, ...], rule: str, zh: str, en: str
) -> Finding:
    return Finding(
        file=str(declaration.file), line=declaration.line(*place), rule=rule, message=Words(zh=zh, en=en),
        advice=ADVICE[rule],
    )  # fmt: skip


ADVICE = {
    "policy-office-unknown": Words(zh="写节点包里已声明的部门", en="name an office that a pack declares"),
    "policy-register-unknown": Words(zh="写已声明的基础库，并在 needs 中写出它的包", en="name a register that a pack declares, and its pack under needs"),
    "policy-rules-unknown": Words(zh="写 rules 下的规则文件名", en="name a rule file under rules"),
    "policy-priority-unknown": Words(zh="从 rule.inputs 的名称里选", en="choose a name from rule.inputs"),
    "policy-template-unknown": Words(zh="写 messages 下的模板名，并在 needs 中写出它的包", en="name a template under messages, and its pack under needs"),
    "policy-template-fields": Words(zh="found、waiting、paid、returned 可用 policy、name、amount、reason；appeal 可用 policy、decision、reason、dossier", en="found, waiting, paid, returned tell policy, name, amount, reason; appeal tells policy, decision, reason, dossier"),
    "policy-cap-over-budget": Words(zh="改小 cap，或改大 budget", en="lower the cap or raise the budget"),
}  # fmt: skip
POLICIES = Part(
    folder="policies",
    schema=PolicyDeclaration,
    key="policy",
    install=install,
    check=check,
    dry_run=dry_run,
    retire=retire,
    advice=ADVICE,
)
