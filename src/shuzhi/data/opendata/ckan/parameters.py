"""Reading an action's parameters, which come as query strings, as forms or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuzhi.data.opendata.ckan.errors import Invalid
from shuzhi.foundation.text import storable

DIGITS = 12


@dataclass(frozen=True)
class Parameters:
    """The parameters of one call."""

    values: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """A text; the default if it is absent."""
        value = self.values.get(name)
        return default if value is None else storable(str(value))

    def required(self, *names: str) -> str:
        """The first of these that is given.

        Raises:
            Invalid: none is.
        """
        for name in names:
            if self.text(name):
                return self.text(name)
        raise Invalid(field=names[0], reason="Missing value", reason_zh="缺少该参数")

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 0 to `most`; larger ones are lowered to it, as CKAN does.

        Raises:
            Invalid: it is not one.
        """
        text = self.text(name, str(default))
        if not text.isascii() or not text.lstrip("-").isdigit():
            raise Invalid(field=name, reason="Invalid integer", reason_zh="不是整数")
        if not text.isdigit() or len(text) > DIGITS:
            raise Invalid(field=name, reason="Must be a natural number", reason_zh="应为自然数")
        return min(int(text), most)

    def signed(self, name: str, default: int) -> int:
        """A whole number, of which a negative one means "no limit".

        Raises:
            Invalid: it is not one.
        """
        text = self.text(name, str(default))
        return -1 if text.startswith("-") and text[1:].isdigit() else self.number(name, default, most=10**9)

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no."""
        return self.text(name, str(default)).lower() in {"true", "1", "yes", "on"}

    def strings(self, name: str, *, commas: bool = True) -> tuple[str, ...]:
        """A list, given as JSON, as a list, or as text (in parts between `commas`)."""
        value = self.values.get(name)
        if isinstance(value, str) and value.strip().startswith("["):
            value = self._json(name, value)
        if isinstance(value, list):
            return tuple(storable(str(item)) for item in value)
        if not commas:
            return (self.text(name),) if self.text(name) else ()
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def items(self, name: str) -> list[dict[str, Any]]:
        """A list of objects, given as JSON or as a list; a bare text among them is the `name` of one.

        Raises:
            Invalid: it is none.
        """
        value = self.values.get(name)
        if isinstance(value, str):
            value = self._json(name, value) if value.strip() else []
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(field=name, reason="Must be a list of objects", reason_zh="应为对象的列表")
        listed = [each if isinstance(each, dict) else {"name": each} for each in value]
        return [{str(key): _storable(held) for key, held in each.items()} for each in listed]

    def words(self, name: str) -> str | dict[str, str]:
        """A text, or an object of field and text.

        Raises:
            Invalid: a field is to hold what is no text.
        """
        value = self.values.get(name)
        if isinstance(value, str) and value.strip().startswith("{"):
            value = self.mapping(name)
        if isinstance(value, dict):
            if any(isinstance(text, (dict, list)) for text in value.values()):
                raise Invalid(field=name, reason="Must hold texts", reason_zh="各项应为文本")
            return {str(field): storable(str(text)) for field, text in value.items()}
        return self.text(name)

    def mapping(self, name: str) -> dict[str, Any]:
        """An object, given as JSON or as an object.

        Raises:
            Invalid: it is neither.
        """
        value = self.values.get(name)
        if isinstance(value, str):
            value = self._json(name, value) if value.strip() else {}
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise Invalid(field=name, reason="Must be a JSON object", reason_zh="应为 JSON 对象")
        return value

    def _json(self, name: str, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Invalid(field=name, reason="Cannot parse JSON", reason_zh="不是合法的 JSON") from error


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
