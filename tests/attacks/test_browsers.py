"""Attacks through somebody's browser (浏览器侧攻击): foreign forms, frames, caches, cookies, redirects, host names."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.architecture.test_routes_have_policies import addresses

PEOPLE = ("officer", "tax", "leader", "bureau", "admin")
PLAIN = ["/", "/data/", "/offices/", "/developers/", "/about/", "/staff/login/"]
PROTECTED = [
    "/staff/", "/staff/sources/", "/staff/batches/", "/staff/catalog/", "/staff/quality/", "/staff/registers/",
    "/staff/exchange/", "/staff/audit/", "/staff/audit/subjects/", "/staff/packs/", "/staff/search/?q=a",
    "/staff/cockpit/", "/api/exchange/subscriptions", "/api/workflow/inbox", "/api/batches",
    "/api/audit/receipts/none",
]  # fmt: skip
ELSEWHERE = ["https://evil.example/x", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
             "https:evil.example", "http:///evil.example", "\t//evil.example", "/%09/evil.example\r\nX-A: b",
             "https://testserver@evil.example/", "https://testserver.evil.example/", "data:text/html,x"]  # fmt: skip


def unsafe_addresses() -> list[str]:
    """Every address of the web process by which something could be changed, with parameters that fit."""
    import re

    from django.urls import get_resolver

    from shuzhi.node.api import api

    pages = [
        where
        for where, view in addresses(get_resolver().url_patterns)
        if not view.__module__.startswith("ninja.")
    ]
    calls = [
        f"api{prefix}{path}"
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        if any({"POST", "PUT", "PATCH", "DELETE"} & set(one.methods) for one in view.operations)
    ]
    named = [
        where for where in [*pages, *calls] if "^" not in where and "action/" not in where and where != "api/"
    ]
    return ["/" + re.sub(r"<int:\w+>", "1", re.sub(r"<[^>]+>|{[^}]+}", "x", where)) for where in named]


class TestForeignForms:
    def test_a_form_without_its_token_is_refused_in_words(self, as_person):
        browser = as_person(None)

        page = browser.post("/staff/login/", {"username": "x", "password": "y"})
        said = browser.post("/staff/login/", headers={"Accept": "application/json"})

        assert page.status_code == said.status_code == 403
        assert "页面已过期" in page.text
        assert said.json()["code"] == "request.page_expired"

    def test_no_form_of_another_site_is_heard(self, as_person):
        browser = as_person("bureau")

        heard = [
            (where, answer.status_code)
            for where in unsafe_addresses()
            if (
                answer := browser.post(where, {"reason": "x"}, headers={"Origin": "https://evil.example"})
            ).status_code
            != 403
        ]

        assert heard == []

    @pytest.mark.parametrize(
        "said",
        [{"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://testserver.evil.example"},
         {"Origin": "http://testserver:81"}, {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, {"Origin": "evil"}],
    )  # fmt: skip
    def test_however_the_browser_says_that_it_is_foreign(self, as_person, said):
        answer = as_person("bureau").post("/api/exchange/subscriptions/1/revoke", '{"reason":"x"}',
                                          content_type="application/json", headers=said)  # fmt: skip

        assert (answer.status_code, answer.json()["code"]) == (403, "security.foreign_request")

    @pytest.mark.parametrize(
        "said",
        [{}, {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
    )
    def test_our_own_pages_and_programs_are_heard(self, as_person, said):
        answer = as_person("bureau").post("/api/exchange/subscriptions/1/revoke", '{"reason":"x"}',
                                          content_type="application/json", headers=said)  # fmt: skip

        assert answer.json()["code"] != "security.foreign_request"

    def test_open_data_is_asked_from_any_page(self, as_person):
        answer = as_person(None).post(
            "/api/3/action/package_list", headers={"Origin": "https://portal.example"}
        )

        assert answer.status_code == 200

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json"])
    def test_nor_does_a_program_in_a_page_act_with_somebodys_cookie(self, as_person, kind):
        answer = as_person("bureau").post(
            "/api/exchange/interfaces/firm-exists/publish", '{"reason":"x"}', content_type=kind,
            headers={"Origin": "https://evil.example"},
        )  # fmt: skip

        assert answer.status_code == 403
        assert "no such interface" not in answer.content.decode().lower()

    def test_signing_in_and_out_need_our_own_form_too(self, as_person):
        assert (
            as_person(None).post("/staff/login/", {"username": "bureau", "password": "x"}).status_code == 403
        )
        browser = as_person("bureau")
        assert browser.post("/staff/logout/").status_code == 403
        assert browser.get("/staff/").status_code == 200

    def test_nothing_that_is_read_changes_anything(self, as_person):
        """Whatever is safe to click is safe: no GET of an address that changes something is more than refused."""
        browser = as_person("bureau")
        for where in ("/staff/logout/", "/staff/exchange/subscriptions/1/revoke/", "/preferences/language"):
            assert browser.get(where).status_code in (404, 405), where


class TestHeaders:
    @pytest.mark.parametrize("person", [None, "bureau"])
    def test_every_answer_forbids_frames_guessing_and_foreign_scripts(self, as_person, person):
        browser = as_person(person)
        for where in (*PLAIN, *PROTECTED, "/no/such/page", "/api/no/such", "/staff/design/errors/500/"):
            answer = browser.get(where)
            policy = answer["Content-Security-Policy"]
            allowed = set(policy.replace("'", "").replace(";", " ").split())
            assert answer["X-Frame-Options"] == "DENY", where
            assert answer["X-Content-Type-Options"] == "nosniff", where
            assert answer["Referrer-Policy"] == "same-origin", where
            assert "frame-ancestors 'none'" in policy, where
            assert not {"unsafe-inline", "unsafe-eval", "*"} & allowed, where

    def test_what_only_some_may_read_is_kept_by_no_cache(self, as_person):
        browser = as_person("bureau")
        kept = [where for where in PROTECTED if "no-store" not in browser.get(where).get("Cache-Control", "")]

        assert kept == []

    def test_public_pages_for_somebody_signed_in_are_private_too(self, as_person):
        assert "no-store" in as_person("bureau").get("/").get("Cache-Control", "")

    def test_cookies_of_a_session_are_for_the_server_and_our_site_only(self, people, settings):
        browser = signed_in_by_form()

        cookie = browser.cookies["sessionid"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert browser.cookies["csrftoken"]["samesite"] in ("Lax", "Strict")


def signed_in_by_form(browser: Client | None = None) -> Client:
    """A browser that signed in as everybody does."""
    from shuzhi.support.identity.models import Account

    account = Account.objects.get(username="bureau")
    account.set_password("a right password")
    account.save()
    browser = browser or Client()
    browser.get("/staff/login/")
    answer = browser.post("/staff/login/", {"username": "bureau", "password": "a right password"})
    assert answer.status_code == 302
    return browser


class TestSessions:
    def test_a_session_that_somebody_else_began_is_not_taken_over(self, people):
        """Session fixation: the attacker's session number is worth nothing after the victim signed in with it."""
        from django.contrib.sessions.backends.db import SessionStore

        planted = SessionStore()
        planted["x"] = 1
        planted.create()
        browser = Client()
        browser.cookies["sessionid"] = planted.session_key

        signed_in_by_form(browser)

        assert browser.cookies["sessionid"].value != planted.session_key
        attacker = Client()
        attacker.cookies["sessionid"] = planted.session_key
        assert attacker.get("/staff/").status_code == 302

    def test_a_session_made_up_is_not_adopted(self, people):
        browser = Client()
        browser.cookies["sessionid"] = "a" * 32

        signed_in_by_form(browser)

        assert browser.cookies["sessionid"].value != "a" * 32

    def test_after_signing_out_the_old_number_is_worth_nothing(self, people):
        browser = signed_in_by_form()
        old = browser.cookies["sessionid"].value

        browser.post("/staff/logout/")

        attacker = Client()
        attacker.cookies["sessionid"] = old
        assert attacker.get("/staff/").status_code == 302


