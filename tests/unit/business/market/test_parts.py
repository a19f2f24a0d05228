"""What a pack may declare: offices that exist, and a policy whose consent somebody can give."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.business.market.people import AGREEMENT

from shuzhi.business.market.parts import check_agreements
from shuzhi.business.market.types import AgreementDeclaration
from shuzhi.foundation.parts import Declaration, Known


def found(**changes):
    value = AgreementDeclaration.model_validate(AGREEMENT | changes)
    known = Known({"offices": frozenset({"taxation", "market-regulation", "data-bureau"})})
    return [one.message.en for one in check_agreements([Declaration("p", Path("a.yaml"), value, {})], known)]


def test_offices_exist():
    assert found() == []
    assert found(owner="nobody", receivers=["taxation", "bank"]) == ["no office nobody", "no office bank"]


@pytest.mark.parametrize(
    "spoilt", [{"receivers": []}, {"fields": {}}, {"days": 0}, {"basis": []}, {"agreement": "Über"}]
)
def test_an_agreement_says_all_that_is_agreed_to(spoilt):
    with pytest.raises(ValidationError):
        AgreementDeclaration.model_validate(AGREEMENT | spoilt)
