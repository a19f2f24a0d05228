"""What all tests share: a real database, and the real files where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import (  # noqa: F401 - hooks and fixtures that pytest finds here
    django_db_modify_db_settings,
    django_db_setup,
    postgres_home,
    pytest_configure,
    pytest_unconfigure,
)

# How long an example takes says more of the machine than of the product: benchmarks measure time, tests don't.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

REPOSITORY = Path(__file__).resolve().parent.parent
# No setting of a node, which would refuse the name: taken out of the way under another one that workers inherit.
for _name in ("TEST_DATA", "BPMN_MODELS"):
    if given := os.environ.pop(f"SHUZHI_{_name}", None):
        os.environ[_name] = given
# One process of each, so that many tests run beside each other; what several share has tests of its own.
for _name in ("WEB_WORKERS", "GATEWAY_WORKERS"):
    os.environ.setdefault(f"SHUZHI_{_name}", "1")
SHARED_DATA = Path(os.environ.get("TEST_DATA", REPOSITORY.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files that may not ship with the product; a test that needs them says when they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real test files are not on this machine ({SHARED_DATA.name}); set SHUZHI_TEST_DATA")
    return SHARED_DATA


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Half a letter that a test had logged must not break the line between pytest's processes."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
