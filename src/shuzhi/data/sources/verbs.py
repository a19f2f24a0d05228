"""What scenarios do with sources: hand in a file, collect it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.data.sources import queries, services
from shuzhi.data.sources.errors import NoSuchBatch
from shuzhi.data.sources.types import Batch, Mode, Root
from shuzhi.foundation.parts import Known
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class Upload(BaseModel):
    """A file by its name, or its text right here; neither: the sample that the source names."""

    model_config = ConfigDict(extra="forbid")

    source: str
    file: str | None = None
    text: str | None = None
    mode: Mode | None = None


class OfBatch(BaseModel):
    """A batch; the one handed in last where none is named."""

    model_config = ConfigDict(extra="forbid")

    batch: str | None = None


def upload(said: Upload, stage: Stage) -> Batch:
    """Hand a file to a source."""
    return services.receive_file(
        source=said.source, path=_file(said, stage), by=stage.by, at=stage.at, mode=said.mode
    )


def collect(said: OfBatch, stage: Stage) -> Batch:
    """Collect a batch that was handed in."""
    return services.collect_batch(batch=_batch(said, stage), by=stage.by, at=stage.at)


def look_at_batch(said: OfBatch, stage: Stage) -> dict[str, Any]:
    """A batch's receipt, and why its rows wait in quarantine."""
    found = queries.batch(_batch(said, stage))
    reasons = queries.quarantine_reasons(found.id)
    return {
        **{name: getattr(found, name) for name in Batch.__dataclass_fields__},
        "balances": found.balances,
        "reasons": [
            {"field": field, "reason": reason, "rows": rows} for (field, reason), rows in reasons.items()
        ],
    }


def check_upload(said: Mapping[str, Any], known: Known, folder: Path) -> Iterator[Words]:
    """The file lies beside the scenario or among the samples."""
    del known
    name = said.get("file")
    if not isinstance(name, str) or name.startswith("="):
        return
    places = [(folder / place).resolve() for place in ("scenarios", "samples")]
    if not any((root / name).resolve().is_relative_to(root) and (root / name).is_file() for root in places):
        yield Words(
            zh=f"scenarios 和 samples 里都没有 {name}", en=f"neither scenarios nor samples hold {name}"
        )


def _file(said: Upload, stage: Stage) -> Path:
    if said.text is not None:
        return stage.write(f"{said.source}.csv", said.text.encode())
    if said.file is not None:
        return stage.file(said.file)
    source = queries.source(said.source)
    return stage.file((source.path or "") if source.root is Root.SAMPLES else "")


def _batch(said: OfBatch, stage: Stage) -> str:
    last = stage.latest("upload")
    if said.batch is None and last is None:
        raise NoSuchBatch(batch="—")
    return said.batch or str(last.id)


VERBS = (
    Verb(
        "upload",
        Words(zh="提交文件", en="hand in a file"),
        Upload,
        upload,
        names={"source": "sources"},
        check=check_upload,
    ),
    Verb("collect", Words(zh="归集", en="collect a batch"), OfBatch, collect),
    Verb("batch", Words(zh="查看批次", en="look at a batch"), OfBatch, look_at_batch, looks=True),
)
