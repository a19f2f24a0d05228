"""What the browser tests share; `browser` can be imported whichever way pytest imports the tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from browser import browser  # noqa: F401  (a fixture)
