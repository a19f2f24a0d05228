"""Every path on which data leave: pages, files, rows, CKAN, DCAT; closed and graded values are on none of them."""

from __future__ import annotations

import io
import json

import pytest
from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF
from tests.unit.data.opendata import world
from tests.unit.data.opendata.world import APPROVER, BUREAU, CLOSED, GRADED, LATER

from shuzhi.data.catalog import services as catalog
from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.api import RowsOut
from shuzhi.data.opendata.types import resource_id

pytestmark = [
    pytest.mark.django_db,
    # rdflib 7 reads JSON-LD through a class of its own that it has deprecated.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),
]
FORMS = ("csv", "json", "xlsx", "parquet")


def paths_of(dataset):
    resource = resource_id(dataset, "csv")
    yield f"/data/{dataset}/"
    yield f"/data/{dataset}/?q={GRADED}"
    yield f"/data/{dataset}/?columns=phone,secret,inner"
    yield f"/api/data/{dataset}/rows"
    yield f"/api/data/{dataset}/rows?q={CLOSED}"
    yield f"/api/3/action/datastore_search?resource_id={resource}"
    yield f"/api/3/action/datastore_search?resource_id={resource}&records_format=csv"
    yield f"/api/3/action/resource_show?id={resource}"
    yield f"/api/3/action/package_show?id={dataset}"
    yield from (f"/data/{dataset}/download/{form}" for form in FORMS)


LISTS = (
    "/",
    "/data/",
    "/api/3/action/package_list",
    "/api/3/action/package_search?rows=1000",
    "/api/3/action/current_package_list_with_resources",
    "/catalog.ttl",
    "/catalog.jsonld",
    "/sitemap.xml",
    f"/offices/{world.OFFICE}/",
)


