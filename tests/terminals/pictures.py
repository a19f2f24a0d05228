"""The README's pictures, taken anew of a demonstration that runs (`make pictures`), into docs/images.

python tests/terminals/pictures.py --base http://127.0.0.1:8000
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import browser as eyes

OUT = eyes.REPOSITORY / "docs" / "images"
PASSWORD = "shuzhi-demo"
WIDE = {  # file: who looks, at what, or which link of which page
    "dataset": ("", "/data/nyc311-requests/", ""),
    "quality": ("bureau", "/staff/quality/", ""),
    "life": ("bureau", "/staff/catalog/firms-registration/", ""),
    "entity": ("bureau", "/staff/registers/legal-entity/", r"/staff/registers/legal-entity/[^/?]*-[^/?]*/$"),
    "batch": ("bureau", "/staff/sources/firms/", r"/staff/batches/[^/?]+/$"),
}
PHONE = (
    ("resident", "/forms/birth-registration/"),
    ("firm", "/my/benefits/"),
    ("", "/hotline/"),
    ("", "/verify/"),
)
SHEET = """<body style="margin:0;padding:18px;background:#d6dbe4;display:flex;gap:18px;align-items:start">{}</body>"""
ONE = '<img style="width:292px" src="data:image/png;base64,{}">'


def main() -> int:
    """Take all of them; ends with 1 where a page was not there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    base = parser.parse_args().base
    with eyes.open_browser() as opened:
        cockpit = _open(opened, base, "leader", 1920)
        _shoot(cockpit, base + "/staff/cockpit/", OUT / "cockpit.png")
        for name, (user, path, link) in WIDE.items():
            page = _open(opened, base, user, 1440)
            page.set_viewport_size({"width": 1440, "height": 1480 if name == "life" else 1000})
            page.goto(base + path)
            _shoot(page, base + (_link(page, link) if link else path), OUT / f"{name}.png")
            page.context.close()
        _phones(opened, base)
    return 0


def _open(opened: Any, base: str, user: str, width: int) -> Any:
    page = eyes.new_page(opened, base, width=width)
    if user:
        way = "/login/" if user in {"resident", "firm"} else "/staff/login/"
        eyes.sign_in(page, base + way, username=user, password=PASSWORD)
    return page


def _link(page: Any, pattern: str) -> str:
    """The last link of a page that looks so: the latest batch, a record."""
    hrefs = page.eval_on_selector_all("main a[href]", "all => all.map(each => each.getAttribute('href'))")
    return [each for each in hrefs if re.search(pattern, each)][-1]


def _shoot(page: Any, url: str, file: Path) -> None:
    answer = page.goto(url)
    if answer.status != 200:
        sys.exit(f"{url}: {answer.status}")
    eyes.settle(page)
    page.screenshot(path=file)


def _phones(opened: Any, base: str) -> None:
    taken = []
    for user, path in PHONE:
        page = _open(opened, base, user, 390)
        page.goto(base + path)
        eyes.settle(page)
        taken.append(base64.b64encode(page.screenshot(full_page=True)).decode())
        page.context.close()
    sheet = opened.new_page(viewport={"width": 1260, "height": 100})
    sheet.set_content(SHEET.format("".join(ONE.format(each) for each in taken)))
    sheet.wait_for_timeout(500)
    sheet.screenshot(path=OUT / "phone.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
