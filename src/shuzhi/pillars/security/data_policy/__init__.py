"""Data policy (数据使用策略): who gets which field of which rows, on which way out, for what; it fails closed.

It is declared once in the schema of a data set or register, compiled to a `DataPolicy`, and asked on every way
out by `decide`. Rooms never compare grades themselves.
"""

from shuzhi.pillars.security.data_policy.channels import CHANNELS, Channel
from shuzhi.pillars.security.data_policy.compiling import FieldFacts, compile_policy
from shuzhi.pillars.security.data_policy.consenting import Needs, askable, needs_of
from shuzhi.pillars.security.data_policy.deciding import at_rest, decide
from shuzhi.pillars.security.data_policy.declaring import (
    FieldPolicy,
    PolicyDeclaration,
    ScopeDeclaration,
    SubjectDeclaration,
)
from shuzhi.pillars.security.data_policy.types import (
    DataPolicy,
    Decision,
    Given,
    Reader,
    Reason,
    RowScope,
    Treatment,
)

__all__ = [
    "CHANNELS",
    "Channel",
    "DataPolicy",
    "Decision",
    "FieldFacts",
    "FieldPolicy",
    "Given",
    "Needs",
    "PolicyDeclaration",
    "Reader",
    "Reason",
    "RowScope",
    "ScopeDeclaration",
    "SubjectDeclaration",
    "Treatment",
    "askable",
    "at_rest",
    "compile_policy",
    "decide",
    "needs_of",
]