def body(client, path):
    response = client.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code == 200 and path.endswith("xlsx"):
        import openpyxl

        content = str(list(openpyxl.load_workbook(io.BytesIO(content)).active.values)).encode()
    if response.status_code == 200 and path.endswith("parquet"):
        import pyarrow.parquet as pq

        content = str(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
    return response, content


class TestNothingLeaks:
    def test_no_path_carries_a_closed_or_graded_value(self, client, opened):
        for path in (*paths_of(opened), *LISTS):
            response, content = body(client, path)
            assert response.status_code == 200, path
            assert GRADED.encode() not in content.replace(f"?q={GRADED}".encode(), b"").replace(
                f'value="{GRADED}"'.encode(), b""
            ), path
            rid = f"q={CLOSED}".encode()
            assert CLOSED.encode() not in content.replace(rid, b""), path

    @pytest.mark.parametrize("withdraw", ["release", "entry"])
    def test_what_is_withdrawn_is_on_no_path(self, client, opened, withdraw):
        if withdraw == "entry":
            catalog.withdraw_entry(dataset=opened, by=BUREAU, at=LATER, reason="x")
        else:
            services.withdraw_release(dataset=opened, by=APPROVER, at=LATER, reason="x")

        for path in paths_of(opened):
            response, content = body(client, path)
            listed = withdraw == "release" and path in {f"/api/3/action/package_show?id={opened}"} | {
                p for p in paths_of(opened) if p.startswith(f"/data/{opened}/") and "download" not in p
            }
            assert response.status_code == (200 if listed else 404), path
            assert "拱墅农贸市场".encode() not in content
            assert b"/download/" not in content or not listed, path
        for path in LISTS:
            _, content = body(client, path)
            assert (opened.encode() in content) is (withdraw == "release" and opened.encode() in content), (
                path
            )
            assert f"/data/{opened}/download".encode() not in content

    def test_an_entry_that_is_not_public_is_not_there(self, client, tmp_path):
        hidden = world.plant(tmp_path, opening="none")
        assert client.get(f"/data/{hidden}/").status_code == 404
        for path in LISTS:
            assert hidden.encode() not in body(client, path)[1], path


class TestDownload:
    def test_says_length_name_and_tag(self, client, opened):
        file = queries.release(opened).file("csv")
        response, content = body(client, f"/data/{opened}/download/csv")

        assert len(content) == int(response["Content-Length"]) == file.size
        assert response["ETag"] == f'"{file.sha256}"'
        assert response["Content-Disposition"].startswith(f'attachment; filename="{opened}.csv"')
        assert "charset=utf-8" in response["Content-Type"]

    def test_is_counted_once_and_not_sent_twice(self, client, opened):
        path = f"/data/{opened}/download/csv"
        response, _ = body(client, path)
        again = client.get(path, headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path).status_code == 200
        assert queries.downloads(opened) == 1

    def test_an_unknown_format_is_refused_in_words(self, client, opened):
        response = client.get(f"/data/{opened}/download/exe")
        assert response.status_code == 404


class TestRowApi:
    def test_pages_with_an_address_of_the_next(self, client, opened):
        first = client.get(f"/api/data/{opened}/rows?limit=3&sort=-stars&fields=code,stars").json()
        assert [row["code"] for row in first["rows"]] == ["m2", "m4", "m1"]
        assert (first["total"], first["synthetic"], first["licence"]) == (4, False, "CC-BY-4.0")
        last = client.get(first["next"]).json()
        assert [row["code"] for row in last["rows"]] == ["m3"]
        assert last["next"] is None

    def test_filters_by_json(self, client, opened):
        found = client.get(
            f"/api/data/{opened}/rows", {"where": json.dumps({"district": ["余杭区"], "stars": 5})}
        ).json()
        assert [row["code"] for row in found["rows"]] == ["m2"]

    @pytest.mark.parametrize(
        "query", [{"sort": "inner"}, {"fields": "phone;"}, {"where": "{"}, {"limit": 10**6}, {"where": "[1]"}]
    )
    def test_refuses_in_words(self, client, opened, query):
        response = client.get(f"/api/data/{opened}/rows", query)
        assert response.status_code in {409, 422}

    def test_may_be_read_from_any_site(self, client, opened):
        answer = client.get(f"/api/data/{opened}/rows")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        assert RowsOut.model_validate_json(answer.content).rows == answer.json()["rows"]


class TestDcat:
    def test_the_catalog_is_asked_for_once_and_then_only_whether_it_changed(self, client, opened):
        first = client.get("/catalog.ttl")
        again = client.get("/catalog.ttl", headers={"if-none-match": first["ETag"]})
        since = client.get("/catalog.ttl", headers={"if-modified-since": first["Last-Modified"]})
        assert (again.status_code, again.content, since.status_code) == (304, b"", 304)
        assert client.get("/catalog.jsonld")["ETag"] != first["ETag"]

        services.withdraw_release(dataset=opened, by=APPROVER, at=LATER, reason="测试")
        changed = client.get("/catalog.ttl", headers={"if-none-match": first["ETag"]})
        assert changed.status_code == 200
        assert b"/download/csv" in first.content
        assert b"/download/csv" not in changed.content

    @pytest.mark.parametrize(("path", "form"), [("/catalog.ttl", "turtle"), ("/catalog.jsonld", "json-ld")])
    def test_has_what_dcat_ap_demands(self, client, opened, path, form):
        graph = Graph().parse(data=client.get(path).content, format=form)

        catalogs = list(graph.subjects(RDF.type, DCAT.Catalog))
        datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
        assert (len(catalogs), len(datasets)) == (1, 1)
        for demanded in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset):
            assert graph.value(catalogs[0], demanded) or list(graph.objects(catalogs[0], demanded)), demanded
        assert len(list(graph.objects(datasets[0], DCTERMS.title))) == 2
        distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
        assert len(distributions) == 4
        assert all(graph.value(each, DCAT.accessURL) for each in distributions)
        publishers = set(graph.objects(None, DCTERMS.publisher))
        assert all(
            (each, RDF.type, FOAF.Agent) in graph and graph.value(each, FOAF.name, any=True)
            for each in publishers
        )

    def test_both_forms_say_the_same(self, client, opened):
        turtle = Graph().parse(data=client.get("/catalog.ttl").content, format="turtle")
        assert turtle.isomorphic(Graph().parse(data=client.get("/catalog.jsonld").content, format="json-ld"))

    @pytest.mark.parametrize(
        ("accept", "target"),
        [
            ("text/turtle", "/catalog.ttl"),
            ("application/ld+json", "/catalog.jsonld"),
            ("text/html,*/*", "/data/"),
        ],
    )
    def test_gives_what_the_caller_prefers(self, client, accept, target):
        response = client.get("/catalog", headers={"Accept": accept})
        assert (response.status_code, response["Location"]) == (303, target)
