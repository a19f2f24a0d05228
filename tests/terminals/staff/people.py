"""The node of the tests of staff pages, and the actors who work on it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from shuzhi.demo import people
from shuzhi.packs import services
from shuzhi.packs.types import Pack
from shuzhi.pillars.security.types import Actor, Role

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
OFFICER = Actor(
    name="account/officer", title="陈静", office="market-regulation", roles=frozenset({Role.DATA_OFFICER})
)
APPROVER = Actor(
    name="account/approver", title="林涛", office="market-regulation", roles=frozenset({Role.APPROVER})
)
TAX = Actor(name="account/tax", title="何敏", office="taxation", roles=frozenset({Role.DATA_OFFICER}))
BUREAU = Actor(name="account/bureau", title="周明", office="data-bureau", roles=frozenset({Role.BUREAU}))


@lru_cache(maxsize=1)
def packs() -> tuple[Pack, ...]:
    """Every pack of the product, read once."""
    loaded, findings = services.load_node_packs()
    assert not findings, findings[:3]
    return tuple(loaded)


def install() -> tuple[Pack, ...]:
    """Install them, and open the accounts of their posts."""
    services.install_packs(packs=packs(), by=people.RUNNER, at=AT)
    people.open_accounts(list(packs()), password=None, at=AT)
    return packs()
