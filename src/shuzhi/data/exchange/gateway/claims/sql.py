"""The SQL of claims: rows that calls claim by, and what is written of claims that are kept in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from shuzhi.data.exchange.gateway.arrays import plain
from shuzhi.data.exchange.gateway.claims.claim import Claimed
from shuzhi.data.exchange.gateway.wire import Statement

# A call may be replayed for as long as its timestamp is accepted: five minutes after it, which may be five minutes
# ahead of the call; one more for clocks that were set back.
REPLAYABLE = timedelta(minutes=11)
NONCE_BYTES = 20  # of a block: the mark, and the timestamp as four bytes

# A subscription has a row for the day before its first call of that day is counted. The token bucket goes on from the
# day before: midnight fills none.
OPEN_DAY = """
INSERT INTO exchange_dailycount (subscription_id, day, calls, busy_until)
SELECT s, $1::date, 0, COALESCE((
    SELECT c.busy_until FROM exchange_dailycount c WHERE c.subscription_id = s AND c.day < $1::date
    ORDER BY c.day DESC LIMIT 1
), 0) FROM unnest($2::bigint[]) s ORDER BY s ON CONFLICT DO NOTHING
"""

# All that calls share, in one statement. Nothing happens when the version is no longer the one they were judged by.
# Rows are taken in order, so that two batches that meet wait for each other instead of locking each other out.
# The token bucket: `busy` is when all tokens taken will have flowed in again; what lies between now and then is
# missing in the burst. `met` calls keep to the rate, `taken` of them to the quota as well.
CLAIM = """
WITH asked AS (
    SELECT n.mark, n.subscription
    FROM exchange_version v CROSS JOIN unnest($5::uuid[], $6::bigint[]) AS n (mark, subscription)
    WHERE v.version = $1::bigint
), fresh AS (
    INSERT INTO exchange_nonce (mark, seen_at) SELECT mark, $4::timestamptz FROM asked ORDER BY mark
    ON CONFLICT DO NOTHING RETURNING mark
), wanted AS (
    SELECT subscription, count(*) AS calls FROM asked JOIN fresh USING (mark)
    WHERE subscription IS NOT NULL GROUP BY subscription
), held AS (
    SELECT c.id, c.calls, GREATEST(c.busy_until, $3::float8) AS busy,
           w.subscription, w.calls AS wanted, l.quota, l.per_second, l.burst
    FROM wanted w
    JOIN unnest($7::bigint[], $8::int[], $9::float8[], $10::int[]) AS l (subscription, quota, per_second, burst)
         USING (subscription)
    JOIN exchange_dailycount c ON c.subscription_id = w.subscription AND c.day = $2::date
    ORDER BY w.subscription FOR UPDATE OF c
), metered AS (
    SELECT *, LEAST(wanted, GREATEST(0, floor(burst - (busy - $3) * per_second + 0.01)))::int AS met FROM held
), counted AS (
    SELECT *, GREATEST(0, LEAST(met, quota - calls)) AS taken FROM metered
), written AS (
    UPDATE exchange_dailycount c SET calls = n.calls + n.taken, busy_until = n.busy + n.met / n.per_second
    FROM counted n WHERE c.id = n.id
)
SELECT (SELECT version FROM exchange_version), (SELECT keeper FROM exchange_version),
       (SELECT array_agg(mark::text) FROM asked WHERE mark NOT IN (SELECT mark FROM fresh)),
       array_agg(subscription), array_agg(met), array_agg(taken)
FROM counted
"""

# Who keeps the claims of this database, and the version of the rights.
STATE: Statement = ("SELECT version, keeper FROM exchange_version", ())

COUNTS = "SELECT subscription_id, calls, busy_until FROM exchange_dailycount WHERE day = $1 AND subscription_id = ANY($2)"

# Fails, and the entries with it, when another gateway keeps the claims by now: the keeper may not be null.
WRITE = """
INSERT INTO exchange_claimblock (keeper, at, day, nonces, subscriptions, counted)
VALUES ((SELECT keeper FROM exchange_version WHERE keeper = $1), $2, $3, $4, $5, false)
"""

# Blocks that are not yet in the days' counts. Whoever comes to it first counts them.
COUNT: Statement = (
    """
WITH late AS (
    UPDATE exchange_claimblock SET counted = true
    WHERE id = ANY(ARRAY(SELECT id FROM exchange_claimblock WHERE NOT counted ORDER BY id FOR UPDATE SKIP LOCKED))
    RETURNING day, subscriptions
)
INSERT INTO exchange_dailycount AS c (subscription_id, day, calls, busy_until)
SELECT s, day, count(*), 0 FROM late CROSS JOIN unnest(subscriptions) s GROUP BY s, day ORDER BY s, day
ON CONFLICT (subscription_id, day) DO UPDATE SET calls = c.calls + EXCLUDED.calls
""",
    (),
)

# Blocks that are being written are waited for; those that come later see who keeps the claims now.
LOCK: Statement = ("LOCK TABLE exchange_claimblock IN SHARE ROW EXCLUSIVE MODE", ())
KEEP = "UPDATE exchange_version SET keeper = $1"

BLOCKS = "SELECT nonces FROM exchange_claimblock WHERE at > $1 AND at <= $2"
NONCES = "SELECT mark::text, seen_at FROM exchange_nonce WHERE seen_at > $1"
TO_ROWS = """
INSERT INTO exchange_nonce (mark, seen_at)
SELECT encode(substring(nonces FROM place FOR 16), 'hex')::uuid, at
FROM exchange_claimblock CROSS JOIN generate_series(1, length(nonces), $2::int) place
WHERE at > $1 ON CONFLICT DO NOTHING
"""


def open_day(day: date, subscriptions: Collection[int]) -> Statement:
    """Have a row for each subscription to count in."""
    return OPEN_DAY, [day, list(subscriptions)]


def counts(day: date, subscriptions: Collection[int]) -> Statement:
    """How many calls were counted on this day, and until when the token buckets are busy."""
    return COUNTS, [day, plain(subscriptions)]


def take_over(keeper: int) -> list[Statement]:
    """Keep the claims from now on, and have all counted that was given before; in a transaction that holds the lock."""
    return [(KEEP, [keeper]), COUNT]


def to_rows(at: datetime) -> list[Statement]:
    """Have the nonces of blocks as rows too."""
    return [(TO_ROWS, [at - REPLAYABLE, NONCE_BYTES])]


def write(keeper: int, at: datetime, pages: Iterable[tuple[date, Sequence[Claimed]]]) -> list[Statement]:
    """Write what was claimed on each day, a block a day."""
    by_day: dict[date, list[Claimed]] = {}
    for day, claimed in pages:
        if claimed:
            by_day.setdefault(day, []).extend(claimed)
    return [
        (
            WRITE,
            [
                keeper,
                at,
                day,
                bytes.fromhex("".join([f"{one.mark}{one.stamp:08x}" for one in claimed])),
                plain([one.counted for one in claimed if one.counted is not None]),
            ],
        )
        for day, claimed in by_day.items()
    ]
