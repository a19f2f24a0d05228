"""Signing in at an outside provider: our own provider stands for it; then what attackers, and a provider gone bad, send."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec.structs
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests import clocks

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ISSUER, HERE, CLIENT = "https://id.example.org", "http://testserver", "city-portal"
ANNA, BEN = "110105194912310046", "11010519491231002X"
BACK = f"{HERE}/login/outside/back/"
KEYS = {
    name: RSAKey.import_key(rsa.generate_private_key(public_exponent=65537, key_size=2048), {"kid": name})
    for name in ("old", "new")
}
pytestmark = pytest.mark.django_db


class Clock:
    at = AT


class Province:
    """A provider as a test wants it: what it signs, with which key, and what it tells."""

    def __init__(self) -> None:
        self.signing, self.published = "old", ["old"]
        self.claims, self.told, self.description = {}, {"resident_id": ANNA, "name": "李娜"}, {}
        self.codes: dict[str, dict[str, str]] = {}
        self.down = False
        self.token = None
        self.subject = "p-1"

    def agree(self, address):
        """The person says yes there: where their browser is sent then."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"/login/outside/back/?{urlencode({'code': code, 'state': asked['state'], 'iss': ISSUER})}"

    def handle(self, request):
        if self.down:
            raise httpx.ConnectError("down")
        place = request.url.path
        if place.endswith("openid-configuration"):
            ends = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in ("authorization", "token", "userinfo")}
            return httpx.Response(
                200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **ends} | self.description
            )
        if place == "/keys":
            keys = [{**KEYS[name].as_dict(private=False), "use": "sig"} for name in self.published]
            return httpx.Response(200, json={"keys": keys})
        if place == "/userinfo":
            return httpx.Response(200, json={"sub": self.subject, **self.told})
        return self._tokens(request)

    def _tokens(self, request):
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        basic = base64.b64encode(f"{CLIENT}:hush".encode()).decode()
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        assert request.headers["authorization"] == f"Basic {basic}"
        now = int(Clock.at.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        head = {"alg": "RS256", "kid": self.signing}
        token = self.token(claims) if self.token else jwt.encode(head, claims, KEYS[self.signing])
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture
def province(monkeypatch, tmp_path):
    from shuzhi.foundation.settings import settings as node_settings
    from shuzhi.support.identity.openid import tokens
    from shuzhi.support.identity.outside import provider
    from shuzhi.terminals.public import outside

    Clock.at = AT
    clocks.put(monkeypatch, lambda: Clock.at)
    (tmp_path / "secret").write_text("hush\n")
    own = msgspec.structs.replace(
        node_settings(), login_issuer=ISSUER, login_client=CLIENT, login_secret=tmp_path / "secret",
        login_title="浙里办|Zheliban",
    )  # fmt: skip
    monkeypatch.setattr(provider, "settings", lambda: own)
    monkeypatch.setattr(tokens, "issuer", lambda: HERE)
    monkeypatch.setattr(outside, "own_address", lambda: HERE)
    made = Province()
    monkeypatch.setattr(outside, "line", lambda: provider.Line(httpx.MockTransport(made.handle)))
    return made


def account(name="anna", number=ANNA, roles=("resident",), **more):
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services

    root = system("console")
    services.open_account(
        username=name, person="李娜", office=None, division=None, roles=frozenset(map(Role, roles)), password=None,
        by=root, at=AT, **more,
    )  # fmt: skip
    services.note_proof(username=name, scheme="resident_id", value=number, by=root, at=AT)


def begin(browser, **query):
    return browser.get("/login/outside/", query)["Location"]


def sign_in(province, browser=None, **query):
    browser = browser or Client()
    return browser, browser.get(province.agree(begin(browser, **query)))


def name_of(browser):
    from shuzhi.support.identity.models import Account

    key = browser.session.get("_auth_user_id")
    return Account.objects.get(pk=key).username if key else None


def refused(response, code):
    from shuzhi.pillars.security.models import AuditEntry

    assert response.status_code in (400, 401, 403, 502)
    last = AuditEntry.objects.filter(action="identity.signed_in").order_by("-id").first()
    assert (last.outcome, last.facts["rule"]) == ("refused", f"identity.{code}")
    return response.content.decode()


class TestSigningIn:
    def test_the_page_offers_it_where_it_is_set_up(self, province):
        page = Client().get("/login/", {"next": "/my/cases/"}).content.decode()
        assert "浙里办" in page
        assert "/login/outside/?next=%2Fmy%2Fcases%2F" in page
        assert "浙里办" not in Client().get("/staff/login/").content.decode()

    def test_asks_with_state_nonce_and_proof_key(self, province):
        asked = parse_qs(urlsplit(begin(Client())).query)
        assert asked["redirect_uri"] == [BACK]
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["state"][0]) == len(asked["nonce"][0]) == 32

    def test_an_account_that_has_proven_the_same_number_is_entered(self, province):
        account()
        browser, answer = sign_in(province, next="/my/cases/")

        assert (answer.status_code, answer["Location"]) == (302, "/my/cases/")
        assert name_of(browser) == "anna"

    def test_the_first_time_an_account_is_made_and_the_next_it_is_the_same(self, province):
        first, _ = sign_in(province)
        second, _ = sign_in(province)
        from shuzhi.support.identity import queries
        from shuzhi.support.identity.models import Account, OutsideAccount

        made = name_of(first)
        assert made == name_of(second)
        assert queries.proofs(f"account/{made}") == {"resident_id": ANNA}
        assert (Account.objects.get(username=made).person, OutsideAccount.objects.count()) == ("李娜", 1)
        assert not Account.objects.get(username=made).has_usable_password()

    def test_a_changed_key_is_believed_at_once_and_one_taken_back_no_longer(self, province):
        province.signing, province.published = "new", ["new", "old"]
        assert name_of(sign_in(province)[0])
        province.signing, province.published = "old", ["new"]
        refused(sign_in(province)[1], "token_wrong")

    def test_signing_out_leads_there_too(self, province):
        province.description = {"end_session_endpoint": f"{ISSUER}/leave"}
        browser, _ = sign_in(province)
        page = browser.post("/logout/").content.decode()
        assert f"{ISSUER}/leave?id_token_hint=" in page
        assert name_of(browser) is None

    def test_without_such_a_place_one_is_signed_out_here(self, province):
        browser, _ = sign_in(province)
        assert browser.post("/logout/").status_code == 302

    def test_a_second_factor_is_still_asked_for(self, province, monkeypatch):
        from shuzhi.support.identity import second_factor

        account()
        monkeypatch.setattr(second_factor, "is_on", lambda name: True)
        browser, answer = sign_in(province)
        assert answer["Location"] == "/login/steps/"
        assert name_of(browser) is None


