"""A matter made for tests."""

from __future__ import annotations

from typing import Any

from shuzhi.business.matters.types import MatterDeclaration

LICENCE: dict[str, Any] = {
    "matter": "food-licence",
    "title": {"zh": "食品经营许可", "en": "Food licence"},
    "summary": {"zh": "开饭店先办证。", "en": "Before a restaurant opens."},
    "aliases": ["开饭店"],
    "subjects": ["firm"],
    "office": "market-regulation",
    "basis": [{"title": "某法", "since": "2020-01-01"}],
    "situations": [
        {
            "id": "place",
            "question": {"zh": "店面是谁的", "en": "Whose premises"},
            "choices": [
                {"id": "own", "title": {"zh": "自有", "en": "Own"}},
                {"id": "rented", "title": {"zh": "租用", "en": "Rented"}},
            ],
        },
        {
            "id": "term",
            "question": {"zh": "租期多长", "en": "How long"},
            "choices": [
                {"id": "short", "title": {"zh": "一年内", "en": "Up to a year"}},
                {"id": "long", "title": {"zh": "一年以上", "en": "Longer"}},
            ],
            "when": 'place = "rented"',
        },
    ],
    "materials": [
        {"id": "licence", "title": {"zh": "营业执照", "en": "Licence"}, "source": "register", "field": "legal-entity.uscc"},
        {"id": "plan", "title": {"zh": "平面图", "en": "Plan"}, "source": "upload"},
        {"id": "lease", "title": {"zh": "租赁合同", "en": "Lease"}, "source": "upload", "when": 'place = "rented"'},
        {"id": "renewal", "title": {"zh": "续租承诺", "en": "Promise"}, "source": "commit", "when": 'place = "rented" and term = "short"'},
    ],
    "zones": ["opening", "food"],
}  # fmt: skip


def matter(**changes: Any) -> MatterDeclaration:
    """The food licence, with something else in it."""
    return MatterDeclaration.model_validate({**LICENCE, **changes})
