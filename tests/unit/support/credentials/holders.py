"""Kinds, clerks and holders for the tests of credentials. All persons are invented."""

from __future__ import annotations

from datetime import UTC, datetime

from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.credentials import services
from shuzhi.support.credentials.types import KindDeclaration

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MOTHER, OTHER = "330102199003078803", "330102198506153313"
OFFICE = "health-commission"
PLATFORM = system("test")
CLERK = Actor("account/clerk", "许医", OFFICE, roles=frozenset({Role.APPROVER}))
INSPECTOR = Actor("account/inspector", "王查", "education", roles=frozenset({Role.DATA_OFFICER}))
LEADER = Actor("account/leader", "吴机", "education", roles=frozenset({Role.LEADER}))
HOLDER = Actor("account/mother", "林一", None, roles=frozenset({Role.RESIDENT}))
KIND = {
    "credential": "birth-certificate",
    "title": {"zh": "出生医学证明", "en": "Birth certificate"},
    "office": OFFICE,
    "subject": "person",
    "prefix": "CSYX",
    "fields": [
        {"id": "child", "title": {"zh": "新生儿姓名", "en": "Child"}, "code": True},
        {
            "id": "born_on",
            "title": {"zh": "出生日期", "en": "Born on"},
            "type": "date",
            "grade": "L2",
            "code": True,
        },
        {
            "id": "weight",
            "title": {"zh": "体重（克）", "en": "Weight (g)"},
            "type": "integer",
            "required": False,
        },
        {"id": "hospital", "title": {"zh": "助产机构", "en": "Hospital"}, "grade": "L1", "mask": "none"},
    ],
    "validity": {"days": 3650},
    "text": {"zh": "兹证明{child}于{born_on}出生。", "en": "{child} was born on {born_on}."},
    "basis": [{"title": "中华人民共和国母婴保健法 第二十三条", "since": "1995-06-01"}],
}
FACTS = {"child": "林小满", "born_on": "2026-11-20", "weight": 3250, "hospital": "杭州市第一人民医院"}


def install(**changes):
    kind = KindDeclaration.model_validate(KIND | changes)
    services.install_kind(declaration=kind, pack="test/births", by=PLATFORM, at=AT)
    return kind


def issue(subject=MOTHER, at=AT, **changes):
    return services.issue(
        kind="birth-certificate", subject=subject, office=OFFICE, facts=FACTS | changes, by=CLERK, at=at
    )
