"""Watermarks (水印): a mark in the texts of an export that tells, from a sample of rows, to whom it was given."""

from shuzhi.pillars.security.watermarks.carriers import canonical
from shuzhi.pillars.security.watermarks.detecting import Suspect, suspects
from shuzhi.pillars.security.watermarks.marking import Marker, mark_key

__all__ = ["Marker", "Suspect", "canonical", "mark_key", "suspects"]