class TestAttacks:
    def test_an_answer_that_was_not_asked_for(self, province):
        """The attacker's own answer, put into somebody's browser (RFC 9700, 4.7)."""
        address = province.agree(begin(Client()))
        refused(Client().get(address), "state_wrong")
        victim = Client()
        begin(victim)
        refused(victim.get(address), "state_wrong")

    @pytest.mark.parametrize("state", ["", "x", "状态"])
    def test_a_state_that_is_missing_or_another(self, province, state):
        browser = Client()
        begin(browser)
        refused(browser.get("/login/outside/back/", {"code": "c", "state": state}), "state_wrong")

    def test_an_answer_that_comes_twice_or_late(self, province):
        browser = Client()
        address = province.agree(begin(browser))
        browser.get(address)
        refused(browser.get(address), "state_wrong")
        address = province.agree(begin(browser))
        Clock.at = AT + timedelta(minutes=11)
        refused(browser.get(address), "state_wrong")

    def test_an_answer_of_another_provider(self, province):
        browser = Client()
        address = province.agree(begin(browser)).replace("id.example.org", "evil.example.org")
        refused(browser.get(address), "state_wrong")

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "replayed"},
            {"nonce": None},
            {"iss": "https://evil.example.org"},
            {"aud": "another"},
            {"aud": [CLIENT, "another"]},
            {"aud": [CLIENT, "another"], "azp": "another"},
            {"exp": int(AT.timestamp()) - 300},
            {"exp": None},
            {"exp": True},
            {"iat": int(AT.timestamp()) + 3600},
            {"at_hash": "wrong"},
            {"sub": ""},
            {"sub": None},
            {"sub": "x" * 301},
        ],
        ids=str,
    )
    def test_a_token_that_is_not_for_this_sign_in(self, province, claims):
        province.claims = claims
        browser, answer = sign_in(province)
        refused(answer, "token_wrong")
        assert name_of(browser) is None

    def test_a_token_without_signature_or_signed_by_the_public_key_as_a_secret(self, province):
        def unsigned(claims):
            def part(said):
                return base64.urlsafe_b64encode(msgspec.json.encode(said)).decode().rstrip("=")

            return f"{part({'alg': 'none'})}.{part(claims)}."

        def keyed(claims):
            head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"old"}').decode().rstrip("=")
            body = f"{head}.{unsigned(claims).split('.')[1]}"
            made = hmac.new(KEYS["old"].as_pem(private=False), body.encode(), hashlib.sha256).digest()
            return f"{body}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"

        tokens = [
            unsigned,
            keyed,
            lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"hush" * 8)),
            lambda claims: jwt.encode({"alg": "RS256", "kid": "old"}, claims, KEYS["new"]),
            lambda _: "no.token",
            lambda _: "",
        ]
        for token in tokens:
            province.token = token
            refused(sign_in(province)[1], "token_wrong")

    def test_user_information_of_somebody_else(self, province):
        province.told = {"sub": "p-2", "resident_id": BEN}
        refused(sign_in(province)[1], "token_wrong")

    @pytest.mark.parametrize(
        "asked", ["//evil.example.org/", "https://evil.example.org", "javascript:alert(1)", "/\\evil"]
    )
    def test_leads_nowhere_else_afterwards(self, province, asked):
        _, answer = sign_in(province, next=asked)
        assert answer["Location"] == "/forms/"

    def test_addresses_that_are_not_encrypted_are_not_asked(self, province):
        province.description = {"token_endpoint": "http://id.example.org/token"}
        assert Client().get("/login/outside/").status_code == 502

    def test_another_provider_s_description(self, province):
        province.description = {"issuer": "https://evil.example.org"}
        assert Client().get("/login/outside/").status_code == 401

    def test_what_the_provider_refuses_is_said_by_its_name_only(self, province):
        browser = Client()
        state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
        answer = browser.get("/login/outside/back/", {"error": "<script>", "state": state})
        assert "&lt;script" not in refused(answer, "provider_refused")
        begin(browser)

    def test_a_provider_that_is_down(self, province):
        province.down = True
        answer = Client().get("/login/outside/")
        assert (answer.status_code, "暂时没有正常应答" in answer.content.decode()) == (502, True)

    def test_where_none_is_set_up(self):
        assert Client().get("/login/outside/").status_code == 404
        assert Client().get("/login/outside/back/").status_code == 404


class TestWhose:
    @pytest.mark.parametrize(
        "told", [{}, {"resident_id": "110105194912310047"}, {"resident_id": 5}, {"name": "李娜"}], ids=str
    )
    def test_somebody_without_a_proven_number_is_not_taken(self, province, told):
        province.told = told
        refused(sign_in(province)[1], "not_told")

    def test_no_account_of_an_office_is_entered(self, province):
        account("clerk", roles=("data_officer",))
        browser, _ = sign_in(province)
        assert name_of(browser) != "clerk"

    def test_a_number_that_moved_to_another_person_opens_nobody_s_account(self, province):
        account()
        sign_in(province)
        province.told = {"resident_id": BEN}
        refused(sign_in(province)[1], "account_not_thine")

    def test_a_closed_account_stays_closed(self, province):
        from shuzhi.pillars.security.types import system
        from shuzhi.support.identity import services

        browser, _ = sign_in(province)
        services.close_account(username=name_of(browser), by=system("console"), at=AT)
        refused(sign_in(province)[1], "account_not_thine")

    def test_where_two_accounts_have_proven_it_neither_is_entered(self, province):
        account()
        account("anna2")
        browser, _ = sign_in(province)
        assert name_of(browser).startswith("outside-")
