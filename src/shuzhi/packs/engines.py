"""The one visible tuple of what packs may declare, in the order in which it is installed."""

from __future__ import annotations

from shuzhi.data.catalog import parts as catalog
from shuzhi.data.sources import parts as sources
from shuzhi.foundation.parts import Part
from shuzhi.pillars.organization import parts as organization

PARTS: tuple[Part, ...] = (
    organization.OFFICES,
    catalog.DATASETS,
    sources.SOURCES,
)
