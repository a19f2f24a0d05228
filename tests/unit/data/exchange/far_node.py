"""Another node for tests: its own home, database server and process. Run as a script; what it is told and tells is JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[4]
NODE = {
    "node": "zhejiang",
    "title": {"zh": "浙江省节点", "en": "Zhejiang"},
    "tier": "province",
    "division": "330000",
}


def ask(home: Path, verb: str, *, module: str = "tests.unit.data.exchange.far_node", **said: Any) -> Any:
    """Have the node at this home do something; `module` is the script whose verb it is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHUZHI_")}
    environment |= {
        "SHUZHI_HOME": str(home),
        "SHUZHI_PROCESS": "migrate",
        "DJANGO_SETTINGS_MODULE": "shuzhi.node.django",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)]),
    }
    command = [sys.executable, "-m", module, verb, json.dumps(said)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def prepare(node: dict[str, Any] = NODE) -> Any:
    """Tables, roles, a register with a firm, and who this node is."""
    from tests.unit.data.exchange import world as worlds

    from shuzhi.data.exchange import services
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.pillars.organization import models
    from shuzhi.pillars.security import audit

    bring_up_to_date(verbosity=0)
    models.Node.objects.create(id=node["node"], declared=node, pack="test")
    worlds.build_world()
    audit.seal(at=datetime.now(UTC))  # from now on the log has a key
    return services.own_declaration()


def admit(peer: dict[str, Any], interface: str = "firm-by-uscc") -> Any:
    """Let a node call an interface."""
    from tests.unit.data.exchange import world as worlds

    from shuzhi.data.exchange import services
    from shuzhi.data.exchange.types import PeerDeclaration

    declared = PeerDeclaration.model_validate(peer | {"office": "taxation"})
    services.declare_peer(declaration=declared, pack="test", by=worlds.BUREAU, at=worlds.AT)
    number = worlds.ask(interface)
    worlds.approve(number)
    key = services.register_node_key(subscription=number, node=declared.node, by=worlds.OFFICER, at=worlds.AT)
    return {"key_id": key.key_id, "subscription": number}


def pass_on(peer: dict[str, Any], interface: str, served: str, key_id: str) -> Any:
    """Know a node that serves an interface, and offer it here."""
    from tests.unit.data.exchange import world as worlds

    from shuzhi.data.exchange import services
    from shuzhi.data.exchange.types import PeerDeclaration

    declared = PeerDeclaration.model_validate({"office": "taxation"} | peer)
    services.declare_peer(declaration=declared, pack="test", by=worlds.BUREAU, at=worlds.AT)
    route = {"node": declared.node, "interface": served}
    worlds.install_interface(worlds.declare_interface(interface=interface, provenance=False, route=route))
    services.set_route_key(interface=interface, key_id=key_id, by=worlds.BUREAU, at=worlds.AT)
    return {}


def collect_receipts() -> Any:
    """Have the node that answered prove it."""
    from shuzhi.data.exchange import services
    from shuzhi.pillars.security.types import system

    return services.collect_receipts(by=system("test"), at=datetime.now(UTC))


def check(answer: dict[str, Any], keys: dict[str, list[str]]) -> Any:
    """What the proofs under an answer are worth here."""
    from shuzhi.data.exchange.routing.proofs import check_proof

    return [[one.node, one.verdict] for one in check_proof(answer, lambda node: keys.get(node, ()))]


def revoke(subscription: int) -> Any:
    """Take the right back."""
    from tests.unit.data.exchange import world as worlds

    from shuzhi.data.exchange import services

    services.revoke_subscription(
        subscription=subscription, by=worlds.OWNER, at=datetime.now(UTC), reason="用途已变"
    )
    return {}


def work() -> Any:
    """Do what was ordered, as the worker does."""
    from shuzhi.data.exchange import queries, services
    from shuzhi.pillars.security.types import system

    numbers = queries.open_jobs()
    for number in numbers:
        services.work_on(job=number, by=system("test"), at=datetime.now(UTC))
    return {"jobs": numbers}


def entries(call: str) -> Any:
    """What its log says of a call."""
    from tests.unit.data.exchange.logs import entries_of

    return entries_of(call)


def verify() -> Any:
    """Whether its log is whole."""
    from shuzhi.pillars.security import audit

    audit.seal(at=datetime.now(UTC))
    return {"verified": audit.verify().verified}


def main() -> None:
    import django

    django.setup()
    verbs = {
        each.__name__: each
        for each in (prepare, admit, pass_on, revoke, work, collect_receipts, check, entries, verify)
    }
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")


if __name__ == "__main__":
    main()
