"""The contract's schemas as they are read: types are strict, what the contract does not know is left out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shuzhi.foundation.text import storable

LONGEST = 20_000


def _storable(text: str) -> str:
    if storable(text) != text:
        raise ValueError("not a text")
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_storable)]
Said = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_storable)]
Days = Annotated[int, Field(ge=-(2**31), lt=2**31)]


class Shape(BaseModel):
    """An object of the contract."""

    model_config = ConfigDict(strict=True, extra="ignore", populate_by_name=True)

    def told(self) -> dict[str, Any]:
        """As it is stored and answered: what was not said is not there."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class Policy(Shape):
    id: Text | None = None
    name: Said
    version: Said
    url: Said
    jurisdiction: Text | None = None
    industrySector: Text | None = None
    dataRetentionPeriodDays: Days | None = None
    geographicRestriction: Text | None = None
    storageLocation: Text | None = None


class NamedPolicy(Shape):
    id: Text


class Controller(Shape):
    id: Text
    name: Text
    url: Text


class Lifecycle(Shape):
    id: Text
    name: Text


class Attribute(Shape):
    id: Text = ""
    name: Said
    sensitivity: Text = ""
    category: Text = ""


class DataAgreement(Shape):
    id: Text | None = None
    version: Said
    controller: Controller | None = None
    policy: NamedPolicy | None = None
    purpose: Said
    lawfulBasis: Said
    dataUse: Text | None = None
    dpia: Text
    active: bool | None = None
    forgettable: bool | None = None
    lifecycle: Lifecycle | None = None
    dataAttributes: list[Attribute] | None = Field(default=None, max_length=200)


class Individual(Shape):
    id: Text | None = None
    externalId: Annotated[str, Field(max_length=100), AfterValidator(_storable)] | None = None
    externalIdType: Annotated[str, Field(max_length=40), AfterValidator(_storable)] | None = None
    identityProviderId: Annotated[str, Field(max_length=200), AfterValidator(_storable)] | None = None


class Named(Shape):
    id: Text


class ConsentRecord(Shape):
    id: Text | None = None
    dataAgreement: Named | None = None
    dataAgreementRevision: Named | None = None
    dataAgreementRevisionHash: Text | None = None
    individual: Named | None = None
    optIn: bool | None = None


class Signature(Shape):
    id: Text | None = None
    payload: Text | None = None
    signature: Text | None = None
    verificationMethod: Text | None = None
    verificationPayload: Text | None = None
    verificationPayloadHash: Text | None = None
    verificationArtifact: Text | None = None
    verificationSignedBy: Text | None = None
    verificationSignedAs: Text | None = None
    verificationJwsHeader: Text | None = None


class Webhook(Shape):
    id: Text | None = None
    payloadUrl: Said
    contentType: Said
    disabled: bool
    secretKey: Annotated[str, Field(max_length=500), AfterValidator(_storable)]
