"""Addresses of our own files (静态文件地址), reckoned once each: a page names a dozen of them."""

from __future__ import annotations

from functools import cache

from django.contrib.staticfiles.storage import StaticFilesStorage


class KeptAddresses(StaticFilesStorage):
    """Django's storage of static files, which does not reckon an address twice."""

    def url(self, name: str | None) -> str:
        """A file's address."""
        return _address(name, self.base_url)


@cache
def _address(name: str | None, base: str | None) -> str:
    return StaticFilesStorage(base_url=base).url(name)
