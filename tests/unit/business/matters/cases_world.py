"""A node with one instant matter, its rule, register and credential as their pack declares them, and people in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from shuzhi.business.matters.library import services as library
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.data.registers import models as registers
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.credentials import services as credentials
from shuzhi.support.credentials.types import KindDeclaration
from shuzhi.support.decisions import services as decisions
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.types import RulesDeclaration
from shuzhi.support.identity import services as identity
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

ROOT = Path(__file__).resolve().parents[4]
PACK = ROOT / "packs/people/income-proof"
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, ten in the morning in China
PLATFORM = system("test")
CLERK = Actor("account/hr", "孙悦", "human-resources", roles=frozenset({Role.DATA_OFFICER}))
COLLEAGUE = Actor("account/hr2", "周平", "human-resources", roles=frozenset({Role.APPROVER}))
STRANGER = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.DATA_OFFICER}))
BUREAU = Actor("account/bureau", "李局", "data-bureau", roles=frozenset({Role.BUREAU}))
ZHAO, QIAN = "11010519491231002X", "110105194912310046"
INCOME = "income-proof"


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def install(**changes: Any) -> MatterDeclaration:
    """Rule, register, credential, loops and the matter, with something else in it."""
    content = (PACK / "rules/income-proof.dmn").read_bytes()
    digest = read_rulebook([("r.dmn", content)]).sound().digest
    rules = RulesDeclaration(rules=INCOME, digest=digest, files=(("r.dmn", content),))
    decisions.install_rules(declaration=rules, pack="test/test", by=PLATFORM, at=AT)
    declared = yaml_of(PACK / "registers/income.yaml") | {"sources": []}
    registers.Register.objects.update_or_create(
        id="income", defaults={"declared": declared, "pack": "test/test"}
    )
    kind = KindDeclaration.model_validate(yaml_of(PACK / "credentials/income-proof.yaml"))
    credentials.install_kind(declaration=kind, pack="test/test", by=PLATFORM, at=AT)
    for name in ("case-objection", "commitment-check"):
        loop = LoopDeclaration.model_validate(yaml_of(ROOT / f"packs/platform/governance/loops/{name}.yaml"))
        loops.install_loop(declaration=loop, pack="test/test", by=PLATFORM, at=AT)
    said = yaml_of(PACK / "matters/income-proof.yaml") | changes
    matter = MatterDeclaration.model_validate(said)
    library.install_matter(declaration=matter, pack="test/test", by=PLATFORM, at=AT)
    return matter


def put(number: str, *, income: str | None = "9500", employer: str | None = "杭州甲餐饮有限公司") -> None:
    """A record of the register."""
    golden = {"resident_id": number, "name": "赵一", "employer": employer, "monthly_income": income}
    row, _ = registers.Entity.objects.update_or_create(
        id=f"E{number}",
        defaults={
            "register": "income", "label": "赵一", "label_sort": "zhao", "golden": golden, "provenance": {},
            "updated_at": AT,
        },
    )  # fmt: skip
    registers.Identifier.objects.get_or_create(
        register="income", scheme="resident_id", value=number, entity=row
    )


def resident(number: str = ZHAO, username: str = "zhao") -> Actor:
    """Somebody's own account, which has proven their number."""
    actor = identity.open_account(
        username=username, person=username, office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=None, by=PLATFORM, at=AT,
    )  # fmt: skip
    identity.note_proof(username=username, scheme="resident_id", value=number, by=PLATFORM, at=AT)
    return actor


REVIEWED: dict[str, Any] = {
    "handling": {"loop": "plain-review"},
    "materials": [{"id": "letter", "title": {"zh": "申请书", "en": "Letter"}, "source": "upload"}],
    "time": {"promised_days": 5},
    "result": None,
    "commitment": {"allowed": True, "checked_within_days": 10},
}
REVIEW_LOOP: dict[str, Any] = {
    "loop": "plain-review",
    "title": {"zh": "审查", "en": "Review"},
    "start": "open",
    "states": [
        {"id": "open", "title": {"zh": "审查中", "en": "Open"}},
        {"id": "granted", "title": {"zh": "同意", "en": "Granted"}, "final": True},
        {"id": "refused", "title": {"zh": "不同意", "en": "Refused"}, "final": True},
        {"id": "withdrawn", "title": {"zh": "撤回", "en": "Withdrawn"}, "final": True},
    ],
    "due": {"working_days": 5},
    "actions": [
        {"id": "agree", "title": {"zh": "同意", "en": "Agree"}, "from": ["open"], "to": "granted", "by": {"who": "office"}},
        {"id": "refuse", "title": {"zh": "不同意", "en": "Refuse"}, "from": ["open"], "to": "refused", "by": {"who": "office"}, "needs": ["note"]},
        {"id": "withdraw", "title": {"zh": "撤回", "en": "Withdraw"}, "from": ["open"], "to": "withdrawn", "by": {"who": "office"}, "optional": True},
    ],
}  # fmt: skip


def install_reviewed(**changes: Any) -> MatterDeclaration:
    """The same matter, reviewed by people in a loop."""
    loops.install_loop(
        declaration=LoopDeclaration.model_validate(REVIEW_LOOP), pack="test/test", by=PLATFORM, at=AT
    )
    return install(**{**REVIEWED, **changes})
