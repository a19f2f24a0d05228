"""How a mask is applied to a field, as its schema declares it: `mask_as`."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Level(StrEnum):
    """To which larger class `generalise` goes."""

    USUAL = "usual"  # a date's year, a number's order of magnitude, a text's beginning
    YEAR = "year"
    MONTH = "month"
    DISTRICT = "district"  # of an address: province, city, district
    BAND = "band"  # of a number: the band it lies in


class MaskTerms(BaseModel):
    """The particulars of a field's mask; every one has a default on the safe side.

    `subject` names the field that tells whose row it is: `shift` moves all days of one subject alike.
    `noise` is Laplace noise of scale `sensitivity / epsilon`, cut off at `bound` on both sides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Level = Level.USUAL
    band: Decimal = Field(default=Decimal(10), gt=0)
    subject: str | None = None
    days: int = Field(default=180, ge=1, le=3650)
    epsilon: Decimal = Field(default=Decimal("0.5"), gt=0)
    sensitivity: Decimal = Field(default=Decimal(1), gt=0)
    bound: Decimal = Field(default=Decimal(20), gt=0)


PLAIN = MaskTerms()
