"""Writes of cases: each one transaction in which the case is locked, takes one step, and is audited."""

from shuzhi.business.matters.cases.services.crossing import carry
from shuzhi.business.matters.cases.services.enclosures import erase_files, open_file
from shuzhi.business.matters.cases.services.handling import (
    accept,
    accept_deemed,
    ask_correction,
    correct,
    decide,
    deliver,
    hand_over,
    reject,
    withdraw,
)
from shuzhi.business.matters.cases.services.keeping import archive, report_elsewhere
from shuzhi.business.matters.cases.services.objecting import object_to
from shuzhi.business.matters.cases.services.paying import settle_fee
from shuzhi.business.matters.cases.services.refilling import refill
from shuzhi.business.matters.cases.services.submitting import submit

__all__ = [
    "accept",
    "accept_deemed",
    "archive",
    "ask_correction",
    "carry",
    "correct",
    "decide",
    "deliver",
    "erase_files",
    "hand_over",
    "object_to",
    "open_file",
    "refill",
    "reject",
    "report_elsewhere",
    "settle_fee",
    "submit",
    "withdraw",
]
