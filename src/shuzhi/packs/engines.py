"""The two visible tuples of the engines: what packs may declare, in the order in which it is installed, and what scenarios do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from shuzhi.business.benefits import parts as benefits
from shuzhi.business.halls import parts as halls
from shuzhi.business.incidents import parts as incidents
from shuzhi.business.indicators import parts as indicators
from shuzhi.business.market import parts as market
from shuzhi.business.matters import parts as matters
from shuzhi.business.secops import parts as secops
from shuzhi.data.catalog import parts as catalog
from shuzhi.data.exchange import parts as exchange
from shuzhi.data.registers import parts as registers
from shuzhi.data.sources import parts as sources
from shuzhi.foundation.parts import Part
from shuzhi.foundation.verbs import Verb
from shuzhi.packs.scenarios.parts import SCENARIOS
from shuzhi.pillars.organization import parts as organization
from shuzhi.pillars.policy import parts as policy
from shuzhi.pillars.standards import parts as standards
from shuzhi.support.archive import parts as archive
from shuzhi.support.credentials import parts as credentials
from shuzhi.support.decisions import parts as decisions
from shuzhi.support.forms import parts as forms
from shuzhi.support.messages import parts as messages
from shuzhi.support.workflow import parts as workflow

PARTS: tuple[Part, ...] = (
    policy.LAWS,
    organization.NODES,
    organization.OFFICES,
    standards.CODELISTS,
    workflow.LOOPS,
    decisions.RULES,
    workflow.PROCESSES,
    catalog.DATASETS,
    catalog.HARVESTS,
    sources.SOURCES,
    registers.REGISTERS,
    forms.FORMS,
    credentials.KINDS,
    messages.TEMPLATES,
    archive.ARCHIVES,
    exchange.PEERS,
    exchange.INTERFACES,
    indicators.INDICATORS,
    secops.ACCESS_RULES,
    secops.ASSESSMENTS,
    market.AGREEMENTS,
    benefits.POLICIES,
    incidents.DESKS,
    matters.VOCABULARIES,
    halls.HALLS,
    matters.MATTERS,
    market.PRODUCTS,
    SCENARIOS,
)

# Modules with a tuple `VERBS`. Scenarios alone need them, and they need the rooms' services: imported when asked for.
VERBS: tuple[str, ...] = (
    "shuzhi.packs.scenarios.verbs",
    "shuzhi.pillars.standards.verbs",
    "shuzhi.pillars.organization.verbs",
    "shuzhi.pillars.security.verbs",
    "shuzhi.support.workflow.verbs",
    "shuzhi.support.workflow.processes.verbs",
    "shuzhi.support.decisions.verbs",
    "shuzhi.support.forms.verbs",
    "shuzhi.support.credentials.verbs",
    "shuzhi.support.messages.verbs",
    "shuzhi.support.ratings.verbs",
    "shuzhi.support.payments.verbs",
    "shuzhi.support.archive.verbs",
    "shuzhi.data.catalog.verbs",
    "shuzhi.data.sources.verbs",
    "shuzhi.data.quality.verbs",
    "shuzhi.data.registers.verbs",
    "shuzhi.data.exchange.verbs",
    "shuzhi.data.opendata.verbs",
    "shuzhi.data.opendata.requests.verbs",
    "shuzhi.business.benefits.verbs",
    "shuzhi.business.incidents.verbs",
    "shuzhi.business.halls.verbs",
    "shuzhi.business.matters.cases.verbs",
    "shuzhi.business.matters.library.verbs",
    "shuzhi.data.exports.verbs",
    "shuzhi.business.indicators.verbs",
    "shuzhi.business.secops.verbs",
    "shuzhi.business.market.verbs",
    "shuzhi.business.market.trading_verbs",
)


@cache
def verbs() -> Mapping[str, Verb]:
    """Every verb of every room by its name."""
    return {verb.name: verb for module in VERBS for verb in import_module(module).VERBS}
