"""Disclosure control (开放前核查): does a release give single persons away? k-anonymity, l-diversity, small cells."""

from shuzhi.pillars.security.anonymity.checking import check_rows
from shuzhi.pillars.security.anonymity.mending import Mended, mend_rows
from shuzhi.pillars.security.anonymity.types import Cell, Finding, Roles

__all__ = ["Cell", "Finding", "Mended", "Roles", "check_rows", "mend_rows"]
