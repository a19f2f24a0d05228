"""Words (双语): what a person reads exists in Chinese and in English."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """One text in both languages; Chinese comes first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The text in the reader's language."""
        return self.zh if language.startswith("zh") else self.en
