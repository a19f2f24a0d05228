"""Themes (主题): what a data set is about, for people who look by subject."""

from __future__ import annotations

from shuzhi.foundation.words import Words
from shuzhi.pillars.standards import codelists

LIST = "themes"


def theme_title(theme: str) -> Words:
    """A theme's name; one that the code list does not know stands for itself."""
    known = codelists.shipped_code_lists().get(LIST)
    code = known.latest.codes.get(theme) if known else None
    return Words(zh=(code and code.zh) or theme, en=(code and code.en) or theme)


def theme_titles() -> dict[str, Words]:
    """The names of all themes of the code list."""
    known = codelists.shipped_code_lists().get(LIST)
    return {code: theme_title(code) for code in known.latest.codes} if known else {}
