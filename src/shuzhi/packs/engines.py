"""The one visible tuple of what packs may declare, in the order in which it is installed."""

from __future__ import annotations

from shuzhi.business.indicators import parts as indicators
from shuzhi.business.market import parts as market
from shuzhi.business.secops import parts as secops
from shuzhi.data.catalog import parts as catalog
from shuzhi.data.exchange import parts as exchange
from shuzhi.data.registers import parts as registers
from shuzhi.data.sources import parts as sources
from shuzhi.foundation.parts import Part
from shuzhi.pillars.organization import parts as organization
from shuzhi.pillars.policy import parts as policy
from shuzhi.pillars.standards import parts as standards
from shuzhi.support.decisions import parts as decisions
from shuzhi.support.forms import parts as forms
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
    exchange.PEERS,
    exchange.INTERFACES,
    indicators.INDICATORS,
    secops.ACCESS_RULES,
    market.AGREEMENTS,
)
