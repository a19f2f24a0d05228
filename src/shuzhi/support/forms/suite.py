"""The official test suite of JSON Schema, read from its folder and put to the engine (`shuzhi forms suite`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.support.forms.engine.schemas import is_valid
from shuzhi.support.forms.errors import SuiteMissing

DRAFT = "draft2020-12"
REMOTE = "http://localhost:1234/"  # where the suite says that its remotes are


@dataclass
class SuiteReport:
    """How many cases there were, how many were answered as the suite expects, and which were not."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    files: int = 0

    @property
    def cases(self) -> int:
        """All cases."""
        return self.passed + len(self.failed)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"files": self.files, "cases": self.cases, "passed": self.passed, "failed": self.failed}


def run_suite(folder: Path) -> dict[str, SuiteReport]:
    """The required cases, and those of optional formats apart; DIR is the suite's root or its `tests/draft2020-12`.

    Raises:
        SuiteMissing: the folder has no cases of the draft.
    """
    tests = next((each for each in (folder / "tests" / DRAFT, folder) if any(each.glob("*.json"))), None)
    if tests is None or tests.name != DRAFT:
        raise SuiteMissing(folder=folder.name, draft=DRAFT)
    remotes = dict(_remotes(tests.parents[1] / "remotes"))
    formats = sorted((tests / "optional" / "format").glob("*.json"))
    return {
        "required": _run(sorted(tests.glob("*.json")), remotes, formats=False),
        "formats": _run(formats, remotes, formats=True),
    }


def _run(files: list[Path], remotes: dict[str, Any], *, formats: bool) -> SuiteReport:
    report = SuiteReport(files=len(files))
    for file in files:
        for group in json.loads(file.read_text("utf-8")):
            for case in group["tests"]:
                name = f"{file.stem}: {group['description']}: {case['description']}"
                if _answer(group["schema"], case["data"], remotes, formats=formats) is case["valid"]:
                    report.passed += 1
                else:
                    report.failed.append(name)
    return report


def _answer(schema: Any, data: Any, remotes: dict[str, Any], *, formats: bool) -> bool | None:
    needed = remotes if "localhost:1234" in json.dumps(schema) else {}
    try:
        return is_valid(schema, data, resources=needed, formats=formats)
    except PlatformError:
        return None


def _remotes(folder: Path) -> Iterator[tuple[str, Any]]:
    for file in sorted(folder.rglob("*.json")):
        path = file.relative_to(folder)
        # Schemas of other drafts lie beside these; a reader of this draft has no use for them.
        if not path.parts[0].startswith("draft") or path.parts[0] == DRAFT:
            yield REMOTE + path.as_posix(), json.loads(file.read_text("utf-8"))
