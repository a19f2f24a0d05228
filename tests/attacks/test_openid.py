"""Signing in elsewhere: with a client library as others use it; then with what attackers send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from tests import clocks

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BACK = "https://app.example.org/callback"
BASE = "http://testserver"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # one for all tests
pytestmark = pytest.mark.django_db


class Clock:
    at = AT


@pytest.fixture(autouse=True)
def world(monkeypatch, tmp_path, settings):
    import msgspec.structs

    from shuzhi.foundation.settings import settings as node_settings
    from shuzhi.foundation.words import Words
    from shuzhi.pillars.security.crypto import node
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services as identity
    from shuzhi.support.identity.openid import clients, keys, tokens

    Clock.at = AT
    clocks.put(monkeypatch, lambda: Clock.at)
    ring = node.open_keyring(msgspec.structs.replace(node_settings(), home=tmp_path))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    monkeypatch.setattr(tokens, "issuer", lambda: BASE)
    monkeypatch.setattr(keys.rsa, "generate_private_key", lambda **_: KEY)
    root = system("console")
    for name, person in (("anna", "李娜"), ("ben", "王本")):
        identity.open_account(
            username=name, person=person, office=None, division=None, roles=frozenset({Role.RESIDENT}),
            password=None, by=root, at=AT,
        )  # fmt: skip
    identity.note_proof(username="anna", scheme="resident_id", value="330106199001010012", by=root, at=AT)
    return {
        name: clients.register(
            client=name, title=Words(zh="示例应用", en="App"), redirect_uris=[back], public=name == "phone",
            scopes=["openid", "profile", "identity"] if name == "app" else ["openid", "profile"], by=root, at=AT,
        )
        for name, back in (("app", BACK), ("other", "https://other.example.org/cb"), ("phone", "http://127.0.0.1:7000/cb"))
    }  # fmt: skip


@pytest.fixture
def anna():
    from shuzhi.support.identity.models import Account

    browser = Client()
    browser.force_login(Account.objects.get(username="anna"))
    return browser


class Wire(httpx.BaseTransport):
    """Carries a library's requests to the node."""

    def handle_request(self, request):
        heads = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.headers.items()
            if name not in {"host", "content-type", "content-length"}
        }
        call = Client().generic(
            request.method, request.url.raw_path.decode(), request.read(),
            content_type=request.headers.get("content-type", ""), **heads,
        )  # fmt: skip
        return httpx.Response(call.status_code, headers=dict(call.items()), content=call.content)


def library(world, name="app", back=BACK):
    return OAuth2Client(
        name, world[name] or None, redirect_uri=back, scope="openid profile", code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if world[name] else "none", transport=Wire(),
    )  # fmt: skip


VERIFIER = "v" * 64


def ask(world, name="app", back=BACK, **more):
    session = library(world, name, back)
    address, _ = session.create_authorization_url(
        f"{BASE}/openid/authorize", code_verifier=VERIFIER, nonce="n-1", state="s-1", **more
    )
    return session, address.removeprefix(BASE)


def agree(browser, address, answer="yes"):
    found = browser.get(address)
    return found if found.status_code == 302 else browser.post(address, {"answer": answer})


def told(response):
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def fetch(session, code, verifier=VERIFIER, **more):
    return session.fetch_token(f"{BASE}/openid/token", code=code, code_verifier=verifier, **more)


def form(world, name="app", **fields):
    own = {"client_id": name} | ({"client_secret": world[name]} if world[name] else {})
    return Client().post("/openid/token", own | fields)


def code_of(world, anna, **more):
    return told(agree(anna, ask(world, **more)[1]))["code"]


def take(world, code, **fields):
    usual = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return form(world, **usual | fields)


