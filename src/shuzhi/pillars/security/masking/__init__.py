"""Masking (脱敏): what a reader below a value's grade is given instead of the value."""

from shuzhi.pillars.security.masking.functions import generalise, mask_value, partial
from shuzhi.pillars.security.masking.keys import masking_key
from shuzhi.pillars.security.masking.showing import as_seen, readable
from shuzhi.pillars.security.masking.terms import PLAIN, MaskTerms

__all__ = ["PLAIN", "MaskTerms", "as_seen", "generalise", "mask_value", "masking_key", "partial", "readable"]
