"""What a request is: its class by the desk's decision, and whether it is a matter that is known already."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from decimal import Decimal

from shuzhi.business.incidents.types import Classified, DeskDeclaration
from shuzhi.foundation.clock import day_of
from shuzhi.support.decisions.queries import installed_rules

TELLING = 400


def classify(desk: DeskDeclaration, *, subject: str, said: str, place: str, at: datetime) -> Classified:
    """Category, office, urgency and working days by the desk's table; what the table leaves out stays at the desk."""
    rules = installed_rules(desk.rules)
    given = {"内容": f"{subject}\n{said}"[:4000], "地点": place or "—"}
    value = rules.decide(desk.decision, given, as_of=day_of(at), at=at).value
    found = value if isinstance(value, dict) else {}
    return Classified(
        category=str(found.get("类别") or "其他"),
        office=str(found.get("部门") or "") or desk.office,
        urgency=str(found.get("紧急程度") or "一般"),
        working_days=int(Decimal(str(found.get("工作日") or 5))),
    )


def matter_of(*, subject: str, said: str, place: str) -> str:
    """The same for the same words about the same place, whatever their spaces, widths and marks."""
    told = "\n".join(_bare(each)[:TELLING] for each in (subject, said, place))
    return hashlib.sha256(told.encode()).hexdigest()


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())
