"""Where assets come from (资产来源): the platform's own registers, each asked as it is now. Nothing is typed in by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from shuzhi.business.secops.types import AssetKind, Exposure, Found
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Entry, Status
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.exchange.types import SubscriptionStatus
from shuzhi.data.opendata import queries as opendata
from shuzhi.foundation.settings import Settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.crypto.keyring import State
from shuzhi.pillars.security.crypto.node import keyring
from shuzhi.pillars.security.types import ROLE_TITLES, Grade, Role
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow.processes import queries as processes

BUREAU = "data-bureau"
PAGE = 500
# What a setting lets the platform talk to; the address shows its host alone, never a user or password.
CONNECTIONS = {
    "database_url": Words(zh="外部数据库", en="a database of others"),
    "lake_url": Words(zh="对象存储", en="object store"),
    "smtp_url": Words(zh="邮件服务器", en="mail server"),
    "sms_url": Words(zh="短信网关", en="SMS gateway"),
    "kms_url": Words(zh="密钥服务", en="key service"),
    "otlp_endpoint": Words(zh="遥测采集", en="telemetry collector"),
}


def _nobody() -> Mapping[str, str]:
    return {}


_pack_owners: Callable[[], Mapping[str, str]] = _nobody


def ask_pack_owners(ask: Callable[[], Mapping[str, str]]) -> None:
    """Packs lie above this room: at start-up they say how to ask whose they are."""
    global _pack_owners  # noqa: PLW0603 - a port, filled once
    _pack_owners = ask


def found(chosen: Settings) -> Iterator[Found]:
    """Every asset of this node, each once."""
    entries = {entry.id: entry for entry in catalog.entries() if entry.node is None}
    yield from _datasets(entries)
    yield from _releases(entries)
    yield from _interfaces()
    yield from _subscriptions()
    yield from _processes()
    yield from _accounts()
    yield from _keys()
    yield from _connections(chosen)


def _datasets(entries: dict[str, Entry]) -> Iterator[Found]:
    for entry in entries.values():
        if entry.status is not Status.WITHDRAWN:
            yield Found(f"dataset/{entry.id}", AssetKind.DATASET, entry.title, entry.owner, _grade(entry))


def _grade(entry: Entry) -> str:
    """The strictest grade of its fields; none where it has no fields."""
    return max((field.grade.value for field in entry.schema_.fields), default="")


def _releases(entries: dict[str, Entry]) -> Iterator[Found]:
    for dataset, release in opendata.releases().items():
        entry = entries.get(dataset)
        if release.withdrawn_at is None and entry is not None:
            yield Found(
                f"open/{dataset}",
                AssetKind.RELEASE,
                entry.title,
                entry.owner,
                Grade.L1.value,
                Exposure.PUBLIC,
            )


def _interfaces() -> Iterator[Found]:
    for one in exchange.interfaces():
        said = one.declaration
        yield Found(
            f"interface/{one.id}", AssetKind.INTERFACE, said.title, said.owner, said.clearance.value, Exposure.OFFICES
        )  # fmt: skip


def _subscriptions() -> Iterator[Found]:
    page = 1
    while rows := exchange.subscriptions(statuses=[SubscriptionStatus.GRANTED], page=page, size=PAGE):
        for one in rows:
            title = Words(
                zh=f"{one.interface_title.zh}：{one.purpose}", en=f"{one.interface_title.en}: {one.purpose}"
            )
            yield Found(
                f"subscription/{one.id}", AssetKind.SUBSCRIPTION, title, one.office, one.clearance.value,
                Exposure.OUTSIDE if one.endpoint else Exposure.OFFICES,
            )  # fmt: skip
        page += 1


def _processes() -> Iterator[Found]:
    owners = _pack_owners()
    for name, _version, pack in processes.processes():
        title = processes.process(name).title
        yield Found(f"process/{name}", AssetKind.PROCESS, title, owners.get(pack, ""), Grade.L2.value)


def _accounts() -> Iterator[Found]:
    for role, number in identity.account_classes().items():
        title = ROLE_TITLES[Role(role)]
        said = Words(zh=f"{title.zh}账号 {number} 个", en=f"{number} accounts: {title.en}")
        exposure = Exposure.PUBLIC if role == Role.RESIDENT else Exposure.OFFICES
        yield Found(f"accounts/{role}", AssetKind.ACCOUNTS, said, BUREAU, Grade.L3.value, exposure)


def _keys() -> Iterator[Found]:
    for key in keyring().list_keys():
        if key.state is not State.RETIRED:
            title = Words(
                zh=f"密钥 {key.purpose}（{key.algorithm}）", en=f"key {key.purpose} ({key.algorithm})"
            )
            yield Found(f"key/{key.purpose}/{key.id}", AssetKind.KEY, title, BUREAU, Grade.L4.value)


def _connections(chosen: Settings) -> Iterator[Found]:
    for peer in exchange.peers():
        said = peer.declaration
        yield Found(
            f"connection/node/{peer.id}", AssetKind.CONNECTION, said.title, BUREAU, Grade.L3.value, Exposure.OUTSIDE
        )  # fmt: skip
    for name, title in CONNECTIONS.items():
        if address := getattr(chosen, name):
            host = urlsplit(str(address)).hostname or "?"
            told = Words(zh=f"{title.zh}：{host}", en=f"{title.en}: {host}")
            yield Found(
                f"connection/{name}", AssetKind.CONNECTION, told, BUREAU, Grade.L3.value, Exposure.OUTSIDE
            )
