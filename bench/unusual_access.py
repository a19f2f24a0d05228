"""How many attacks the shipped rules of unusual access find among ordinary traffic, and how often they are wrong.

    PYTHONPATH=src:. python bench/unusual_access.py 20      # seeds

Six weeks of twelve offices a seed, one attack of every kind in the last week. The traffic is synthetic: it says how the rules behave
on what it holds, not on what nobody thought of. Needs no database.
"""

from __future__ import annotations

import os
import random
import sys
from collections import defaultdict
from datetime import timedelta


def main(seeds: int) -> None:
    """Print what was found, missed and wrong."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.node.django")
    django.setup()
    from shuzhi.business.secops import counting
    from shuzhi.business.secops.judging import judge
    from shuzhi.business.secops.types import AccessRule, Day
    from shuzhi.foundation.packfiles import packs_root
    from shuzhi.packs import yaml
    from shuzhi.pillars.security.log.following import Followed
    from tests.unit.business.secops import traffic

    def followed(act: traffic.Act) -> Followed:
        rows = act.facts.get("rows")
        return Followed(0, 0, act.at, act.action, act.actor, act.office, act.target, act.purpose, act.outcome,
                        act.facts.get("rule"), None if rows is None else str(rows))  # fmt: skip

    folder = packs_root() / traffic.GOVERNANCE / "access-rules"
    rules = [AccessRule.model_validate(yaml.read(file).value) for file in sorted(folder.glob("*.yaml"))]
    hits = misses = caller_days = 0
    wrong: dict[str, int] = defaultdict(int)
    for seed in range(seeds):
        chance, seen = random.Random(seed), set[tuple[str, str]]()
        history: dict[str, list[Day]] = defaultdict(list)
        found, expected = set[tuple[str, str]](), set[tuple[str, str]]()
        for day in (traffic.FIRST + timedelta(days=number) for number in range(42)):
            acts = list(traffic.ordinary(day, chance))
            if day == traffic.FIRST + timedelta(days=38):
                for name, attack in traffic.attacks(day, chance).items():
                    acts += attack
                    expected.add((name, attack[0].actor))
            for (caller, on), one in counting.tally(map(followed, acts), rules).items():
                fresh = tuple(what for what in one.things if (caller, what) not in seen)
                seen |= {(caller, what) for what in fresh}
                today = Day(on, one.calls, one.refused, one.missed, one.late, one.rows, fresh)
                caller_days += 1
                for rule in rules:
                    since = on - timedelta(days=rule.history_days)
                    if judge(rule, today, [past for past in history[caller] if past.day >= since]):
                        found.add((rule.rule, caller))
                history[caller].append(today)
        hits, misses = hits + len(found & expected), misses + len(expected - found)
        for name, _ in found - expected:
            wrong[name] += 1
    print(
        f"{seeds} seeds, {caller_days} days of callers: {hits} attacks found, {misses} missed, false alarms {dict(wrong)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
