"""The asset list (资产清单): taken from the registers, looked at by people, with what is missing made an issue.

An issue is one dossier of an office and a kind of gap, however many assets it is about; the next stock-taking that finds
nothing missing closes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.business.secops import assets, models
from shuzhi.business.secops.errors import NoSuchAsset
from shuzhi.business.secops.types import Asset, AssetKind, Exposure, Found, GapKind, StockReport
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import services as loops

LOOP = "asset-gap"
REVIEWED_EVERY = timedelta(days=365)
MOST_NAMED = 200
GAPS = {
    GapKind.OWNER: Words(zh="资产无主管部门", en="Assets without an owner"),
    GapKind.GRADE: Words(zh="资产未定级", en="Assets without a grade"),
    GapKind.REVIEW: Words(zh="资产超过一年未复核", en="Assets not reviewed for a year"),
}


@transaction.atomic
def take_stock(*, by: Actor, at: datetime) -> StockReport:
    """Take the list anew from the registers (盘点); what is missing becomes an issue of its office.

    Raises:
        Forbidden: it is not the actor's to do.
    """
    policy.require("secops.take_stock", by=by)
    known = {row.id: row for row in models.Asset.objects.select_for_update()}
    seen = {one.id: one for one in assets.found(settings())}
    new = [_new(one, at) for name, one in seen.items() if name not in known]
    changed = [row for name, row in known.items() if name in seen and _take(row, seen[name], at)]
    gone = [row for name, row in known.items() if name not in seen and row.gone_at is None]
    for row in gone:
        row.gone_at = at
    models.Asset.objects.bulk_create(new, batch_size=2_000)
    models.Asset.objects.bulk_update(
        [*changed, *gone],
        ["title_zh", "title_en", "owner", "grade", "exposure", "gone_at", "changed_at"],
        batch_size=2_000,
    )
    models.Asset.objects.filter(gone_at=None).update(seen_at=at)
    rows = [*new, *(row for row in known.values() if row.gone_at is None)]
    opened, closed = _follow_gaps(rows, by=by, at=at)
    report = StockReport(
        len(rows), len(new), len(changed), len(gone), sum(bool(gaps_of(row, at)) for row in rows), opened, closed
    )  # fmt: skip
    audit.record("secops.stock_taken", target="assets", by=by, at=at, assets=report.assets, gone=report.gone)
    return report


@transaction.atomic
def review_asset(*, asset: str, note: str, by: Actor, at: datetime) -> None:
    """Somebody looked at an asset: whose it is, how it is graded, who reaches it (复核).

    Raises:
        NoSuchAsset: the list has none of this name.
        Forbidden: it is not the actor's to do.
    """
    row = models.Asset.objects.select_for_update().filter(id=asset, gone_at=None).first()
    if row is None:
        raise NoSuchAsset(asset=asset)
    policy.require("secops.review", by=by, office=row.owner)
    row.reviewed_at, row.reviewed_by, row.note = at, by.name, note.strip()[:500]
    row.save(update_fields=["reviewed_at", "reviewed_by", "note"])
    audit.record("secops.asset_reviewed", target=f"asset/{asset}", by=by, at=at, note=row.note)


def gaps_of(row: models.Asset, at: datetime) -> tuple[GapKind, ...]:
    """What is missing of an asset. What nobody outside the platform's owner reaches need not be reviewed each year."""
    found = []
    if not row.owner:
        found.append(GapKind.OWNER)
    if not row.grade:
        found.append(GapKind.GRADE)
    looked = row.reviewed_at or row.first_at
    if row.exposure != Exposure.INSIDE and looked < at - REVIEWED_EVERY:
        found.append(GapKind.REVIEW)
    return tuple(found)


def value_of(row: models.Asset, at: datetime) -> Asset:
    """An asset as pages see it."""
    return Asset(
        row.id, AssetKind(row.kind), Words(zh=row.title_zh, en=row.title_en), row.owner, row.grade,
        Exposure(row.exposure), row.first_at, row.changed_at, row.reviewed_at, row.reviewed_by, row.note,
        gaps_of(row, at),
    )  # fmt: skip


def _new(one: Found, at: datetime) -> models.Asset:
    return models.Asset(
        id=one.id, kind=one.kind, title_zh=one.title.zh[:300], title_en=one.title.en[:300], owner=one.owner,
        grade=one.grade, exposure=one.exposure, seen_at=at, first_at=at, changed_at=at,
    )  # fmt: skip


def _take(row: models.Asset, one: Found, at: datetime) -> bool:
    """Make the row what the register says; whether it was something else. What is reached by others is looked at anew."""
    said = {
        "title_zh": one.title.zh[:300], "title_en": one.title.en[:300], "owner": one.owner, "grade": one.grade,
        "exposure": one.exposure.value, "gone_at": None,
    }  # fmt: skip
    if all(getattr(row, name) == value for name, value in said.items()):
        return False
    for name, value in said.items():
        setattr(row, name, value)
    row.changed_at = at
    return True


def _follow_gaps(rows: Iterable[models.Asset], *, by: Actor, at: datetime) -> tuple[int, int]:
    missing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        for lack in gaps_of(row, at):
            missing[lack.value, row.owner or assets.BUREAU].append(row.id)
    running = {(gap.kind, gap.office): gap for gap in models.Gap.objects.filter(closed_at=None)}
    for key, gap in running.items():
        if key in missing:
            gap.assets = sorted(missing[key])[:MOST_NAMED]
            gap.save(update_fields=["assets"])
        else:
            _close(gap, at=at)
    fresh = [key for key in missing if key not in running]
    for kind, office in fresh:
        _open(GapKind(kind), office, sorted(missing[kind, office]), by=by, at=at)
    return len(fresh), len(running.keys() - missing.keys())


def _open(kind: GapKind, office: str, names: list[str], *, by: Actor, at: datetime) -> None:
    title = GAPS[kind]
    dossier = loops.open_dossier(
        loop=LOOP,
        subject=f"assets/{kind}/{office}",
        title=Words(zh=f"{title.zh}：{len(names)} 项", en=f"{title.en}: {len(names)}"),
        office=office,
        requester=None,
        by=by,
        at=at,
        facts={"kind": kind.value, "assets": names[:MOST_NAMED]},
    )
    models.Gap.objects.create(kind=kind, office=office, assets=names[:MOST_NAMED], dossier=dossier.id)


def _close(gap: models.Gap, *, at: datetime) -> None:
    loops.act(dossier=gap.dossier, action="mended", by=system("secops"), at=at)
    gap.closed_at = at
    gap.save(update_fields=["closed_at"])
