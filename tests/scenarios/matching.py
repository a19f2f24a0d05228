"""How well firms were matched, against the truth that the synthetic population keeps; run in a node's home."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import comb

from shuzhi.foundation import database
from shuzhi.foundation.settings import settings

EXTRACTS = {"insured-employers": "insured"}  # where a source is named otherwise than its extract


def main() -> None:
    """Print precision and recall over pairs of records, as JSON."""
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()


def measure() -> dict[str, float]:
    """Pairs that belong together and are together, by what is together and by what belongs together."""
    from shuzhi.data.registers import models

    entity_of = dict(models.Member.objects.values_list("record", "entity_id"))
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for record, key in known_records():
        together[entity_of[record]][key] += 1
    found = sum(comb(sum(keys.values()), 2) for keys in together.values())
    right = sum(comb(count, 2) for keys in together.values() for count in keys.values())
    true = sum(comb(count, 2) for count in _by_key(together.values()).values())
    return {
        "records": sum(sum(keys.values()) for keys in together.values()),
        "precision": right / found,
        "recall": right / true,
    }


def known_records() -> Iterator[tuple[str, str]]:
    """Every current record of the synthetic sources with the code of the firm that it is about."""
    from shuzhi.data.registers import queries
    from shuzhi.data.registers.gathering import gather
    from shuzhi.data.sources import queries as sources
    from shuzhi.demo.population.truth import read_truth
    from shuzhi.foundation.clock import day_of, now

    population = settings().home / "demo" / "population"
    files = json.loads((population / "manifest.json").read_text("utf-8"))["files"]
    above = {file["extract"]: file["header_rows"] for file in files}
    truth = {(fact["extract"], fact["row"]): fact["key"] for fact in read_truth(population)}
    for record in gather(queries.declaration("legal-entity"), today=day_of(now())):
        source = sources.batch(record.batch).source
        extract = EXTRACTS.get(source, source)
        if extract in above:
            yield record.id, truth[extract, record.row - above[extract]]


def _by_key(entities: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for keys in entities:
        total.update(keys)
    return total


if __name__ == "__main__":
    main()