class TestTheWayItGoes:
    def test_a_library_signs_somebody_in_and_asks_who_it_is(self, world, anna):
        session, address = ask(world)
        answer = told(agree(anna, address))
        assert (answer["state"], answer["iss"]) == ("s-1", BASE)

        token = fetch(session, answer["code"])
        keys = KeySet.import_key_set(
            session.request("GET", f"{BASE}/openid/keys", withhold_token=True).json()
        )
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        who = session.get(f"{BASE}/openid/userinfo").json()

        assert (claims["iss"], claims["aud"], claims["nonce"]) == (BASE, "app", "n-1")
        assert claims["exp"] > AT.timestamp()
        assert who == {"sub": claims["sub"], "name": "李娜"}  # no number: it was not asked for

        again = session.refresh_token(f"{BASE}/openid/token")
        assert again["refresh_token"] != token["refresh_token"]

    def test_what_is_described_is_there(self, world):
        found = Client().get("/.well-known/openid-configuration").json()
        assert found["issuer"] == BASE
        assert found["code_challenge_methods_supported"] == ["S256"]
        for name in ("jwks_uri", "userinfo_endpoint", "token_endpoint", "authorization_endpoint"):
            assert Client().get(found[name].removeprefix(BASE)).status_code != 404

    def test_a_client_without_a_secret_needs_none_but_the_verifier(self, world, anna):
        session, address = ask(world, "phone", "http://127.0.0.1:7000/cb")
        assert fetch(session, told(agree(anna, address))["code"])["id_token"]

    def test_numbers_are_told_where_they_were_agreed_to(self, world, anna):
        _, address = ask(world)
        address = address.replace("openid+profile", "openid+identity")
        token = take(world, told(agree(anna, address))["code"]).json()["access_token"]
        who = Client().get("/openid/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}").json()
        assert who["resident_id"] == "330106199001010012"
        assert "name" not in who

    def test_two_clients_can_not_compare_people(self, world, anna):
        subs = set()
        for name, back in (("app", BACK), ("other", "https://other.example.org/cb")):
            session, address = ask(world, name, back)
            token = fetch(session, told(agree(anna, address))["code"])
            subs.add(session.get(f"{BASE}/openid/userinfo").json()["sub"])
            assert token
        assert len(subs) == 2
        assert not any("anna" in each for each in subs)

    def test_who_agreed_once_is_not_asked_again_and_may_withdraw(self, world, anna):
        agree(anna, ask(world)[1])
        assert anna.get(ask(world)[1]).status_code == 302
        anna.post("/my/account/applications/app/withdraw/")
        assert anna.get(ask(world)[1]).status_code == 200

    def test_the_page_may_send_its_form_to_the_client_only(self, world, anna):
        policy = anna.get(ask(world)[1])["Content-Security-Policy"]
        assert "form-action 'self' https://app.example.org;" in policy

    def test_without_a_session_one_signs_in_first_and_prompt_none_says_so(self, world, anna):
        assert Client().get(ask(world)[1])["Location"].startswith("/login/?next=%2Fopenid%2Fauthorize")
        assert told(Client().get(ask(world)[1] + "&prompt=none"))["error"] == "login_required"
        assert told(anna.get(ask(world)[1] + "&prompt=none"))["error"] == "consent_required"

    def test_saying_no_tells_nothing(self, world, anna):
        answer = told(agree(anna, ask(world)[1], "no"))
        assert answer["error"] == "access_denied"
        assert "code" not in answer


class TestAddresses:
    @pytest.mark.parametrize(
        "back",
        [
            "https://app.example.org/callback/", "https://app.example.org/callback?x=1", "https://app.example.org/Callback",
            "https://app.example.org/callback#x", "https://app.example.org.evil.org/callback", "http://app.example.org/callback",
            "https://app.example.org/callback/../evil", "https://user@app.example.org/callback", "//app.example.org/callback",
            "https://app.example.org/callback%0d%0aX:1", "javascript:alert(1)", "", "https://other.example.org/cb",
        ],
    )  # fmt: skip
    def test_nothing_is_sent_to_an_address_that_differs(self, world, anna, back):
        _, address = ask(world)
        forged = address.replace(urlencode({"redirect_uri": BACK}), urlencode({"redirect_uri": back}))
        for answer in (anna.get(forged), anna.post(forged, {"answer": "yes"})):
            assert answer.status_code == 400
            assert "Location" not in answer

    def test_two_addresses_are_none(self, world, anna):
        _, address = ask(world)
        assert anna.get(f"{address}&redirect_uri=https://evil.org/").status_code == 400

    @pytest.mark.parametrize(
        "back", ["http://app.example.org/cb", "https://*.example.org/cb", "https://a@b.org/", "https://a.org/#f", "a", "https://a.org/../b"]
    )  # fmt: skip
    def test_unsafe_addresses_are_not_registered(self, world, back):
        from shuzhi.foundation.words import Words
        from shuzhi.pillars.security.types import system
        from shuzhi.support.identity.openid import clients
        from shuzhi.support.identity.openid.errors import ClientNotRight

        with pytest.raises(ClientNotRight):
            clients.register(
                client="bad", title=Words(zh="坏", en="bad"), redirect_uris=[back], scopes=["openid"], public=False,
                by=system("console"), at=AT,
            )  # fmt: skip


