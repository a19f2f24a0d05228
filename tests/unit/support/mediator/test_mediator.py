"""Who may call by a contract: nobody without a token, a named network for one system only, and no further than its grants."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.settings import InvalidSetting, load_settings, settings
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.mediator import calling, queries, services
from shuzhi.support.mediator.errors import GrantUnknown

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BY = system("test")
MEMBER = {"Information-Mediator-Client": "CN/GOV/330100/hospital"}
PLACES = (
    ("get", "/govstack/registries/databases"), ("get", "/govstack/registries/data/x/1.0"), ("post", "/govstack/registries/data/x/1.0/create"),
    ("delete", "/govstack/registries/database/1"), ("get", "/govstack/registries/data/myPersonalDataUsage"), ("get", "/govstack/registration/services"),
    ("get", "/govstack/registration/applications"), ("post", "/govstack/registration/documents"), ("get", "/govstack/registration/tasks"),
    ("get", "/govstack/workflow/processes"), ("post", "/govstack/workflow/processes"), ("post", "/govstack/workflow/processes/x/start"),
    ("get", "/govstack/workflow/instances"), ("post", "/govstack/workflow/instances/1/stop"), ("get", "/govstack/consent/config/policies"),
)  # fmt: skip


def admit(*grants, name="hospital", office="health-commission", roles=()):
    return services.admit_client(name=name, office=office, grants=grants, roles=roles, by=BY, at=AT)


def ask(method, path, token=None, **more):
    headers = MEMBER | ({"Authorization": f"Bearer {token}"} if token else {})
    return getattr(Client(), method)(path, headers=headers, **more)


@pytest.fixture
def networks(monkeypatch):
    def name(*texts, **changes):
        chosen = msgspec.structs.replace(settings(), mediator_networks=texts, **changes)
        monkeypatch.setattr(calling, "settings", lambda: chosen)

    return name


@pytest.mark.django_db
class TestTheDoor:
    @pytest.mark.parametrize(("method", "path"), PLACES)
    def test_nothing_is_open_by_itself(self, method, path):
        admit("registries.read", name="suite")
        assert ask(method, path).status_code == 401
        assert ask(method, path, "wrong").status_code == 401

    def test_a_token_reaches_as_far_as_its_grants(self):
        token = admit("registries.read:MCTS")
        assert ask("get", "/govstack/registries/data/MCTS/1.0", token).status_code == 200
        assert ask("get", "/govstack/registries/data/OTHER/1.0", token).status_code == 403
        assert ask("post", "/govstack/registries/data/MCTS/1.0/create", token).status_code == 403
        assert ask("get", "/govstack/workflow/processes", token).status_code == 403
        refusal = ask("get", "/govstack/registration/services", token).json()
        assert refusal["code"] == "mediator.not_granted"
        assert refusal["message_zh"]

    def test_an_ended_or_renewed_system_s_token_is_nothing(self):
        old = admit("registries.read")
        new = admit("registries.read")
        assert ask("get", "/govstack/registries/databases", old).status_code == 401
        assert ask("get", "/govstack/registries/databases", new).status_code == 200
        services.end_client(name="hospital", by=BY, at=AT)
        assert ask("get", "/govstack/registries/databases", new).status_code == 401

    def test_a_named_network_stands_for_one_admitted_system(self, networks):
        networks("127.0.0.0/8=suite")
        place = "/govstack/registries/databases"
        assert ask("get", place).status_code == 401, "nobody of this name is admitted"
        admit("registries.read", name="suite")
        assert ask("get", place).status_code == 200
        assert ask("get", place, "wrong").status_code == 401, "a wrong token is no missing one"
        assert Client(REMOTE_ADDR="10.0.0.1").get(place, headers=MEMBER).status_code == 401
        assert ask("delete", "/govstack/registries/database/1").status_code == 403

    def test_behind_a_proxy_only_the_address_that_it_appended_counts(self, networks):
        admit("registries.read", name="suite")
        networks("127.0.0.0/8=suite", web_tls="proxy")
        place, secure = "/govstack/registries/databases", {"secure": True}
        assert Client().get(place, headers=MEMBER, **secure).status_code == 401
        told = {"X-Forwarded-For": "127.0.0.1, 203.0.113.5"}
        assert Client().get(place, headers=MEMBER | told, **secure).status_code == 401
        told = {"X-Forwarded-For": "203.0.113.5, 127.0.0.1"}
        assert Client().get(place, headers=MEMBER | told, **secure).status_code == 200

    @pytest.mark.parametrize("said", [None, "", "a/b/c", "a/b/c/d/e", "a/b//d", "a b/c/d/e", "甲/乙/丙/丁"])
    def test_the_member_is_named_in_its_form(self, said):
        token = admit("registries.read")
        headers = {"Authorization": token} | (
            {"Information-Mediator-Client": said} if said is not None else {}
        )
        answer = Client().get("/govstack/registries/databases", headers=headers)
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("Invalid format of Information-Mediator-Client")

    def test_another_method_is_told_which_there_are(self):
        answer = ask("put", "/govstack/registries/databases", admit("registries.read"))
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")

    def test_administrators_admit_and_only_what_there_is(self):
        clerk = Actor("account/clerk", office="x", roles=frozenset({Role.APPROVER}))
        with pytest.raises(Forbidden):
            services.admit_client(name="x", office="x", grants=(), by=clerk, at=AT)
        with pytest.raises(GrantUnknown):
            admit("everything")


class TestNetworks:
    @given(st.ip_addresses(v=4), st.integers(0, 32))
    def test_an_address_is_its_network_s_and_no_other_s(self, address, bits):
        import ipaddress

        network = ipaddress.ip_network((address, bits), strict=False)
        assert queries.named_for(str(address), [f"{network}=a"]) == "a"
        outside = [each for each in ("1.2.3.4", "200.9.9.9") if ipaddress.ip_address(each) not in network]
        assert all(queries.named_for(each, [f"{network}=a"]) == "" for each in outside)

    def test_the_narrowest_counts(self):
        both = ["10.0.0.0/8=wide", "10.1.0.0/16=narrow"]
        assert queries.named_for("10.1.2.3", both) == "narrow"
        assert queries.named_for("10.2.2.3", both) == "wide"
        assert queries.named_for("nowhere", both) == ""

    def test_a_setting_that_names_no_network_is_refused(self, tmp_path):
        home = {"SHUZHI_HOME": str(tmp_path)}
        with pytest.raises(InvalidSetting):
            load_settings(home | {"SHUZHI_MEDIATOR_NETWORKS": "everywhere=x"})
        read = load_settings(home | {"SHUZHI_MEDIATOR_NETWORKS": "10.0.0.0/8=x,::1/128=y"})
        assert read.mediator_networks == ("10.0.0.0/8=x", "::1/128=y")