class TestRedirects:
    @pytest.mark.parametrize("wanted", ELSEWHERE)
    def test_signing_in_leads_nowhere_else(self, people, wanted):
        from shuzhi.support.identity.models import Account

        account = Account.objects.get(username="bureau")
        account.set_password("a right password")
        account.save()

        answer = Client().post(
            "/staff/login/", {"username": "bureau", "password": "a right password", "next": wanted}
        )

        assert answer.status_code == 302
        assert answer["Location"] == "/staff/" or answer["Location"].startswith("/%09/")  # a path of ours
        assert "X-A" not in answer.headers

    @pytest.mark.parametrize("wanted", ELSEWHERE)
    @pytest.mark.parametrize("switch", ["language", "mode"])
    def test_nor_does_a_switch(self, people, switch, wanted):
        for name in ("next", "back", "return"):
            answer = Client().post(f"/preferences/{switch}", {name: wanted, "language": "en", "mode": "elder"},
                                   headers={"Referer": wanted.strip()})  # fmt: skip
            assert "evil.example" not in answer.get("Location", "").split("?")[0].replace(
                "/%09/evil.example", ""
            )
            assert "X-A" not in answer.headers


class TestHostNames:
    @pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "evil.example:80", "[::1"])
    def test_a_foreign_host_name_is_refused_and_repeated_nowhere(self, as_person, host):
        browser = as_person(None)
        for where in ("/", "/data/", "/catalog.ttl", "/sitemap.xml", "/api/3/action/package_list", "/staff/"):
            answer = browser.get(where, headers={"Host": host})
            assert answer.status_code == 400, where
            assert b"evil.example" not in answer.content, where

    @pytest.mark.parametrize(
        "name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"]
    )
    def test_what_a_proxy_would_say_is_not_believed(self, as_person, name):
        for where in ("/", "/catalog.ttl", "/sitemap.xml"):
            answer = as_person(None).get(where, headers={name: "evil.example"})
            assert b"evil.example" not in answer.content
        assert as_person(None).get("/about/", headers={name: "/staff/audit/"}).status_code == 200
