"""Validators (校验规则): is this text what it claims to be, by which standard, and if not, why not.

Every `check_*` answers with a small frozen value and never raises on bad text. A repair changes only how a value is
written (spaces, case, full-width characters), never what it says.
"""

from shuzhi.pillars.standards.validators.amounts import Amount, AmountCheck, check_amount, parse_amount
from shuzhi.pillars.standards.validators.dates import parse_date, parse_datetime
from shuzhi.pillars.standards.validators.network import is_email, is_url
from shuzhi.pillars.standards.validators.organisation_code import is_organisation_code
from shuzhi.pillars.standards.validators.phone import PhoneCheck, check_phone, is_phone
from shuzhi.pillars.standards.validators.positions import (
    is_division_code,
    is_latitude,
    is_longitude,
    is_postal_code,
)
from shuzhi.pillars.standards.validators.reasons import REASONS
from shuzhi.pillars.standards.validators.registry import VALIDATORS, Validator
from shuzhi.pillars.standards.validators.resident_id import (
    ResidentIdCheck,
    check_resident_id,
    is_resident_id,
)
from shuzhi.pillars.standards.validators.text import full_to_half, normalise_firm_name
from shuzhi.pillars.standards.validators.uscc import UsccCheck, check_uscc, is_uscc

__all__ = [
    "REASONS",
    "VALIDATORS",
    "Amount",
    "AmountCheck",
    "PhoneCheck",
    "ResidentIdCheck",
    "UsccCheck",
    "Validator",
    "check_amount",
    "check_phone",
    "check_resident_id",
    "check_uscc",
    "full_to_half",
    "is_division_code",
    "is_email",
    "is_latitude",
    "is_longitude",
    "is_organisation_code",
    "is_phone",
    "is_postal_code",
    "is_resident_id",
    "is_url",
    "is_uscc",
    "normalise_firm_name",
    "parse_amount",
    "parse_date",
    "parse_datetime",
]
