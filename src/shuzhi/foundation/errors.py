"""What every refusal of the platform has in common."""

from __future__ import annotations

from typing import ClassVar


class PlatformError(Exception):
    """Something the platform refuses to do."""

    code: ClassVar[str] = "platform.error"
    http_status: ClassVar[int] = 400
    zh: ClassVar[str] = "平台拒绝了这项操作。"

    def __init__(self, **facts: object) -> None:
        """Fill the class's docstring (English) and `zh` (Chinese) with the facts of this refusal."""
        super().__init__((self.__doc__ or "").strip().format(**facts))
        self.facts = facts

    @property
    def message_zh(self) -> str:
        """The same refusal, in Chinese."""
        return self.zh.format(**self.facts)

    def as_dict(self) -> dict[str, object]:
        """The refusal as the API gives it: code, both messages, and the facts as text."""
        return {
            "code": self.code,
            "message": str(self),
            "message_zh": self.message_zh,
            "facts": {name: str(value) for name, value in self.facts.items()},
        }
