"""The public pages answer in both languages, refuse politely, and say what a search engine reads."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from tests.unit.data.opendata import world

pytestmark = pytest.mark.django_db
PAGES = ("/", "/data/", "/offices/", "/developers/", "/about/", "/robots.txt", "/sitemap.xml")


@pytest.fixture
def opened(tmp_path, db):
    dataset = world.plant(tmp_path)
    world.open_it(dataset)
    return dataset


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_both_languages(client, opened, path, language):
    client.cookies["shuzhi_language"] = language
    response = client.get(path)
    assert response.status_code == 200
    assert b"{%" not in response.content


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff",
        "page=0",
        "page=-1",
        "page=99999999",
        "page=１",
        "sort=';--",
        "owner=%00",
        "format=exe",
        "opening=x",
        "theme=" + "x" * 5000,
    ],
)
def test_a_hostile_question_is_answered(client, opened, query):
    assert client.get(f"/data/?{query}").status_code == 200
    assert client.get(f"/data/{opened}/?{query}&columns={query}").status_code == 200


def test_nothing_found_says_what_to_do(client, opened):
    assert "没有找到数据集" in client.get("/data/?q=绝没有这个").content.decode()


def test_what_was_found_is_divided_by_links_that_narrow_it(client, opened):
    for said, english in (("提供单位", False), ("Published by", True), ("提供单位", False)):
        client.cookies["shuzhi_language"] = "en" if english else "zh"
        page = client.get("/data/?sort=title").content.decode()
        assert f"<h2>{said}</h2>" in page
        assert "&lt;" not in page
        narrowed = re.search(r'href="(/data/\?owner=[^"]+)"', page)
        assert narrowed
        found = client.get(unescape(narrowed[1])).content.decode()
        assert f'href="{narrowed[1]}"' not in found  # its link takes the condition away again
        assert 'aria-current="true"' in found


@pytest.mark.parametrize("path", ["/data/no-such/", "/offices/no-such/", "/data/no-such/download/csv"])
def test_what_is_not_there_is_not_there(client, db, path):
    assert client.get(path).status_code == 404


def test_the_data_set_describes_itself_to_search_engines(client, opened):
    page = client.get(f"/data/{opened}/").content.decode()
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page).group(1))
    assert (said["@type"], said["identifier"], len(said["distribution"])) == ("Dataset", opened, 4)


def test_a_title_cannot_end_the_script(client, tmp_path):
    dataset = world.plant(tmp_path, title={"zh": "</script><script>alert(1)</script>", "en": "x"})
    assert "<script>alert" not in client.get(f"/data/{dataset}/").content.decode()


def test_what_is_conditional_says_how_to_apply(client, tmp_path):
    dataset = world.plant(tmp_path, opening="conditional")
    page = client.get(f"/data/{dataset}/").content.decode()
    assert "有条件开放" in page
    assert "download/csv" not in page


def test_the_preview_sorts_searches_and_turns(client, opened):
    page = client.get(f"/data/{opened}/?q=余杭&sort=-stars").content.decode()
    assert page.index("=1+1 市场") < page.index("@良渚 Market")
    assert "拱墅农贸市场" not in page
