"""A form installed, a person who fills it in, and registers that know her; Django is imported when asked for."""

from __future__ import annotations

import json

import pytest
from tests.unit.support.forms import forms, people


@pytest.fixture
def install(db, tmp_path):
    """Install the birth form, changed as a test likes."""
    from shuzhi.support.forms import services
    from shuzhi.support.forms.parts import read_form

    def installed(change=lambda made: None):
        made = json.loads(forms.BIRTH.read_text("utf-8"))
        change(made)
        file = tmp_path / "birth-registration.json"
        file.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        value, _, found = read_form(file)
        assert not found, found
        return services.install_form(form=value, pack="people/births", by=people.SYSTEM, at=forms.NOW)

    return installed


@pytest.fixture
def registers(monkeypatch):
    """The registers' room as the port sees it."""
    from shuzhi.support.forms import prefilling

    known = people.Registers()
    monkeypatch.setattr(prefilling, "_look_up", [known.look_up])
    return known


@pytest.fixture
def mother(db, install, registers):
    """A person with a proven identity, and the form there for her."""
    from shuzhi.support.identity import services as identity

    install()
    return people.account(identity, "mother", forms.MOTHER)
