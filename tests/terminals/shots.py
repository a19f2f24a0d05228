"""Pictures of pages for people to look at (`make shots`): every page × width × {zh, en, elder}, into build/shots.

    python tests/terminals/shots.py --base http://127.0.0.1:8000 /staff/ /data/ --user officer --password …

A page whose path contains `cockpit` is taken at 1920×1080, 6656×1792 and 390×844 instead. Prints what `complaints`
finds on each and ends with 1 if there was anything.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import browser as eyes

WIDTHS, WALLS = (1440, 1024, 390), (1920, 6656, 390)
READERS = {"zh": {}, "en": {"english": True}, "elder": {"elder": True}, "dark": {"dark": True}}
OUT = eyes.REPOSITORY / "build" / "shots"


def main(argv: list[str] | None = None) -> int:
    """Take all pictures; the exit code says whether anything was found."""
    asked = _asked(argv)
    asked.out.mkdir(parents=True, exist_ok=True)
    found = 0
    with eyes.open_browser() as opened:
        for path, width, reader in _plan(asked):
            found += _take(opened, asked, path, width, reader)
    sys.stderr.write(f"{found} complaints, pictures in {asked.out}\n")
    return 1 if found else 0


def _asked(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", help="paths of pages, such as /staff/")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--login", default="/login/", help="the page with the form to sign in")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--width", dest="widths", type=int, action="append", help="only this width; may be repeated"
    )
    parser.add_argument(
        "--reader", dest="readers", choices=READERS, action="append", help="only this reader; may be repeated"
    )
    return parser.parse_args(argv)


def _plan(asked: argparse.Namespace) -> Iterator[tuple[str, int, str]]:
    for path in asked.paths:
        for width in asked.widths or (WALLS if "cockpit" in path else WIDTHS):
            for reader in asked.readers or ("zh", "en", "elder"):
                yield path, width, reader


def _take(opened: Any, asked: argparse.Namespace, path: str, width: int, reader: str) -> int:
    page = eyes.new_page(opened, asked.base, width=width, **READERS[reader])
    try:
        if asked.user:
            eyes.sign_in(page, asked.base + asked.login, username=asked.user, password=asked.password)
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        page.goto(asked.base + path)
        found = [*eyes.complaints(page), *(f"console: {text}" for text in refused if "status of" not in text)]
        name = f"{path.strip('/').replace('/', '-') or 'home'}.{width}.{reader}.png"
        page.screenshot(path=asked.out / name, full_page="cockpit" not in path or width < 1000)
        for line in found:
            sys.stdout.write(f"{path} {width} {reader}: {line}\n")
        return len(found)
    finally:
        page.context.close()


if __name__ == "__main__":
    sys.exit(main())
