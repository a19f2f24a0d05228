"""Every address says who may use it; one that says nothing would be nobody's, and must not exist."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver


def addresses(patterns, prefix="") -> Iterator[tuple[str, object]]:
    for each in patterns:
        where = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, where)
        elif isinstance(each, URLPattern):
            yield where, each.callback


def views():
    return [
        (where, view)
        for where, view in addresses(get_resolver().url_patterns)
        # Ninja's views only dispatch; its operations are asked below. Its root page answers nothing but 404.
        if not getattr(view, "__module__", "").startswith("ninja.") and where != "api/"
    ]


def operations():
    from shuzhi.node.api import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield f"{'/'.join(operation.methods)} {prefix}{path}", operation.view_func


def carries_policy(view) -> bool:
    """Whether the view says who may use it, below whatever was wrapped around it."""
    while view is not None:
        if isinstance(getattr(view, "policy", None), str):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


@pytest.mark.parametrize(("where", "view"), [pytest.param(*each, id=each[0]) for each in views()])
def test_every_page_says_who_may_use_it(where, view):
    assert carries_policy(view), f"{where} needs @requires or @open_to_public"


@pytest.mark.parametrize(("where", "view"), [pytest.param(*each, id=each[0]) for each in operations()])
def test_every_operation_says_who_may_use_it(where, view):
    assert carries_policy(view), f"{where} needs @requires or @open_to_public"


def test_every_permission_a_route_asks_for_is_declared():
    from shuzhi.pillars.security import policy

    asked = {view.policy for _, view in views() if not view.policy.startswith("public: ")}
    assert asked <= set(policy.declared())
