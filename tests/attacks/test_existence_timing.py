"""Whether somebody exists can't be told from how long the gateway takes to say no.

    pytest -m proof -n0 -s tests/attacks/test_existence_timing.py

A caller who is limited to rows of its own asks for firms that exist and are not its own, and for firms that nobody has, in
random order over one connection. The measure is how often an answer about the one took longer than an answer about the
other (the area under the curve; 0.5: as often as not), beside the same measure between two halves of the absent ones. Whatever
a caller could average out of it must be small against a call: the medians may differ by two hundredths of one.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import sys
import time
from bisect import bisect_left, bisect_right
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shuzhi.data.exchange import signing
from shuzhi.foundation.clock import now
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.conftest import start_gateway, world  # noqa: F401  (fixtures)
from tests.unit.data.exchange.world import BUREAU, FIRM

pytestmark = pytest.mark.proof

CODES = 100  # of either sort
CALLS = 2_500  # of either sort
FARTHEST, MOST_APART = 0.04, 0.02  # from one half; of a median call


def code(place: int) -> str:
    """A code that keeps its standard."""
    from shuzhi.pillars.standards.validators import VALIDATORS

    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    tried = (f"91350100MA{place:06d}{one}{two}" for one in signs for two in signs)
    return next(each for each in tried if VALIDATORS["uscc"](each))


@pytest.fixture
def limited(world):  # noqa: F811
    """Two subscriptions that may see no firm, of many."""
    from django.db import connection

    from shuzhi.data.exchange import services
    from shuzhi.data.exchange.types import RowLimit

    for place in range(CODES):
        worlds.add_firm(f"t-{place}", FIRM | {"uscc": code(place)})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registers_entity, registers_identifier")
    for credential in (world.record, world.verification):
        services.limit_rows(
            subscription=credential.subscription, rows=RowLimit(office="name"), by=BUREAU, at=worlds.AT
        )
    return world


@pytest.mark.parametrize("kind", ["record", "verification"])
def test_rows_of_others_take_as_long_as_rows_that_are_not_there(limited, start_gateway, kind):  # noqa: F811
    credential = getattr(limited, kind)
    line = Line(
        start_gateway().url,
        replace(credential),
        more={"name": FIRM["name"]} if kind == "verification" else {},
    )
    foreign, absent = [code(n) for n in range(CODES)], [code(n) for n in range(10_000, 10_000 + CODES)]
    for one in (foreign[:50], absent[:50]):
        [line.ask(each) for each in one]

    asked = [(is_foreign, n) for is_foreign in (True, False) for n in range(CALLS)]
    random.Random(20261122).shuffle(asked)
    took, said = {True: [], False: []}, set()
    for is_foreign, n in asked:
        seconds, answer = line.ask((foreign if is_foreign else absent)[n % CODES])
        took[is_foreign].append(seconds)
        said.add(answer)

    longer, control = share_longer(took[True], took[False]), share_longer(took[False][::2], took[False][1::2])
    medians = [statistics.median(took[sort]) for sort in (True, False)]
    apart = (medians[0] - medians[1]) / medians[1]
    sys.stdout.write(
        f"\n{kind}: longer {longer:.3f} (control {control:.3f}), medians {medians[0] * 1e6:.0f} and {medians[1] * 1e6:.0f} µs, apart {apart:+.3f}\n"
    )
    line.connection.close()
    assert len(said) == 1, said
    assert abs(longer - 0.5) < FARTHEST
    assert abs(apart) < MOST_APART


class Line:
    """One kept connection; only the time between sending and the answer's end counts."""

    def __init__(self, url, credential, more):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self.credential, self.more = credential, more
        self.path = "/v1/interfaces/" + credential.interface

    def ask(self, uscc):
        query = signing.encode_pairs(sorted(({"uscc": uscc} | self.more).items()))
        headers = signing.signed_headers(
            key_id=self.credential.key_id, secret=self.credential.secret, method="GET", path=self.path,
            query=query, at=now(),
        )  # fmt: skip
        begun = time.perf_counter()
        self.connection.request("GET", f"{self.path}?{query}", headers=dict(headers))
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - begun
        told = {name: value for name, value in json.loads(body).items() if name != "request_id"}
        return took, f"{answer.status} {len(body)} {json.dumps(told, sort_keys=True)}"


def share_longer(these, those):
    """How often one of these took longer than one of those, equal times halved."""
    ordered = sorted(those)
    places = (bisect_left(ordered, each) + bisect_right(ordered, each) for each in these)
    return sum(places) / 2 / len(these) / len(those)
