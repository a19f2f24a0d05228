"""`shuzhi packs verify`: every scenario of the wanted packs, each on a blank node with the packs it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from shuzhi.foundation.parts import Finding
from shuzhi.packs import loader, needing, services
from shuzhi.packs.errors import PacksFaulty
from shuzhi.packs.scenarios.errors import PacksUnknown
from shuzhi.packs.scenarios.running import Scenario, run_scenario
from shuzhi.packs.scenarios.stage import PLATFORM
from shuzhi.packs.scenarios.throwaway import make_blank
from shuzhi.packs.scenarios.types import Outcome
from shuzhi.packs.types import Pack

Say = Callable[[str], None]


@dataclass(frozen=True)
class Verified:
    """A pack whose scenarios were run."""

    pack: Pack
    digest: str
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def passed(self) -> int:
        """How many of its scenarios went as they say."""
        return sum(outcome.passed for outcome in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        manifest = self.pack.manifest
        return {
            "pack": self.pack.id,
            "version": manifest.version,
            "digest": self.digest,
            "grade": manifest.grade.value,
            "systems": list(manifest.systems),
            "scenarios": len(self.outcomes),
            "passed": self.passed,
            "steps": sum(outcome.steps for outcome in self.outcomes),
            "seconds": round(self.seconds, 3),
            "results": [outcome.as_dict() for outcome in self.outcomes],
        }


def wanted_packs(folders: Iterable[Path], names: Sequence[str]) -> tuple[list[Pack], list[Pack]]:
    """All packs of these folders, and those of them that are to be verified: the named ones, or all.

    Raises:
        PacksFaulty: a pack has a fault; nothing is run before it is mended.
        PacksUnknown: there is no pack of that name.
    """
    packs, findings = loader.load_packs(folders)
    known = {pack.id: pack for pack in packs}
    for name in names:
        if name not in known:
            refuse_faulty(findings)
            raise PacksUnknown(name=name)
    wanted = [known[name] for name in names] if names else packs
    refuse_faulty(findings if not names else list(_concerning(findings, wanted, packs)))
    return packs, wanted


def _concerning(
    findings: Iterable[Finding], wanted: Iterable[Pack], packs: Sequence[Pack]
) -> Iterator[Finding]:
    """Faults of the wanted packs and of those that are installed with them; the others' do not hold them up."""
    folders = {each.folder for pack in wanted for each in with_needs(pack, packs)}
    for each in findings:
        if any(Path(each.file) == folder or Path(each.file).is_relative_to(folder) for folder in folders):
            yield each


def refuse_faulty(findings: Sequence[Finding]) -> None:
    """Raise `PacksFaulty` where there is a finding."""
    if findings:
        first = findings[0]
        raise PacksFaulty(count=len(findings), first=f"{first.file}:{first.line} {first.message.zh}")


def verify(wanted: Iterable[Pack], *, packs: list[Pack], home: Path, say: Say) -> list[Verified]:
    """Run the scenarios of packs on the throwaway node of this home."""
    return [_verify_one(pack, packs, home, say) for pack in wanted]


def _verify_one(pack: Pack, packs: list[Pack], home: Path, say: Say) -> Verified:
    began = perf_counter()
    together = with_needs(pack, packs)
    outcomes = []
    for declaration in pack.declarations["scenarios"]:
        outcome = _run(declaration, pack, together, home)
        outcomes.append(outcome)
        say(
            f"{'✓' if outcome.passed else '✗'} {pack.id} · {outcome.title.zh} {outcome.title.en} ({outcome.seconds:.1f} s)"
        )
        if outcome.failure:
            failure = outcome.failure
            say(f"    {failure.file}:{failure.line}\n    {failure.message.zh}\n    {failure.message.en}")
    return Verified(pack, services.digest_of(pack), tuple(outcomes), perf_counter() - began)


def _run(declaration: Any, pack: Pack, together: list[Pack], home: Path) -> Outcome:
    make_blank(home)
    scenario: Scenario = declaration
    services.install_packs(packs=together, by=PLATFORM, at=scenario.value.begins_at)
    return run_scenario(scenario, pack=pack, packs=together)


def with_needs(pack: Pack, packs: Sequence[Pack]) -> list[Pack]:
    """A pack, everything it needs, and the ground that every pack stands on: the product's packs, offices and laws."""
    wanted = {each.id: {need.pack for need in each.manifest.needed_packs} for each in packs}
    common = ("nodes", "offices", "laws")
    ground = [
        each.id
        for each in packs
        if needing.is_ground(each.id) or any(each.declarations[one] for one in common)
    ]
    starts = [pack.id, *ground]
    reached = {name for start in starts for name in needing.closure(start, wanted)}
    return [each for each in packs if each.id in reached]
