"""Keys for every published interface of a demonstration node (as JSON), asked for and approved as an office would.

Run in the node's own environment: `python tests/faults/keys.py`.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta

OFFICE, PURPOSE, BASIS = "statistics", "企业开办核验", "浙江省公共数据条例 第二十四条"


def main() -> None:
    os.environ["SHUZHI_PROCESS"] = "migrate"
    from shuzhi.node.starting import start_django

    start_django()
    from shuzhi.data.exchange import queries
    from shuzhi.data.exchange.types import InterfaceStatus
    from shuzhi.data.registers import queries as registers
    from shuzhi.foundation.errors import PlatformError

    found = {"keys": {}, "known": {}, "without": {}}
    for one in queries.interfaces(status=InterfaceStatus.PUBLISHED):
        register = registers.search(one.declaration.register_, page=1, size=1).records
        found["known"][one.id] = {
            name: str(register[0].values[name])
            for name in one.declaration.by
            if register and register[0].values.get(name)
        }
        try:
            issued = granted(one.id, one.declaration.owner)
            found["keys"][one.id] = {"key_id": issued.key_id, "secret": issued.secret}
        except PlatformError as error:
            found["without"][one.id] = str(error)
    json.dump(found, sys.stdout)


def granted(interface: str, owner: str):
    from shuzhi.data.exchange import queries, services
    from shuzhi.foundation.clock import day_of, now
    from shuzhi.foundation.outbox import services as outbox
    from shuzhi.pillars.security.types import Actor, Role
    from shuzhi.support.workflow import services as workflow

    roles = frozenset({Role.DATA_OFFICER, Role.APPROVER})
    officer = Actor("account/proof", "证", OFFICE, roles=roles)
    approver = Actor("account/owner", "证", owner, roles=roles)
    bureau = Actor("account/proof-bureau", "证", "data-bureau", roles=frozenset({Role.BUREAU}))
    declared = queries.interface(interface).declaration
    asked = services.request_subscription(
        interface=interface, office=OFFICE, purpose=(*declared.purposes, PURPOSE)[0], basis=BASIS,
        since=day_of(now()), until=day_of(now()) + timedelta(days=365), daily_quota=declared.daily_quota,
        by=officer, at=now(),
    )  # fmt: skip
    dossier = queries.subscription(asked.id).dossier
    workflow.act(dossier=dossier, action="owner-approve", by=approver, at=now())
    workflow.act(dossier=dossier, action="bureau-approve", by=bureau, at=now())
    outbox.deliver_waiting(at=now())
    return services.renew_credential(subscription=asked.id, by=officer, at=now())


if __name__ == "__main__":
    main()
