"""Words (双语): what a person reads exists in Chinese and in English."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """One text in both languages; Chinese comes first. An empty `en` says that nobody has translated it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The text in the reader's language; the Chinese one where there is no English."""
        return self.zh if language.startswith("zh") or not self.en else self.en

    @property
    def tagged(self) -> dict[str, str]:
        """The texts there are, by language."""
        return {"zh": self.zh, "en": self.en} if self.en else {"zh": self.zh}
