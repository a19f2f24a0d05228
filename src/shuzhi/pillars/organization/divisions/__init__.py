"""Divisions (行政区划): what a code was on a day, what lay below it, and what became of it."""

from shuzhi.pillars.organization.divisions.tree import DivisionTree, shipped_tree
from shuzhi.pillars.organization.divisions.types import Division, Succession, short_code

__all__ = ["Division", "DivisionTree", "Succession", "shipped_tree", "short_code"]
