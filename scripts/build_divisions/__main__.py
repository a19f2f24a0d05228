"""Make `packs/platform/divisions/*.csv` from four public sources that disagree.

    python scripts/build_divisions FOLDER_OF_ADMIN_DIVISIONS

Run by hand when a source is renewed. Nothing is decided silently: a code's name and life come from snapshots of official
lists; change events only tie them together, and an event that no snapshot bears out goes to `disagreements.csv`.
Whoever doubts a row reads `lists`, `lives`, `successions` and `lower` in this order.
What no source has (the day of the 2021 Hangzhou re-division) is in `curated_successions.csv`, labelled as such.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from files import HEADER, read, row, write
from interval import MCA2021, MCA2026, NBS2023
from lists import mca2021, mca2026, nbs2023
from lives import Parents, bridged, broken_at, from_snapshots, narrowed
from lower import same_town_lists, towns, villages
from successions import from_curated, from_events


def build(source: Path, target: Path, curated: Path) -> None:
    """Read the sources and write every file of the pack that is derived from them."""
    snapshots = {MCA2021: mca2021(source), NBS2023: nbs2023(source), MCA2026: mca2026(source)}
    events = json.loads((source / "mca2026_official/historical_changes_v1.json").read_text("utf-8"))["events"]
    found: list[tuple[str, ...]] = []
    intervals = list(narrowed(bridged(from_snapshots(source, snapshots, found), found), events))
    changes = list(read(curated))
    intervals = broken_at(intervals, changes)
    parents = Parents(intervals, found)
    upper = [row(i, parents.of(i)) for i in sorted(intervals, key=lambda i: (i.code, i.valid_from))]
    by_hand = list(from_curated(changes, events, intervals, found))
    known = {(change[0], change[2]) for change in by_hand}
    by_event = [
        change for change in from_events(events, intervals, found) if (change[0], change[2]) not in known
    ]
    successions = sorted({*by_event, *by_hand})
    same_town_lists(source, found)
    write(target / "divisions.csv", HEADER, upper)
    write(target / "towns.csv", HEADER, towns(source, intervals))
    write(target / "villages.csv", HEADER, villages(source, intervals))
    columns = (
        "old_code",
        "old_name",
        "new_code",
        "new_name",
        "not_before",
        "day",
        "kind",
        "basis",
        "source",
        "note",
    )
    write(target / "successions.csv", columns, successions)
    write(target / "disagreements.csv", ("rule", "code", "name", "source", "finding"), sorted(set(found)))


PACK = Path(__file__).resolve().parent.parent.parent / "packs" / "platform" / "divisions"


if __name__ == "__main__":
    build(Path(sys.argv[1]), PACK, PACK / "curated_successions.csv")
