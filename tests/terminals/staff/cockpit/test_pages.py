"""The cockpit's pages through the whole stack, without a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.terminals.staff.cockpit import world

from shuzhi.foundation.clock import day_of, now
from shuzhi.support.identity.models import Account

pytestmark = pytest.mark.django_db
CITY = "/staff/cockpit/"
PAGES = (CITY, f"{CITY}{world.DISTRICT}/", f"{CITY}{world.TOWN}/", f"{CITY}indicators/K15/")


def text(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestCity:
    def test_names_captain_and_moment(self, city):
        page = text(city, CITY)

        assert "<b>许峰</b>" in page
        assert "杭州市数据资源驾驶舱" in page
        assert "实时" in page

    def test_a_figure_stands_with_its_denominator_and_target(self, city):
        page = text(city, CITY)

        assert "50.0%" in page
        assert "5 / 10" in page
        assert "低于目标 99%（2025 年）" in page

    def test_every_district_is_in_the_list_and_opens(self, city):
        page = text(city, CITY)

        assert page.count("data-key=") == 13
        assert f'href="{CITY}330110/"' in page
        assert "其中演示数据 27 家" in page
        assert "另有 4 家的住所定不到现行区县" in page

    def test_alerts_say_who_acts_since_when_and_lead_there(self, city):
        page = text(city, CITY)

        assert "代码有误" in page
        assert "经办：市政府办公厅" in page
        assert "超期" in page
        assert page.index("代码有误") < page.index("K15 数据共享率 50.0%")

    def test_the_map_can_show_something_else(self, city):
        assert "家/平方公里" in text(city, CITY, layer="density")
        assert "登记企业" in text(city, CITY, layer="no-such-layer")

    def test_looks_back_at_a_kept_day(self, city):
        yesterday = day_of(now()) - timedelta(days=1)

        page = text(city, CITY, day=yesterday.isoformat())

        assert "回看" in page
        assert "90.0%" in page
        assert f"/staff/cockpit/330110/?day={yesterday}" in page

    @pytest.mark.parametrize("day", ["1999-01-01", "tomorrow", "2026-13-40"])
    def test_a_day_that_was_not_kept_is_now(self, city, day):
        assert "实时" in text(city, CITY, day=day)

    def test_speaks_english(self, city):
        city.cookies["shuzhi_language"] = "en"

        page = text(city, CITY)

        assert "Hangzhou data resources cockpit" in page
        assert "Lin&#x27;an" in page

    def test_serves_the_boundaries_it_names(self, city):
        answer = city.get("/maps/330100-2021.geojson")

        assert answer.headers["Content-Type"] == "application/geo+json"
        assert b'"code": "330110"' in b"".join(answer.streaming_content)
        assert city.get("/maps/999999-2021.geojson").status_code == 404


class TestPlaces:
    def test_a_district_shows_its_towns_as_tiles_and_says_why(self, city):
        page = text(city, f"{CITY}330110/")

        assert "五常街道" in page
        assert f'href="{CITY}{world.TOWN}/"' in page
        assert "镇街没有开放的边界，这里不画" in page
        assert "25 / 27 家" in page

    def test_a_town_lists_villages_and_firms_that_open(self, city):
        page = text(city, f"{CITY}{world.TOWN}/")

        assert "社区" in page
        assert "/staff/registers/legal-entity/t-0/" in page

    def test_a_town_keeps_the_way_up(self, city):
        page = text(city, f"{CITY}{world.TOWN}/")

        assert page.index(f'href="{CITY}"') < page.index(f'href="{CITY}330110/"')

    @pytest.mark.parametrize("code", ["999999", "330100", "330110999"])
    def test_what_is_no_district_or_town_is_not_found(self, city, code):
        assert city.get(f"{CITY}{code}/").status_code == 404


class TestIndicator:
    def test_opens_what_is_missing_a_page_at_a_time(self, city):
        first = text(city, f"{CITY}indicators/K12/")

        assert 'href="/staff/catalog/firms-registration/"' in first
        assert "企业登记：代码" in first
        assert "m27" not in first
        assert "m27" in text(city, f"{CITY}indicators/K12/", page="2")

    def test_opens_what_is_counted(self, city):
        assert "已计入的条目" in text(city, f"{CITY}indicators/K12/", side="counted")

    def test_says_definition_formula_and_target(self, city):
        page = text(city, f"{CITY}indicators/K15/")

        for words in ("定义", "分子", "分母", "公式", "目标 99%（2025 年）"):
            assert words in page

    def test_an_unknown_one_is_not_found(self, city):
        assert city.get(f"{CITY}indicators/K99/").status_code == 404


class TestRights:
    @pytest.mark.parametrize("path", PAGES)
    def test_signed_out_leads_to_the_sign_in_page(self, city, path):
        assert Client().get(path).url.startswith("/staff/login/")

    @pytest.mark.parametrize("path", PAGES)
    def test_an_account_without_a_role_is_refused(self, city, path):
        account = Account.objects.create(username="nobody", person="无", office="city-office", roles=[])
        client = Client()
        client.force_login(account)

        assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_statements_do_not_grow_with_rows(city, path):
    city.get(path)
    with CaptureQueriesContext(connection) as before:
        city.get(path)
    for number in range(5):
        world.exchange.add_firm(
            f"more-{number}",
            world.exchange.FIRM | {"uscc": f"9{number:017}", "name": f"更多{number}", "town": world.TOWN},
        )
        world.open_dossier(days_ago=10)
    with CaptureQueriesContext(connection) as after:
        city.get(path)

    assert len(after) == len(before) <= 40
