"""A module that reads collected values is in this list with its way out, or the reason why they stay inside.

The walk finds values that leave on addresses and commands. This finds the rest before it can be called: whatever
takes rows from the lake, records from a register, cells from quarantine or samples from a check.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

from shuzhi.pillars.security.data_policy import CHANNELS, Channel

SOURCE = Path(__file__).resolve().parents[2] / "src" / "shuzhi"
# Module → functions that give values; of a module with an empty set, everything does.
TAPS = {
    "shuzhi.foundation.lake": {"current", "current_rows", "rows_of_batch", "batch_rows", "latest_operations"},
    "shuzhi.data.registers.queries": {
        "record", "find", "find_all", "search", "search_all", "in_town", "golden_values", "conflicts", "conflicts_of", "members", "earlier_records",
    },
    "shuzhi.data.registers.feed": {"changes_after", "changes_of"},
    "shuzhi.data.sources.queries": {"quarantined"},
    "shuzhi.data.quality.queries": {"run", "latest_run"},
    "shuzhi.data.opendata.queries": {"rows"},
    "shuzhi.data.opendata.answering": {"answer"},
    "shuzhi.data.exports.preparing": {"current_rows"},
    "shuzhi.support.forms.queries": {"submission", "handed_over"},
}  # fmt: skip
INSIDE = "values stay inside: "
WAYS = {
    "business.matters.library.needing": INSIDE
    + "whether a register knows something of an applicant, no value",
    "data.exchange.services.returns": INSIDE
    + "the names of faulty fields to the office that sent them, no value",
    "data.exchange.streams": INSIDE
    + "tells who is told of which change; values are read when they are given",
    "data.exchange.pushing.taking": "push: masked by the same words as the gateway's events",
    "data.exports.preparing": "export, batch, model: rows are decided before they are yielded",
    "data.exports.services": "export, batch, model",
    "data.opendata.services": "open",
    "data.opendata.disclosure": "open: counts, and cells of what would be open",
    "data.opendata.queries": "open",
    "data.opendata.api": "open: released copies only",
    "data.opendata.ckan.datastore": "open: released copies only",
    "data.opendata.answering": "open: released copies only",
    "data.opendata.ogc.features": "open: released copies only",
    "data.opendata.requests.api": "open on conditions: by the key of an agreement, rows or counts of its release",
    "terminals.public.opendata.previewing": "open: released copies only",
    "data.quality.scanning": INSIDE + "counts, and samples that are masked at once",
    "data.quality.services": INSIDE + "samples are masked before they are kept",
    "data.quality.api": "sample",
    "terminals.staff.quality.dataset": "sample",
    "data.sources.api": "quarantine",
    "terminals.staff.sources.batches": "quarantine",
    "terminals.console.batches": "quarantine, console",
    "terminals.console.registers": "console",
    "support.forms.api": "form: whole to whoever submitted it; to staff of the form's office by the page policy",
    "support.forms.queries": "form: decided by grade and mask for staff",
    "terminals.filling.answering": "form: one's own receipt",
    "terminals.staff.forms.submissions": "form: decided by grade and mask for staff of the form's office",
    "support.forms.verbs": INSIDE + "what a scenario's own people see of their forms",
    "support.workflow.processes.form_starts": INSIDE
    + "answers become the variables of the case that they begin",
    "data.registers.serving": INSIDE + "the fields that a process names become the variables of its case",
    "support.workflow.processes.forming": INSIDE
    + "answers become the variables of the case that asked for them",
    "data.registers.prefilling": "form: a person's own record to themselves; to a clerk what the page policy gives in clear",
    "terminals.staff.registers.views": "page",
    "terminals.staff.rules.populations": "page: only columns in clear are asked of; counts, and names of rows masked",
    "terminals.staff.registers.entity": "page",
    "terminals.staff.registers.conflicts": "page",
    "terminals.staff.search.views": "search",
    "terminals.staff.cockpit.town": "cockpit",
    "business.classification.looking": INSIDE + "kinds of data and how many; no value is kept or said",
    "data.catalog.verbs": INSIDE + "how many rows a harvest left, on a node that is thrown away",
    "business.benefits.matching": "benefit: the facts that a rule asks for, to the policy's office and to the recipient themselves",
    "business.benefits.queries": "benefit: the same",
    "business.benefits.services.appealing": "benefit: the same",
    "business.matters.cases.services.refilling": INSIDE
    + "what somebody handed in stands in their own form again",
    "business.matters.cases.gathering": "case: what registers say of the applicant goes to the rule, and into the credential that the applicant gets",
    "business.matters.cases.services.submitting": INSIDE
    + "answers are kept with the case; no page shows them but the form's own",
    "business.matters.cases.services.handling": INSIDE + "the same",
    "business.incidents.services.importing": "request: what a caller said, to the desk and to the office that handles it",
    "data.sources.verdicts": INSIDE + "compares a batch with what is there",
    "data.registers.verbs": INSIDE + "what scenarios look at, on a node of their own that is thrown away",
    "data.registers.gathering": INSIDE + "builds registers",
}


@lru_cache(maxsize=1)
def reading_modules() -> dict[str, set[str]]:
    """Module → the taps that it names."""
    found: dict[str, set[str]] = {}
    for file in SOURCE.rglob("*.py"):
        name = ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        taps = _taps_in(ast.parse(file.read_text("utf-8")))
        if taps and f"shuzhi.{name}" not in TAPS and not name.startswith(("foundation.lake", "demo")):
            found[name] = taps
    return found


def _taps_in(tree: ast.AST) -> set[str]:
    modules, taps = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in TAPS:
                    modules[alias.asname or alias.name] = whole
                if node.module in TAPS and alias.name in TAPS[node.module]:
                    taps.add(whole)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module and node.attr in TAPS[module]:
                taps.add(f"{module}.{node.attr}")
    return taps


def test_every_module_that_reads_values_is_registered():
    unknown = {name: taps for name, taps in reading_modules().items() if name not in WAYS}
    assert not unknown, (
        "say in WAYS on which way these values leave, or why they stay; and add it to the walk"
    )


def test_nothing_is_registered_that_reads_nothing():
    direct = {name for name in WAYS if name in reading_modules()}
    kept = {name for name in WAYS if f"shuzhi.{name}" in TAPS}
    assert set(WAYS) == direct | kept


def test_every_way_out_has_its_terms():
    assert set(CHANNELS) == set(Channel)


def test_only_the_policy_and_the_gateway_compare_grades_with_clearances():
    """Whoever masks by hand goes round the policy."""
    by_hand = {
        ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        for file in SOURCE.rglob("*.py")
        if "pillars/security" not in file.as_posix()
        and any(word in file.read_text("utf-8") for word in ("as_seen(", "mask_value(", "partial(value"))
    }
    assert by_hand == {
        "data.exchange.gateway.kinds.masked",  # agrees with the policy, held to it by the walk
        "data.sources.quarantine",  # a person's number in the wrong column is hidden whatever its field says
    }
