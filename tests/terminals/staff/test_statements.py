"""No list page asks the database more often because it shows more rows."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.terminals.staff import growing

FEW, MANY = 1, 30


def statements(client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return len(asked)


def test_lists_of_thirty_ask_as_often_as_lists_of_one(sign_in):
    client = sign_in("bureau")
    growing.grow(FEW)
    for url in growing.LISTS:
        client.get(url)  # what a process keeps for good, or until the next change, is kept now
    few = {url: statements(client, url) for url in growing.LISTS}

    growing.grow(MANY)
    for url in growing.LISTS:
        client.get(url)
    many = {url: statements(client, url) for url in growing.LISTS}

    assert {url: (few[url], count) for url, count in many.items() if count > few[url]} == {}
