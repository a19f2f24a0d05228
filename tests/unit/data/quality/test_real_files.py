"""The real files that may not ship, by the rules of their packs."""

from __future__ import annotations

import pytest
from tests.unit.data.quality.world import FRIDAY, PLATFORM, install_loop, result

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.quality import services
from shuzhi.data.quality.types import Place
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.foundation.packfiles import packs_root
from shuzhi.packs.yaml import read


@pytest.fixture
def check(db, shared_data):
    """Collect a file under its pack's declarations and check it."""
    install_loop()

    def collect_and_check(pack, dataset, source):
        folder = packs_root() / pack
        declared = DataSetDeclaration.model_validate(read(folder / "datasets" / f"{dataset}.yaml").value)
        origin = SourceDeclaration.model_validate(read(folder / "sources" / f"{source}.yaml").value)
        catalog.propose_entry(declaration=declared, by=PLATFORM, at=FRIDAY)
        sources.register_source(declaration=origin, by=PLATFORM, at=FRIDAY)
        file = shared_data / origin.path
        batch = sources.receive_file(source=origin.source, path=file, by=PLATFORM, at=FRIDAY)
        batch = sources.collect_batch(batch=batch.id, by=PLATFORM, at=FRIDAY)
        return services.check_batch(batch=batch.id, by=PLATFORM, at=FRIDAY)

    return collect_and_check


def test_universities_add_up_to_their_captions(check):
    run = check("education/universities", "universities", "universities")

    totals = result(run, "province-totals")
    assert (totals.checked, totals.failed, totals.place) == (31, 0, Place.DATASET)
    assert run.rows == 2631
    assert run.score == 1.0


def test_every_firm_has_a_sound_code(check):
    run = check("market/hangzhou-firms", "hangzhou-firms", "hangzhou-firms")

    codes = result(run, "uscc-valid")
    assert (codes.checked, codes.failed) == (run.rows, 0)
    assert result(run, "kind-present").failed > 20_000
