"""Attacks by what is typed into addresses and parameters of the web (网页输入攻击): SQL, templates, markup, paths, bytes."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

TYPED = [
    "' OR 1=1--", '"; DROP TABLE x;--', "%27%20UNION%20SELECT%20secret--", "'||pg_sleep(9)||'", "{{7*7}}{% debug %}",
    "${jndi:ldap://evil}", "%s%n%(x)s{0.__class__}", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "\u0000", "\r\nSet-Cookie: a=b", "\u202e\u200b\u2028", "x" * 20_000, "-1", "99999999999999999999", "NaN",
]  # fmt: skip
PATHS = [
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd",
    "..%c0%afetc%c0%afpasswd", "..\\..\\windows\\win.ini", "%5c..%5c..", "/etc/passwd", "file%3a%2f%2f%2fetc%2fpasswd", "a%00.csv",
    "%ff%fe", ".", "..;/", "x%0d%0aSet-Cookie:%20a=b",
]  # fmt: skip
SEARCHES = [
    "/data/?q={}", "/data/?theme={}&sort={}&page={}", "/staff/search/?q={}", "/staff/catalog/?q={}&office={}&page={}", "/staff/batches/?source={}&status={}&page={}",
    "/staff/audit/?action={}&actor={}&target={}&since={}&until={}&page={}", "/staff/quality/issues/?dataset={}&page={}",
    "/staff/exchange/?page={}&status={}", "/api/batches?source={}&dataset={}&status={}", "/api/data/x/rows?q={}&where={}&sort={}&fields={}&limit={}&offset={}",
    "/api/3/action/package_search?q={}&fq={}&sort={}&rows={}&start={}&facet.field={}", "/api/3/action/datastore_search?resource_id={}&filters={}&sort={}&q={}&limit={}",
    "/api/3/action/datastore_search_sql?sql={}", "/api/3/action/{}", "/api/exchange/subscriptions?interface={}&page={}", "/api/audit/consistency?old={}&new={}",
    "/staff/login/?next={}", "/staff/cockpit/?day={}&theme={}", "/catalog?_profile={}",
]  # fmt: skip
PLACES = [
    "/data/{}/", "/data/{}/download/csv", "/data/x/download/{}", "/offices/{}/", "/maps/{}.geojson", "/static/{}", "/static/npm/{}",
    "/staff/sources/{}/", "/staff/batches/{}/", "/staff/catalog/{}/", "/staff/catalog/{}/export/", "/staff/registers/{}/", "/staff/registers/legal-entity/{}/",
    "/staff/exchange/interfaces/{}/", "/staff/cockpit/{}/", "/staff/cockpit/indicators/{}/", "/staff/dossiers/{}/", "/api/batches/{}",
    "/api/batches/{}/quarantine", "/api/data/{}/rows", "/api/exchange/interfaces/{}", "/api/audit/receipts/{}", "/api/indicators/{}",
]  # fmt: skip
INSIDE = (
    "Traceback", "psycopg", "SELECT ", "syntax error", "django.", "site-packages", '.py"', "root:x:0", "/src/shuzhi",
    'relation "', "DataError", "ProgrammingError",
)  # fmt: skip
LONGEST_SECONDS = 6.0  # on a busy machine; the sleep asked for is longer


def wrong_with(answer, seconds: float, typed: str) -> str:
    """What an answer to an attack shows that it must not; empty when nothing."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace")
    if (
        answer.status_code >= 500 and answer.status_code != 503
    ):  # 503: a node without divisions has no cockpit
        return f"status {answer.status_code}"
    if seconds > LONGEST_SECONDS:
        return f"{seconds:.1f} s"
    if "a=b" in answer.get("Set-Cookie", "") or any("\n" in value for _, value in answer.items()):
        return "a header split"
    html = "html" in answer.get("Content-Type", "")
    if html and typed.startswith(("<", '"><')) and typed in text:
        return "markup unescaped"
    return next((f"says {word!r}" for word in INSIDE if word in text), "")


def attacked(browser, address: str, typed: str) -> str:
    begun = time.perf_counter()
    answer = browser.get(address)
    return wrong_with(answer, time.perf_counter() - begun, typed)


@pytest.mark.parametrize("person", [None, "bureau"])
def test_what_is_searched_for_is_a_text(
    transactional_db, as_person, person
):  # a refused statement ends no other
    browser = as_person(person)
    found = {
        (address, typed[:30]): wrong
        for address in SEARCHES
        if person
        or not address.startswith(("/staff/c", "/staff/s", "/staff/a", "/staff/b", "/staff/q", "/staff/e"))
        for typed in TYPED
        if (wrong := attacked(browser, address.replace("{}", quote(typed)), typed))
    }
    assert found == {}


def test_a_path_leads_nowhere_but_to_its_own_things(as_person):
    browser = as_person("bureau")
    found = {
        (address, path): wrong
        for address in PLACES
        for path in PATHS
        if (wrong := attacked(browser, address.replace("{}", path), ""))
    }
    assert found == {}


@pytest.mark.parametrize(
    "body",
    [
        {"resource_id": "x", "filters": {"a'; DROP TABLE x;--": "b"}}, {"resource_id": "x' OR '1'='1", "filters": "{"},
        {"resource_id": {"$ne": None}}, {"resource_id": ["x", "y"], "sort": "(SELECT 1)"}, {"resource_id": "\ud800", "q": "\ud800"},
        {"resource_id": "x", "limit": 10**400}, {"resource_id": "x", "limit": 1e308, "offset": -1}, {"resource_id": "\x00"},
        {"__proto__": {"x": 1}, "constructor": 1}, {"resource_id": "x", "filters": {"a": [[[[]]]]}},
    ],
)  # fmt: skip
def test_bodies_of_ckan_s_actions_are_values(as_person, body):
    for action in (
        "datastore_search",
        "package_search",
        "package_show",
        "datastore_search_sql",
        "resource_show",
    ):
        answer = as_person(None).post(
            f"/api/3/action/{action}", json.dumps(body), content_type="application/json"
        )
        assert not wrong_with(answer, 0, ""), (action, answer.content[:300])


def test_bodies_without_end_are_cut_off(as_person):
    browser = as_person(None)
    deep = "[" * 200_000
    many = "&".join(f"a{number}=1" for number in range(5_000))
    for body, kind in ((deep, "application/json"), ('{"a":' * 100_000, "application/json"), ("x" * 4_000_000, "application/json"),
                       (many, "application/x-www-form-urlencoded")):  # fmt: skip
        answer = browser.post("/api/3/action/package_search", body, content_type=kind)
        assert 400 <= answer.status_code < 500
        assert not wrong_with(answer, 0, "")
        assert len(answer.content) < 5_000
