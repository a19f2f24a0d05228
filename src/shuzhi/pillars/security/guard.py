"""Every route says who may use it: `@requires(...)` or `@open_to_public(...)`. A route that says neither is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from shuzhi.pillars.security import policy

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: str) -> Callable[[View], View]:
    """Only actors with this permission reach the view; the service behind it asks again, with the office."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            policy.require(permission, by=request.actor, office=request.actor.office)
            return view(request, *args, **kwargs)

        guarded.policy = permission  # type: ignore[attr-defined]
        _keep_signature(guarded, view)
        return guarded  # type: ignore[return-value]

    return wrap


def open_to_public(reason: str) -> Callable[[View], View]:
    """Anyone may use the view; the reason is for whoever reviews the routes."""

    def wrap(view: View) -> View:
        @wraps(view)
        def open_view(request: Any, *args: Any, **kwargs: Any) -> Any:
            return view(request, *args, **kwargs)

        open_view.policy = f"public: {reason}"  # type: ignore[attr-defined]
        _keep_signature(open_view, view)
        return open_view  # type: ignore[return-value]

    return wrap


def _keep_signature(guarded: Callable[..., Any], view: Callable[..., Any]) -> None:
    """Let the API read the view's own types: by name it would look for them in this module."""
    guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
