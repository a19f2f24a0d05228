"""WCAG contrast of every pair of tokens that pages use for text, read from the style sheet itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shuzhi.terminals.design

CSS = Path(shuzhi.terminals.design.__file__).parent / "static" / "design" / "css"
TEXT, GRAPHIC = 4.5, 3.0
SURFACES = ("paper", "ground")
INKS = ("ink", "muted", "primary", "primary-strong", "success", "warning", "danger", "danger-strong")
PAIRS = [
    *[(ink, surface) for ink in INKS for surface in SURFACES],
    *[(tone, f"{tone}-soft") for tone in ("primary", "success", "warning", "danger")],
    *[(ink, soft) for ink in ("ink", "muted") for soft in ("primary-soft", "warning-soft")],
    ("on-primary", "primary"), ("on-primary", "primary-strong"), ("on-danger", "danger"), ("on-danger", "danger-strong"),
    ("focus-ink", "focus"),
    *[("on-shade-light", f"shade-{n}") for n in range(4)],
    *[("on-shade-dark", f"shade-{n}") for n in range(4, 7)],
]  # fmt: skip
DRAWN = [*[(f"data-{n}", "paper") for n in range(1, 9)], ("edge", "paper"), ("edge", "ground")]


def declared(selector: str) -> dict[str, str]:
    css = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(), flags=re.DOTALL)
    top = css.split("@media", 1)[0]
    found = re.findall(rf"(?m)^{re.escape(selector)} \{{(.*?)^\}}", top, flags=re.DOTALL)
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", "".join(found)))


LIGHT = declared(":root")
THEMES = {
    "light": LIGHT,
    "dark": {**LIGHT, **declared(".dark")},
    "elder": {**LIGHT, **declared(".elder:not(.dark)")},
}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "surface"), PAIRS)
def test_text_can_be_read(theme, ink, surface):
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[surface]) >= TEXT, f"{ink} on {surface}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "surface"), DRAWN)
def test_drawings_and_edges_can_be_seen(theme, ink, surface):
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[surface]) >= GRAPHIC, f"{ink} on {surface}"


def test_elder_mode_has_the_strongest_contrast():
    for ink in ("ink", "muted", "primary", "success", "warning", "danger"):
        assert contrast(THEMES["elder"][ink], "#FFFFFF") >= 7


def test_the_themes_were_really_read():
    assert THEMES["dark"]["paper"] == "#13223B"
    assert THEMES["elder"]["ink"] != LIGHT["ink"]
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_no_colour_is_written_outside_the_tokens():
    for sheet in CSS.glob("*.css"):
        if sheet.name not in {"tokens.css", "print.css"}:
            assert not re.search(r"#[0-9A-Fa-f]{3,8}\b", sheet.read_text()), sheet.name
