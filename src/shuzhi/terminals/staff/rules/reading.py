"""The rules of a page: the installed file with its parts, found by name."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest

from shuzhi.foundation.clock import now
from shuzhi.support.decisions import queries
from shuzhi.support.decisions.dmn.model import Decision, Definitions
from shuzhi.support.decisions.errors import DecisionAmbiguous, DecisionUnknown, RulesNotInstalled
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.types import Period

HERE_HOURS = 8


def rules_of(name: str) -> Rulebook:
    """The installed rules of a name; no page where there are none."""
    try:
        return queries.installed_rules(name)
    except RulesNotInstalled:
        raise Http404 from None


def definitions_of(rules: Rulebook) -> Definitions:
    """The rules' own file."""
    return rules.books[0].model.definitions


def decision_of(rules: Rulebook, part: str) -> Decision:
    """A decision of the rules' own file by its id or its name."""
    for each in definitions_of(rules).decisions:
        if part in (each.id, each.name):
            try:
                rules.part(each.name)
            except (DecisionUnknown, DecisionAmbiguous):
                break
            return each
    raise Http404


def key_of(decision: Decision) -> str:
    """What stands for the decision in an address."""
    return decision.id if decision.id and "/" not in decision.id else decision.name


def today() -> date:
    """The day in China."""
    from datetime import timedelta

    return (now() + timedelta(hours=HERE_HOURS)).date()


def day_of(request: HttpRequest, name: str = "day") -> date:
    """The day as of which the page is read; today when the address says none, or nonsense."""
    asked = (request.POST if request.method == "POST" else request.GET).get(name, "").strip()
    try:
        return date.fromisoformat(asked) if asked else today()
    except ValueError:
        return today()


def periods_of(decision: Decision) -> list[Period]:
    """Every period that the decision, its values or its rows speak of."""
    from shuzhi.support.decisions.dmn.model import Table

    found = [decision.period, *(each.period for each in decision.values)]
    if isinstance(decision.expression, Table):
        found += [rule.period for rule in decision.expression.rules]
    return [each for each in found if each is not None]


def spanned(periods: list[Period]) -> Period | None:
    """From the first day to the last of several periods; None where there are none."""
    if not periods:
        return None
    since = [each.since for each in periods]
    until = [each.until for each in periods]
    return Period(
        None if None in since else min(each for each in since if each),
        None if None in until else max(each for each in until if each),
    )
