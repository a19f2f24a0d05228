"""Cases over HTTP: one request from submission to credential; pages of residents and of staff."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import INCOME, ZHAO

from shuzhi.support.identity import services as identity

pytestmark = pytest.mark.django_db


def signed_in(username: str) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def clerk() -> Client:
    identity.open_account(
        username="hr", person="孙悦", office="human-resources", division=None, roles=world.CLERK.roles,
        password=None, by=world.PLATFORM, at=world.AT,
    )  # fmt: skip
    return signed_in("hr")


def post(client: Client, path: str, **said):
    return client.post(path, said, content_type="application/json")


class TestApi:
    def test_one_request_from_submission_to_credential(self):
        world.install()
        world.put(ZHAO)
        world.resident()

        told = post(signed_in("zhao"), "/api/cases", matter=INCOME, key="k")

        assert told.status_code == 201
        case = told.json()
        assert (case["state"], case["is_instant"], bool(case["credential"])) == ("granted", True, True)
        assert "第七十四条" in case["explanation"][0]["zh"]

    def test_a_refusal_offers_the_manual_way(self):
        world.install()
        world.put(ZHAO, income="0")
        world.resident()
        zhao = signed_in("zhao")

        case = post(zhao, "/api/cases", matter=INCOME).json()

        assert (case["state"], case["ways"]) == ("refused", ["hand-over", "object"])
        assert post(zhao, f"/api/cases/{case['number']}/hand-over").json()["state"] == "accepted"
        done = post(clerk(), f"/api/cases/{case['number']}/decide", granted=True, facts={"monthly_income": 1})
        assert done.json()["state"] == "granted"

    def test_nobody_reads_what_is_somebody_elses(self):
        world.install()
        world.put(ZHAO)
        world.resident()
        world.resident(world.QIAN, "qian")
        number = post(signed_in("zhao"), "/api/cases", matter=INCOME).json()["number"]

        assert signed_in("qian").get(f"/api/cases/{number}").status_code == 404
        assert Client().get(f"/api/cases/{number}").status_code == 401
        assert Client().get(f"/my/cases/{number}/").status_code in (302, 401, 403)
        assert signed_in("qian").get("/api/cases").status_code == 403

    @pytest.mark.parametrize(
        "said",
        [
            {"matter": "none"}, {"matter": INCOME, "choices": {"x": "y"}}, {"matter": INCOME, "answers": {"a": [[[[[[[1]]]]]]]}},
            {"matter": INCOME, "submission": "F1"}, {"matter": INCOME, "channel": "phone"}, {"matter": INCOME, "answers": {"a": "\0"}},
        ],
    )  # fmt: skip
    def test_nonsense_is_refused_or_stored_harmlessly(self, said):
        world.install()
        world.put(ZHAO)
        world.resident()

        assert post(signed_in("zhao"), "/api/cases", **said).status_code in (201, 400, 404, 409)


class TestPages:
    def test_a_resident_begins_and_sees_why(self):
        world.install()
        world.put(ZHAO)
        world.resident()
        zhao = signed_in("zhao")

        asked = zhao.get(f"/my/cases/new/{INCOME}/").content.decode()
        done = zhao.post(f"/my/cases/new/{INCOME}/", {"key": "page/1"}, follow=True)

        assert "月工资收入" in asked
        page = done.content.decode()
        assert "办好了" in page
        assert "为什么这样决定" in page
        assert done.redirect_chain[0][0].split("/")[-2] in zhao.get("/my/cases/").content.decode()

    def test_a_clerk_asks_once_and_accepts(self):
        world.install_reviewed()
        world.resident()
        zhao = signed_in("zhao")
        number = post(zhao, "/api/cases", matter=INCOME).json()["number"]
        staff = clerk()

        assert number in staff.get("/staff/matters/").content.decode()
        staff.post(f"/staff/matters/{number}/ask/", {"points": "申请书：请签字\n附图"}, follow=True)
        assert "请签字" in zhao.get(f"/my/cases/{number}/").content.decode()
        assert "补正材料" in zhao.get("/my/cases/").content.decode()
        zhao.post(f"/my/cases/{number}/correct/", {"note": "已补"})
        again = staff.post(f"/staff/matters/{number}/ask/", {"points": "再补"}, follow=True)
        assert "不能再次要求补正" in again.content.decode()
        assert staff.get("/staff/matters/figures/").status_code == 200

    def test_the_list_reads_in_a_bounded_number_of_statements(self, django_assert_max_num_queries):
        world.install_reviewed()
        zhao = world.resident()
        from shuzhi.business.matters.cases import services

        for _ in range(12):
            services.submit(matter=INCOME, by=zhao, at=world.AT)
        staff = clerk()

        with django_assert_max_num_queries(16):
            staff.get("/staff/matters/")
