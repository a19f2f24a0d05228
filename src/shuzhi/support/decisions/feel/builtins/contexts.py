"""Contexts (10.3.4.10)."""

from __future__ import annotations

from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.functions import OutOfDomain

Context = dict[str, Any]


@builtin("get value", "m: context, key: string")
def get_value(_: Scope, m: Context, key: str) -> Any:
    """The value of an entry; null where there is none."""
    return m.get(key)


@builtin("get value", "m: context, keys: strings")
def get_value_within(_: Scope, m: Context, keys: list[str]) -> Any:
    """The value at the end of a path of keys."""
    found: Any = m
    for key in keys:
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found if keys else None


@builtin("get entries", "m: context")
def get_entries(_: Scope, m: Context) -> list[Context]:
    """The entries as contexts of key and value."""
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: contexts")
def context(_: Scope, entries: list[Context]) -> Context:
    """The context of these entries; each key once."""
    made: Context = {}
    for entry in entries:
        if entry is None or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise OutOfDomain("every entry needs a key and a value", "每个条目都须有 key 和 value")
        if entry["key"] in made:
            raise OutOfDomain("a key occurs twice", "键重复出现")
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
def context_put(_: Scope, context: Context, key: str, value: Any) -> Context:
    """With the entry, in its old place if it had one."""
    return {**context, key: value}


@builtin("context put", "context: context, keys: strings, value: any")
def context_put_within(scope: Scope, context: Context, keys: list[str], value: Any) -> Context:
    """With the entry at the end of a path of keys."""
    if not keys or None in keys:
        raise OutOfDomain("at least one key is needed, and none may be null", "至少需要一个键，且不得为空值")
    if len(keys) == 1:
        return context_put(scope, context, keys[0], value)
    within = context.get(keys[0])
    if not isinstance(within, dict):
        raise OutOfDomain(f"{keys[0]} is no context", f"{keys[0]} 不是上下文")
    return {**context, keys[0]: context_put_within(scope, within, keys[1:], value)}


@builtin("context merge", "contexts: contexts")
def context_merge(_: Scope, contexts: list[Context]) -> Context:
    """All entries; the later ones win, in the place of the first."""
    made: Context = {}
    for each in contexts:
        if each is None:
            raise OutOfDomain("null is no context", "空值不是上下文")
        made.update(each)
    return made
