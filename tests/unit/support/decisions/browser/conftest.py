"""Answers of the browser's modules, run by Node."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import javascript

HERE = Path(__file__).parent
MODULES = HERE.parents[4] / "src/shuzhi/terminals/design/static/design/js/feel"


@pytest.fixture(scope="session")
def node():
    """A function that puts cases to a script beside this file, in one process, and gives the answers."""

    def ask(cases, script="agree.mjs"):
        answers = javascript.answers(HERE / script, MODULES, cases)
        assert len(answers) == len(cases)
        return answers

    return ask