class TestCodes:
    def test_a_code_that_comes_twice_voids_what_came_of_it(self, world, anna):
        code = code_of(world, anna)
        token = take(world, code).json()["access_token"]
        assert take(world, code).json() == {"error": "invalid_grant"}

        answer = Client().get("/openid/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}")
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "change",
        [
            {"code_verifier": "w" * 64},
            {"code_verifier": ""},
            {"redirect_uri": BACK + "/"},
            {"code_verifier": "v"},
        ],
    )
    def test_a_stolen_code_is_worth_nothing_and_is_used_up(self, world, anna, change):
        code = code_of(world, anna)
        assert take(world, code, **change).status_code == 400
        assert take(world, code).status_code == 400

    def test_another_client_fetches_nothing_and_spoils_nothing(self, world, anna):
        code = code_of(world, anna)
        assert take(world, code, client_id="other", client_secret=world["other"]).status_code == 400
        assert take(world, code).status_code == 200

    def test_a_code_lives_a_minute(self, world, anna):
        code = code_of(world, anna)
        Clock.at = AT + timedelta(seconds=61)
        assert take(world, code).status_code == 400

    def test_a_wrong_secret_and_none_are_refused_the_same(self, world, anna):
        code = code_of(world, anna)
        for secret in ("", "x", "\0"):
            answer = take(world, code, client_secret=secret)
            assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert take(world, code).status_code == 200

    @pytest.mark.parametrize(
        "cut", ["code_challenge=", "code_challenge_method=S256", "response_type=code", "scope=openid"]
    )
    def test_what_is_left_out_or_weaker_is_refused(self, world, anna, cut):
        _, address = ask(world)
        weaker = {
            "code_challenge_method=S256": "code_challenge_method=plain",
            "response_type=code": "response_type=token",
        }
        answer = told(anna.get(address.replace(cut, weaker.get(cut, "x="), 1)))
        assert "error" in answer
        assert "code" not in answer

    def test_an_answer_names_who_gave_it(self, world, anna):
        """Mix-up: a client that speaks with several providers sees in `iss` which one answers."""
        assert told(agree(anna, ask(world)[1]))["iss"] == BASE
        assert told(anna.get(ask(world)[1].replace("scope=openid", "scope=x")))["iss"] == BASE

    def test_each_code_carries_the_nonce_of_its_own_request(self, world, anna):
        first, second = (
            take(
                world, told(agree(anna, ask(world)[1].replace("nonce=n-1", f"nonce={nonce}")))["code"]
            ).json()
            for nonce in ("mine", "theirs")
        )
        keys = KeySet.import_key_set(Client().get("/openid/keys").json())
        nonces = [
            jwt.decode(each["id_token"], keys, algorithms=["RS256"]).claims["nonce"]
            for each in (first, second)
        ]
        assert nonces == ["mine", "theirs"]


class TestTokens:
    def refresh(self, world, token, **more):
        return form(world, grant_type="refresh_token", refresh_token=token, **more)

    def test_a_refresh_token_that_comes_twice_ends_all_of_them(self, world, anna):
        first = take(world, code_of(world, anna)).json()["refresh_token"]
        second = self.refresh(world, first).json()["refresh_token"]
        assert self.refresh(world, first).status_code == 400
        assert self.refresh(world, second).status_code == 400

    def test_other_clients_and_access_tokens_refresh_nothing(self, world, anna):
        told_ = take(world, code_of(world, anna)).json()
        assert self.refresh(world, told_["access_token"]).status_code == 400
        assert (
            self.refresh(
                world, told_["refresh_token"], client_id="other", client_secret=world["other"]
            ).status_code
            == 400
        )
        assert (
            Client()
            .get("/openid/userinfo", HTTP_AUTHORIZATION=f"Bearer {told_['refresh_token']}")
            .status_code
            == 401
        )
        assert self.refresh(world, told_["refresh_token"]).status_code == 200

    @pytest.mark.parametrize("how", ["everywhere", "closed", "withdrawn", "removed", "revoked"])
    def test_nothing_is_told_after_the_end(self, world, anna, how):
        from shuzhi.pillars.security.types import system
        from shuzhi.support.identity import services as identity
        from shuzhi.support.identity.openid import clients

        token = take(world, code_of(world, anna)).json()
        if how == "everywhere":
            anna.post("/my/account/sessions/end-all/")
        elif how == "closed":
            identity.close_account(username="anna", by=system("console"), at=AT)
        elif how == "withdrawn":
            anna.post("/my/account/applications/app/withdraw/")
        elif how == "removed":
            clients.remove(client="app", by=system("console"), at=AT)
        else:
            Client().post(
                "/openid/revoke",
                {"client_id": "app", "client_secret": world["app"], "token": token["refresh_token"]},
            )
        head = f"Bearer {token['access_token']}"
        assert Client().get("/openid/userinfo", HTTP_AUTHORIZATION=head).status_code == 401
        assert self.refresh(world, token["refresh_token"]).status_code in {400, 401}

    def test_the_database_holds_no_code_and_no_token(self, world, anna):
        from shuzhi.support.identity import models

        code = code_of(world, anna)
        token = take(world, code).json()
        kept = str(list(models.OpenIdGrant.objects.values())) + str(list(models.OpenIdToken.objects.values()))
        kept += str(list(models.OpenIdClient.objects.values()))
        assert not any(
            each in kept for each in (code, token["access_token"], token["refresh_token"], world["app"])
        )

    def test_staff_sign_in_nowhere(self, world):
        from shuzhi.pillars.security.types import Role, system
        from shuzhi.support.identity import services as identity
        from shuzhi.support.identity.models import Account

        identity.open_account(
            username="admin", person="吴凡", office=None, division=None, roles=frozenset({Role.ADMINISTRATOR}),
            password=None, by=system("console"), at=AT,
        )  # fmt: skip
        browser = Client()
        browser.force_login(Account.objects.get(username="admin"))
        assert browser.get(ask(world)[1])["Location"].startswith("/login/")
