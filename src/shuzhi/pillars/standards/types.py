"""What a pack declares of a code list: `codelists/<id>.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words


def _nothing(value: object) -> object:
    return None if value in ("", "null", "~") else value


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CodeDeclaration(_Declared):
    """One code."""

    code: str
    zh: str | None = None
    en: str | None = None
    parent: str | None = None


class VersionDeclaration(_Declared):
    """The codes that hold from a day on: here, or in a CSV file beside (`code,zh,en,parent`)."""

    version: str
    since: Annotated[date | None, BeforeValidator(_nothing)]
    codes: tuple[CodeDeclaration, ...] = ()
    file: str | None = Field(default=None, pattern=r"^[a-z0-9-]+\.csv$")

    @model_validator(mode="after")
    def _has_codes_once(self) -> Self:
        if bool(self.codes) == bool(self.file):
            message = "give either codes or a file"
            raise ValueError(message)
        return self


class CodeListDeclaration(_Declared):
    """A code list in all its versions, the oldest first."""

    id: str = Field(alias="list", pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    standard: str
    source: str
    crosswalk: str | None = Field(default=None, pattern=r"^[a-z0-9-]+\.csv$")
    versions: tuple[VersionDeclaration, ...] = Field(min_length=1)
