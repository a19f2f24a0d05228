"""OGC API Features as its clients read it: GDAL and OWSLib where they are, and what each parameter does."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from tests.unit.data.opendata import world

FIELDS = (
    world.field("code", "编号", "Code", required=True),
    world.field("name", "名称", "Name"),
    world.field("stars", "星级", "Stars", type="integer"),
    world.field("seen", "巡查时间", "Seen at", type="datetime"),
    world.field("place", "位置", "Place", type="geometry"),
)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.1, 30.2], [120.2, 30.2], [120.2, 30.3], [120.1, 30.3], [120.1, 30.2]]],
}
PLACES = (
    ("p1", "西湖", 3, "2026-01-02T03:04:05Z", SQUARE),
    ("p2", "良渚", 5, "2026-02-02T00:00:00Z", {"type": "Point", "coordinates": [120.0, 30.4]}),
    ("p3", "斐济", 1, "2026-03-02T00:00:00Z", {"type": "Point", "coordinates": [179.5, -17.0]}),
    ("p4", "无处", 1, "", None),
)


def plant(folder):
    dataset = "places-of-test"
    world.publish(dataset, fields=FIELDS)
    source = world.sources
    source.register_source(
        declaration=world.SourceDeclaration(source="places-src", dataset=dataset, office=world.OFFICE, mode="full"),
        by=world.OFFICER, at=world.AT,
    )  # fmt: skip
    file = folder / "places.json"
    rows = [
        {
            "code": code,
            "name": name,
            "stars": stars,
            "seen": seen or None,
            "place": place and json.dumps(place),
        }
        for code, name, stars, seen, place in PLACES
    ]
    file.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    batch = source.receive_file(source="places-src", path=file, by=world.OFFICER, at=world.AT)
    assert source.collect_batch(batch=batch.id, by=world.OFFICER, at=world.AT).accepted == len(PLACES)
    world.open_it(dataset)
    return dataset


@pytest.fixture
def ask(db, client, tmp_path):
    dataset = plant(tmp_path)

    def _ask(what="items", status=200, **query):
        answer = client.get(f"/ogc/collections/{dataset}/{what}", query)
        assert answer.status_code == status, answer.content
        return answer.json()

    return _ask


def names(page):
    return [feature["properties"]["name"] for feature in page["features"]]


def test_a_collection_says_where_when_and_in_which_systems(ask, client, tmp_path):
    said = ask("")
    assert said["extent"]["spatial"]["bbox"] == [[120.0, -17.0, 179.5, 30.4]]
    assert said["extent"]["temporal"]["interval"][0][0].startswith("2026-01-02T03:04:05")
    assert said["crs"][0].endswith("CRS84")
    assert client.get("/ogc/").json()["links"][1]["rel"] == "service-desc"
    assert "ogcapi-features-1/1.0/conf/core" in str(client.get("/ogc/conformance").json())
    assert [each["id"] for each in client.get("/ogc/collections").json()["collections"]] == [said["id"]]
    assert client.get("/ogc/collections/none").status_code == 404


def test_pages_count_exactly_and_lead_on(ask, client):
    page = ask(limit=3)
    assert (page["numberMatched"], page["numberReturned"]) == (4, 3)
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    rest = client.get(following).json()
    assert (names(rest), rest["features"][0]["geometry"]) == (["无处"], None)
    assert "next" not in {link["rel"] for link in rest["links"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": "120.15,30.25,120.16,30.26"}, ["西湖"]),
        ({"bbox": "119.9,30.1,120.3,30.5"}, ["西湖", "良渚"]),
        ({"bbox": "119.9,30.1,0,120.3,30.5,9"}, ["西湖", "良渚"]),
        ({"bbox": "179,-20,-179,0"}, ["斐济"]),  # across the date line
        (
            {"bbox": "30.1,119.9,30.5,120.3", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"},
            ["西湖", "良渚"],
        ),
        ({"datetime": "2026-02-02T00:00:00Z"}, ["良渚"]),
        ({"datetime": "2026-02-01/.."}, ["良渚", "斐济"]),
        ({"datetime": "../2026-02-02"}, ["西湖", "良渚"]),
        ({"stars": "1"}, ["斐济", "无处"]),
        ({"stars": "1", "sortby": "-name"}, ["无处", "斐济"]),
        ({"name": "西湖"}, ["西湖"]),
    ],
)
def test_each_parameter_chooses(ask, query, found):
    assert names(ask(**query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "0,50,1,40"}, {"bbox": "nan,0,1,1"},
        {"datetime": "yesterday"}, {"datetime": "2026-02-02/2026-01-01"}, {"limit": "0"}, {"limit": "-1"},
        {"crs": "EPSG:9999"}, {"colour": "red"}, {"place": "x"}, {"sortby": "nothing"}, {"f": "xml"},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(ask, query):
    assert ask(status=400, **query)["message_zh"]


def test_coordinates_come_in_the_system_asked_for(ask, client):
    point = ask("items/2", crs="http://www.opengis.net/def/crs/EPSG/0/4326")["geometry"]["coordinates"]
    assert point == [30.4, 120.0]
    x, y = ask("items/2", crs="EPSG:3857")["geometry"]["coordinates"]
    assert (round(x), round(y)) == (13358339, 3555070)
    assert ask("items/99", status=404)["code"] == "ogc.no_such_feature"


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL is not installed")
def test_gdal_and_owslib_read_it(transactional_db, live_server, tmp_path):
    from owslib.ogcapi.features import Features

    name = plant(tmp_path)
    told = subprocess.run(
        ["ogrinfo", "-ro", f"OAPIF:{live_server.url}/ogc", name, "-spat", "119.9", "30.1", "120.3", "30.5"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Feature Count: 2" in told
    assert "POINT (120" in told
    reader = Features(f"{live_server.url}/ogc/")
    assert reader.feature_collections() == [name]
    assert reader.collection_items(name, limit=2)["numberMatched"] == len(PLACES)


def test_a_browser_gets_the_page_and_a_program_the_features(ask, client):
    ask()
    at = "/ogc/collections/places-of-test"
    browser = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path, page in (
        ("/ogc/", "/data/"),
        (at, "/data/places-of-test/"),
        (f"{at}/items", "/data/places-of-test/"),
    ):
        for answer in (client.get(path, **browser), client.get(path, {"f": "html"})):
            assert (answer.status_code, answer["Location"]) == (303, page)
            assert "Accept" in answer["Vary"]
    for accepts in ("*/*", "application/geo+json, text/html", ""):
        assert client.get(f"{at}/items", HTTP_ACCEPT=accepts)["Content-Type"] == "application/geo+json"
    assert client.get(f"{at}/items", {"f": "json"}, **browser)["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("path", ["nowhere", "collections/x/y", "collections/places-of-test/items/abc"])
def test_other_addresses_are_refused_as_json(db, client, path):
    answer = client.get(f"/ogc/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "ogc.no_such_address")


def test_a_method_that_an_address_does_not_know_is_said_to_be_none(ask):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "DELETE", "QUERY"):
        refused = browser.generic(method, "/ogc/collections")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD"), method
