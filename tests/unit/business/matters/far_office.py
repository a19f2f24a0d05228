"""Another node whose office handles cases for partners: a home, a database and a gateway of its own. Run as a script."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

MODULE = "tests.unit.business.matters.far_office"
NODE = {
    "node": "shanghai",
    "title": {"zh": "上海市节点", "en": "Shanghai"},
    "tier": "province",
    "division": "310000",
}
TAKES: dict[str, Any] = {
    "interface": "cases-from-partners",
    "title": {"zh": "接收通办件", "en": "Cases of partners"},
    "kind": "write_back",
    "port": "matters.cases",
    "by": [],
    "fields": [],
    "provenance": False,
    "rate": {"per_second": 200, "burst": 1000},
}


def now() -> datetime:
    return datetime.now(UTC)


def prepare(node: dict[str, Any] = NODE) -> Any:
    """Tables, a matter that is open to other nodes, and the interface by which they hand cases over."""
    from tests.unit.business.matters import cases_world as cases
    from tests.unit.business.matters import enclosed
    from tests.unit.data.exchange import far_node
    from tests.unit.data.exchange import world as worlds

    told = far_node.prepare(node)
    cases.install_reviewed(
        channels=["online", "node"], result={"credential": "income-proof"}, commitment={"allowed": False}
    )
    enclosed.install_there(now())
    worlds.install_interface(worlds.declare_interface(**TAKES))
    return told


def work() -> Any:
    """What the worker does."""
    from tests.unit.business.matters import cases_world as cases

    from shuzhi.data.exchange import services
    from shuzhi.foundation.outbox.services import deliver_waiting

    settled = services.settle_returns(by=cases.PLATFORM, at=now())
    return {"settled": settled, "delivered": deliver_waiting(at=now())}


def cases() -> Any:
    """The cases that came, and what happened to each."""
    from shuzhi.business.matters import models
    from shuzhi.business.matters.cases import queries
    from shuzhi.business.matters.cases.reading import number_of

    found = []
    for came in models.Came.objects.select_related("case").order_by("case_id"):
        number = number_of(came.case)
        steps = [each.action.value for each in queries.history(number)]
        found.append({"case": number, "node": came.node, "there": came.number, "steps": steps})
    return found


def act(case: str, what: str, **said: Any) -> Any:
    """What its clerk does; a loop's review ends with its facts."""
    from tests.unit.business.matters import cases_world as world

    from shuzhi.business.matters.cases import services
    from shuzhi.business.matters.cases.types import Point

    if what == "ask":
        points = [Point("申请书", "写明用途")]
        made = services.ask_correction(case=case, points=points, by=world.CLERK, at=now())
    elif what == "accept":
        made = services.accept(case=case, by=world.CLERK, at=now())
    else:
        made = _agree(case)
    work()
    return {"state": made.state.value, "credential": made.credential, "review": made.review}


def _agree(case: str) -> Any:
    from tests.unit.business.matters import cases_world as world

    from shuzhi.business.matters.cases import queries
    from shuzhi.support.workflow import services as loops

    review = queries.case(case, at=now()).review
    evidence = {
        "name": "赵一",
        "employer": "上海甲有限公司",
        "monthly_income": 9500,
        "place": "上海市",
        "months": 126,
    }
    loops.act(
        dossier=int(review.partition("/")[2]), action="agree", by=world.CLERK, at=now(), evidence=evidence
    )
    work()
    return queries.case(case, at=now())


def files(case: str) -> Any:
    """The files that came with a case, as its clerk reads them; another office's clerk is refused."""
    import hashlib

    from tests.unit.business.matters import cases_world as world

    from shuzhi.business.matters.cases import queries, services
    from shuzhi.pillars.security.errors import Forbidden

    told = []
    for each in queries.came_files(case):
        asked = {"case": case, "field": each.field, "sha256": each.sha256, "at": now()}
        _, content = services.open_file(by=world.CLERK, **asked)
        with content:
            read = hashlib.sha256(content.read()).hexdigest()
        try:
            services.open_file(by=world.STRANGER, **asked)
        except Forbidden:
            told.append([each.name, each.size, read])
    return told


def left() -> Any:
    """What of handed-over documents the exchange still has in clear."""
    from shuzhi.data.exchange import models

    return models.Job.objects.filter(asked__has_key="values", state="ready").count()


def logged_files(sha256: str) -> Any:
    """What its log says of a file."""
    from shuzhi.pillars.security.models import AuditEntry

    rows = AuditEntry.objects.filter(facts__sha256=sha256).order_by("id")
    return [row.action for row in rows]


def logged(reference: str) -> Any:
    """What its log says of what was handed over under a reference."""
    from shuzhi.pillars.security.models import AuditEntry

    rows = AuditEntry.objects.filter(facts__reference=reference).order_by("id")
    return [[row.action, row.outcome, row.facts] for row in rows]


def main() -> None:
    import django

    django.setup()
    from tests.unit.data.exchange import far_node

    verbs = {
        each.__name__: each
        for each in (
            prepare, work, cases, act, files, left, logged, logged_files, far_node.admit, far_node.entries, far_node.verify,
        )
    }  # fmt: skip
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")


if __name__ == "__main__":
    main()
