"""How fast matters are found: 10,000 of them, made by mixing the packs' own, asked the test questions.

python bench/matters_search.py [matters]
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.unit.business.matters import library_of_packs as packs  # noqa: E402

from shuzhi.business.matters.library.indexing import Index  # noqa: E402
from shuzhi.business.matters.library.vocabulary import together  # noqa: E402


def mixed(count: int) -> list[Any]:
    """Matters that are named after several of the packs'."""
    pick, there, made = random.Random(7), packs.matters(), []
    for number in range(count):
        one, two, three = (pick.choice(there) for _ in range(3))
        title = one.title.model_copy(
            update={"zh": two.title.zh[:4] + one.title.zh[-5:] + three.title.zh[2:5]}
        )
        aliases = (
            *(a[:3] + b[-3:] for a, b in zip(two.aliases, three.aliases, strict=False)),
            *one.aliases[:2],
        )
        changes = {"matter": f"m{number}", "title": title, "aliases": aliases, "summary": two.summary}
        made.append(one.model_copy(update=changes))
    return made


def main() -> None:
    """Build, ask, say."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    matters, vocabulary = mixed(count), together(packs.words())
    began = time.perf_counter()
    index = Index(matters, vocabulary)
    built = time.perf_counter() - began
    took, worked = [], []
    for question, _ in packs.questions():
        began, busy = time.perf_counter(), time.process_time()
        index.find(question, most=10)
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    print(f"{count} matters, built in {built:.1f} s; {shares(took)}; processor alone {shares(worked)}")


def shares(took: list[float]) -> str:
    """The middle and the slow ones, in milliseconds."""
    ranked = sorted(took)
    parts = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    return ", ".join(f"{name} {ranked[int(len(ranked) * part)]:.1f} ms" for name, part in parts)


if __name__ == "__main__":
    main()
