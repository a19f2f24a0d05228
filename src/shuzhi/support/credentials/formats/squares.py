"""Squares (二维码) as drawings."""

from __future__ import annotations

import io

import segno


def as_svg(text: str, *, scale: int = 4) -> str:
    """The square as SVG, dark on white with its quiet margin, without size: the page gives it one."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(
        out,
        kind="svg",
        scale=scale,
        border=4,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgns=True,
        omitsize=True,
    )
    return out.getvalue().decode()


def as_rows(text: str) -> list[list[bool]]:
    """Its dark and light fields, without margin."""
    return [[bool(each) for each in row] for row in segno.make_qr(text, error="m").matrix]
