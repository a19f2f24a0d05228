"""What describes open data to programs, read by their own validators: DCAT-AP, CSV on the Web, Frictionless, feeds."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from xml.etree import ElementTree as ET

import pytest
from rdflib import Graph
from tests.unit.data.opendata import world
from tests.unit.data.opendata.dcat_ap import shapes

from shuzhi.data.opendata import services

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.django_db
class TestDcatAp:
    @pytest.mark.parametrize(("path", "form"), [("/catalog.ttl", "turtle"), ("/catalog.jsonld", "json-ld")])
    def test_the_catalog_breaks_no_shape(self, client, opened, path, form):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the validator's own imports
            from pyshacl import validate

            world.publish("plain-one", opening="conditional", tags=(), summary=None)
            graph = Graph().parse(data=client.get(path).content, format=form)
            conforms, _, told = validate(graph, shacl_graph=shapes(), inference="none")
        assert conforms, told

    def test_the_shapes_find_what_is_missing(self, client, opened):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyshacl import validate

            text = client.get("/catalog.ttl").content.decode().replace("dcat:accessURL", "dcat:elsewhereURL")
            conforms, _, _ = validate(Graph().parse(data=text, format="turtle"), shacl_graph=shapes())
        assert not conforms


@pytest.mark.django_db
class TestCsvw:
    def test_the_validator_reads_file_and_metadata(self, client, opened, tmp_path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from csvw import CSVW

            answer = client.get(f"/data/{opened}/download/csv")
            assert answer["Link"].startswith("<csv-metadata.json>")
            (tmp_path / "csv").write_bytes(b"".join(answer.streaming_content))
            said = client.get(f"/data/{opened}/download/csv-metadata.json").json()
            described = tmp_path / "csv-metadata.json"
            described.write_text(json.dumps(said | {"url": "csv"}), "utf-8")
            found = CSVW(str(described), validate=True)
            rows = list(found.t)
        assert found.is_valid
        assert (len(rows), rows[0]["stars"], rows[0]["covered"], rows[1]["rent"]) == (4, 3, True, None)


@pytest.mark.django_db
class TestFrictionless:
    def test_the_package_says_what_the_file_holds(self, client, opened):
        said = client.get(f"/data/{opened}/datapackage.json").json()
        table = next(each for each in said["resources"] if each["format"] == "csv")
        head = b"".join(client.get(f"/data/{opened}/download/csv").streaming_content).decode().splitlines()[0]
        assert [field["name"] for field in table["schema"]["fields"]] == head.split(",")
        assert {each["format"] for each in said["resources"]} == {"csv", "json"}

    @pytest.mark.skipif("SHUZHI_FRICTIONLESS" not in os.environ, reason="the validator stands elsewhere")
    def test_its_own_validator_passes(self, transactional_db, live_server, tmp_path):
        name = world.plant(tmp_path)
        world.open_it(name)
        command = [
            os.environ["SHUZHI_FRICTIONLESS"],
            "validate",
            f"{live_server.url}/data/{name}/datapackage.json",
        ]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.django_db
class TestFeeds:
    def test_tells_releases_and_withdrawals_newest_first(self, client, opened):
        world.open_it(opened, at=world.LATER)
        services.withdraw_release(
            dataset=opened, by=world.APPROVER, at=world.LATER.replace(day=20), reason="更正"
        )
        feed = ET.fromstring(client.get(f"/data/{opened}/feed.atom").content)
        titles = [each.findtext(f"{ATOM}title") for each in feed.iter(f"{ATOM}entry")]
        assert [title.split("：")[1] for title in titles][:2] == ["第 2 版已撤回", "发布了第 2 版，4 行"]
        ids = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids) == 4
        rss = ET.fromstring(client.get("/data/feed.rss").content)
        assert len(list(rss.iter("item"))) == 4

    def test_a_feed_narrows_as_the_portal_does_and_is_asked_again_cheaply(self, client, opened):
        first = client.get("/data/feed.atom?theme=market")
        assert first.content.count(b"<entry>") == 2
        assert client.get("/data/feed.atom?theme=city").content.count(b"<entry>") == 0
        again = client.get(
            "/data/feed.atom?theme=market", headers={"if-modified-since": first["Last-Modified"]}
        )
        assert again.status_code == 304

    def test_what_the_public_may_not_know_is_in_no_feed(self, client, opened):
        world.publish("closed-set", opening="none")
        assert b"closed-set" not in client.get("/data/feed.atom").content
        assert client.get("/data/closed-set/feed.atom").status_code == 404
        assert client.get("/data/closed-set/datapackage.json").status_code == 404
