"""Places (地点): in which current division an address lies, or why that cannot be said."""

from shuzhi.pillars.organization.places.boundaries import (
    Boundaries,
    boundary_file,
    district_at,
    gcj02_to_wgs84,
    newest_boundaries,
    square_kilometres,
    wgs84_to_gcj02,
)
from shuzhi.pillars.organization.places.gazetteer import Gazetteer, shipped_gazetteer
from shuzhi.pillars.organization.places.placing import place_address, place_addresses
from shuzhi.pillars.organization.places.roads import RoadIndex
from shuzhi.pillars.organization.places.types import REASONS, Placement

__all__ = [
    "REASONS",
    "Boundaries",
    "Gazetteer",
    "Placement",
    "RoadIndex",
    "boundary_file",
    "district_at",
    "gcj02_to_wgs84",
    "newest_boundaries",
    "place_address",
    "place_addresses",
    "shipped_gazetteer",
    "square_kilometres",
    "wgs84_to_gcj02",
]
