"""The official client against a running server: what CKAN's users do works here."""

from __future__ import annotations

import contextlib

import ckanapi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.data.opendata import world

from shuzhi.data.opendata import ranking
from shuzhi.data.opendata.ckan.errors import BadSearch
from shuzhi.data.opendata.ckan.solr import condition
from shuzhi.data.opendata.types import resource_id

SECOND = {
    "title": {"zh": "公厕", "en": "Public toilets"},
    "theme": "city",
    "tags": ("厕所",),
    "summary": {"zh": "各区的公厕", "en": "By district"},
}


@pytest.fixture
def served(transactional_db, live_server, tmp_path):
    """A server with an open data set, a published one without release, and one that stays closed."""
    first = world.plant(tmp_path)
    world.open_it(first)
    world.publish("toilets", **SECOND)
    world.publish("closed-set", opening="none")
    with ckanapi.RemoteCKAN(live_server.url, user_agent="shuzhi-test") as site:
        yield site, first


@pytest.mark.parametrize("get_only", [True, False], ids=["GET", "POST"])
def test_a_client_can_do_its_work(served, get_only):
    site, first = served
    site.get_only = get_only
    act = site.action

    # packages
    assert sorted(act.package_list()) == sorted([first, "toilets"])
    assert act.package_list(limit=1, offset=1) == sorted([first, "toilets"])[1:]
    package = act.package_show(id=first)
    assert (package["title"], package["license_id"], package["isopen"]) == ("农贸市场", "CC-BY-4.0", True)
    assert {each["format"] for each in package["resources"]} == {"CSV", "JSON", "XLSX", "PARQUET"}
    assert [tag["name"] for tag in package["tags"]] == ["菜场", "food"]

    # search
    assert act.package_search(q="农贸")["results"][0]["name"] == first
    assert act.package_search(q="*:*", rows=0)["count"] == 2
    assert act.package_search(fq="groups:city")["results"][0]["name"] == "toilets"
    assert act.package_search(fq='tags:"菜场" organization:planning')["count"] == 1
    assert act.package_search(fq="res_format:CSV")["count"] == 1
    paged = act.package_search(q="", rows=1, start=1, sort="title_string asc")
    assert (paged["count"], len(paged["results"])) == (2, 1)
    facets = act.package_search(**{"facet.field": '["groups", "tags", "res_format"]', "rows": "0"})["facets"]
    assert facets["groups"] == {"market": 1, "city": 1}
    assert facets["tags"] == {"菜场": 1, "food": 1, "厕所": 1}

    # organizations, groups, tags
    assert act.organization_list() == [world.OFFICE]
    assert act.organization_show(id=world.OFFICE)["package_count"] == 2
    assert sorted(act.group_list()) == ["city", "market"]
    assert act.group_show(id="market", include_datasets="true")["packages"][0]["name"] == first
    assert sorted(act.tag_list()) == sorted(["菜场", "food", "厕所"])
    assert act.tag_show(id="厕所")["name"] == "厕所"

    # rows
    csv = resource_id(first, "csv")
    assert act.resource_show(id=csv)["package_id"] == first
    found = act.datastore_search(
        resource_id=csv, filters='{"district": "余杭区"}', sort="stars desc", fields="code,stars"
    )
    assert [row["code"] for row in found["records"]] == ["m2", "m3"]
    assert (found["total"], [field["id"] for field in found["fields"]]) == (2, ["code", "stars"])
    paged = act.datastore_search(resource_id=csv, limit=1, offset=3)
    assert (paged["total"], len(paged["records"]), paged["records"][0]["_id"]) == (4, 1, 4)
    assert act.datastore_search(resource_id=csv, q="夜市")["records"][0]["code"] == "m4"
    assert act.datastore_search(resource_id=csv, fields="district", distinct="true")["total"] == 3

    # refusals in CKAN's own shape
    with pytest.raises(ckanapi.NotFound):
        act.package_show(id="closed-set")
    with pytest.raises(ckanapi.NotFound):
        act.resource_show(id="no-such")
    with pytest.raises(ckanapi.ValidationError):
        act.datastore_search(resource_id=csv, filters='{"inner": "x"}')
    with pytest.raises(ckanapi.ValidationError):
        act.datastore_search(resource_id=csv, limit="many")
    with pytest.raises(ckanapi.SearchQueryError):
        act.package_search(fq="nothing:x")
    with pytest.raises(ckanapi.NotAuthorized):
        act.package_create(name="x")
    with pytest.raises(ckanapi.ValidationError):
        act.package_show()


@pytest.fixture
def names(opened, client):
    world.publish("toilets", **SECOND)
    world.publish("parks", theme="city", title={"zh": "城市公园", "en": "Parks"}, tags=("绿地", "厕所"))

    def ask(**asked):
        answer = client.post("/api/3/action/package_search", asked, content_type="application/json").json()
        return (
            answer["error"] if not answer["success"] else [one["name"] for one in answer["result"]["results"]]
        )

    return opened, ask


@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"q": "*:*", "sort": "id asc"}, {"toilets", "parks", 0}),
            ({"fq": "groups:city"}, {"toilets", "parks"}),
            ({"fq": "groups:city -tags:绿地"}, {"toilets"}),
            ({"fq": "NOT groups:city"}, {0}),
            ({"fq": "name:toilets OR name:parks"}, {"toilets", "parks"}),
            ({"fq": "+name:(toilets OR parks) +tags:绿地"}, {"parks"}),
            ({"fq": ["groups:city", "tags:绿地"]}, {"parks"}),
            ({"fq": "", "fq_list": ["groups:city", "tags:绿地"]}, {"parks"}),
            ({"q": "公厕"}, {"toilets"}),
            ({"q": "title:公园"}, {"parks"}),
            ({"q": '"城市公园"'}, {"parks"}),
            ({"q": "公厕 OR 公园"}, {"toilets", "parks"}),
            ({"fq": "name:toi*"}, {"toilets"}),
            ({"fq": "dataset_type:dataset state:active capacity:public"}, {"toilets", "parks", 0}),
            ({"fq": "private:true"}, set()),
            ({"fq": "metadata_modified:[2000-01-01T00:00:00Z TO *]"}, {"toilets", "parks", 0}),
            ({"fq": "metadata_modified:[2100-01-01T00:00:00Z TO *]"}, set()),
            ({"fq": "*:* -res_format:CSV"}, {"toilets", "parks"}),
            ({"fq": "metadata_modified:[NOW-100YEARS TO NOW/DAY+1DAY]"}, {"toilets", "parks", 0}),
            ({"fq": "metadata_modified:{2026-03-02T09:00:00Z TO *}"}, set()),
            ({"fq": "metadata_modified:[2026-03-02T09:00:00Z TO *}"}, {"toilets", "parks", 0}),
            ({"q": 'title:公厕^4 OR "城市公园"~2'}, {"toilets", "parks"}),
            ({"q": "title:各区"}, set()),
            ({"fq": "extras_opening:unconditional name:parks"}, {"parks"}),
            ({"fq": "-extras_harvest_source_id:x -dataset_type:harvest +groups:city"}, {"toilets", "parks"}),
        ],
    )
    def test_as_clients_and_harvesters_ask(self, names, asked, found):
        first, ask = names
        assert set(ask(**asked)) == {first if name == 0 else name for name in found}

    @pytest.mark.parametrize(
        "asked",
        [
            {"fq": "nothing:x"},
            {"q": "("},
            {"q": "a )"},
            {"q": "(" * 300},
            {"q": "OR"},
            {"fq": "tags:"},
            {"fq": "metadata_modified:[yesterday TO *]"},
            {"fq": "metadata_modified:[NOW-1MOON TO *]"},
            {"fq": "metadata_modified:[NOW-9999YEARS TO *]"},
            {"sort": "magic asc"},
            {"sort": "name sideways"},
            {"page": "2"},
        ],
    )
    def test_what_is_not_understood_is_refused_never_ignored(self, names, asked):
        _, ask = names
        assert ask(**asked)["__type"] == "Search Query Error"

    def test_a_harvester_pages_by_id(self, names):
        first, ask = names
        pages = [ask(q="", sort="id asc", rows=1, start=start) for start in range(4)]
        assert pages == [[name] for name in sorted([first, "toilets", "parks"])] + [[]]

    @given(text=st.text('abc:()[]+-"* ORANDNOT名公', max_size=30))
    @settings(max_examples=200, deadline=None)
    def test_any_text_is_a_condition_or_a_refusal(self, text):
        with contextlib.suppress(BadSearch):
            assert condition(text, at=world.AT) is not None


@pytest.mark.django_db
class TestShape:
    def test_an_unknown_action_says_so(self, client):
        response = client.get("/api/3/action/package_invent?id=x")
        assert (response.status_code, response.json()["success"]) == (400, False)
        assert "package_invent" in response.json()["error"]["message"]

    def test_what_would_write_is_refused_as_ckan_refuses_it(self, client):
        response = client.post("/api/3/action/package_delete", {"id": "x"})
        assert (response.status_code, response.json()["error"]["__type"]) == (403, "Authorization Error")

    @pytest.mark.parametrize("body", ["{", "[]", "[" * 100_000, '{"id": "\\u0000"}', '{"id": "\\ud800"}'])
    def test_bodies_that_are_none_are_refused(self, client, body):
        response = client.post("/api/3/action/package_show", body, content_type="application/json")
        assert response.status_code in {400, 404}
        assert response.json()["success"] is False

    def test_organizations_page_and_sort(self, client, opened):
        def ask(**asked):
            return client.get("/api/3/action/organization_list", asked).json()

        assert ask(all_fields="true", limit=1)["result"][0]["name"] == world.OFFICE
        assert ask(offset=1)["result"] == []
        assert ask(organizations="nobody")["result"] == []
        assert ask(sort="package_count")["result"] == [world.OFFICE]
        assert ask(sort="magic")["error"]["__type"] == "Validation Error"

    def test_help_names_the_parameters(self, client):
        told = client.get("/api/3/action/help_show?name=datastore_search").json()["result"]
        assert "records_format" in told
        assert client.get("/api/3/action/help_show?name=none").status_code == 404

    def test_rows_say_under_which_parameter_a_field_is_unknown(self, client, opened):
        csv = resource_id(opened, "csv")

        def ask(**asked):
            asked = {"resource_id": csv, **asked}
            return client.post(
                "/api/3/action/datastore_search", asked, content_type="application/json"
            ).json()

        for parameter, value in (
            ("filters", {"x": 1}), ("fields", ["x"]), ("sort", "x desc"), ("q", {"x": "y"}),
        ):  # fmt: skip
            assert ask(**{parameter: value})["error"][parameter] == ['invalid value "x"']
        assert "total" not in ask(include_total=False)["result"]
        assert ask(q={"district": "余杭"})["result"]["total"] == 2
        info = client.get(f"/api/3/action/datastore_info?id={csv}").json()["result"]
        assert (info["meta"]["count"], info["schema"]["stars"]) == (4, "int8")

    def test_a_parameter_given_twice_is_a_list(self, client, opened):
        csv = resource_id(opened, "csv")
        asked = f"/api/3/action/datastore_search?resource_id={csv}&fields=code&fields=stars"
        found = client.get(asked).json()["result"]
        assert [field["id"] for field in found["fields"]] == ["code", "stars"]
        asked = "/api/3/action/package_search?facet.field=groups&facet.field=tags&rows=0"
        assert set(client.get(asked).json()["result"]["facets"]) == {"groups", "tags"}

    def test_the_next_page_is_asked_as_the_first_was(self, client, opened):
        body = {"resource_id": resource_id(opened, "csv"), "filters": {"district": "余杭区"}, "limit": 1}
        first = client.post("/api/3/action/datastore_search", body, content_type="application/json").json()
        second = client.get(first["result"]["_links"]["next"]).json()["result"]
        assert (second["total"], [row["code"] for row in second["records"]]) == (2, ["m3"])
        # Clients put the server before it.
        assert first["result"]["_links"]["next"].startswith("/api/3/action/datastore_search?")
        assert "prev" not in first["result"]["_links"]
        assert client.get(second["_links"]["prev"]).json()["result"]["records"] == first["result"]["records"]

    @pytest.mark.parametrize(
        ("q", "plain", "total"),
        [("余杭 | 西湖", False, 3), ("余杭 | 西湖", True, 0), ("余杭:*", False, 2), ("余杭 & 余杭区", False, 2), ({"district": "余杭:*"}, False, 2),
         ("余杭 | nowhere", False, 2), ("|", False, 4)],
    )  # fmt: skip
    def test_signs_in_the_words_count_where_they_are_meant(self, client, opened, q, plain, total):
        body = {"resource_id": resource_id(opened, "csv"), "q": q, "plain": plain}
        told = client.post("/api/3/action/datastore_search", body, content_type="application/json").json()
        assert told["result"]["total"] == total

    @pytest.mark.parametrize(("q", "plain"), [("!余杭", False), ("a <-> b", False), ({"district": "a|b"}, False), ({"district": ["a", "b"]}, True)])  # fmt: skip
    def test_what_is_not_understood_of_the_words_is_refused(self, client, opened, q, plain):
        body = {"resource_id": resource_id(opened, "csv"), "q": q, "plain": plain}
        told = client.post("/api/3/action/datastore_search", body, content_type="application/json")
        assert (told.status_code, "q" in told.json()["error"]) == (409, True)

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("query=format:csv", 1),
            ("query=format:csv&query=name:%E5%86%9C%E8%B4%B8", 1),
            ("query=name:nothing", 0),
            ('query=["format:JSON"]', 1),
            ("query=state:active&limit=2", 4),
        ],
    )
    def test_resources_are_searched(self, client, opened, asked, found):
        told = client.get(f"/api/3/action/resource_search?{asked}").json()["result"]
        assert (told["count"], len(told["results"])) == (found, min(found, 2 if "limit" in asked else 9))

    @pytest.mark.parametrize(
        ("asked", "status", "field"),
        [
            ("resource_search", 409, "query"),
            ("resource_search?query=csv", 409, "query"),
            ("resource_search?query=secret:x", 409, "query"),
            ("tag_list?vocabulary_id=x", 404, "message"),
            ("vocabulary_show?id=x", 404, "message"),
            ("resource_view_list?id=x", 404, "message"),
            ("member_list?id=x", 404, "message"),
        ],
    )
    def test_what_cannot_be_found_says_why(self, client, opened, asked, status, field):
        answer = client.get(f"/api/3/action/{asked}")
        assert (answer.status_code, field in answer.json()["error"]) == (status, True)

    def test_the_lists_that_clients_start_with(self, client, opened):
        def ask(asked):
            return client.get(f"/api/3/action/{asked}").json()["result"]

        tables = ask("datastore_search?resource_id=_table_metadata")
        assert [row["name"] for row in tables["records"]] == [resource_id(opened, "csv")]
        assert ask("tag_search?query=菜")["results"][0]["name"] == "菜场"
        assert ask(f"member_list?id={world.OFFICE}&object_type=package") == [[opened, "package", "public"]]
        assert {each["is_okd_compliant"] for each in ask("license_list")} == {True}
        assert client.get("/api/3").json() == {"version": 3}

    def test_the_number_of_statements_does_not_grow(self, client, opened, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def statements(path):
            client.get(path)  # what is new is read once more, all of it together
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            return len(caught)

        paths = ("/api/3/action/package_search?rows=100", "/data/", "/", f"/offices/{world.OFFICE}/")
        before = [statements(path) for path in paths]
        for number in range(8):
            world.publish(f"more-{number}")
        assert [statements(path) for path in paths] == before


class TestRanks:
    """What was found by words says how well it fits, as CKAN's DataStore does."""

    @pytest.fixture
    def ask(self, client, opened):
        def ask(**asked):
            body = {"resource_id": resource_id(opened, "csv"), **asked}
            told = client.post("/api/3/action/datastore_search", body, content_type="application/json")
            return told.json().get("result") or told.json()["error"]

        return ask

    def test_the_best_comes_first_and_every_row_has_its_rank(self, ask):
        found = ask(q="市场")
        assert {"id": "rank", "type": "float"} in found["fields"]
        ranks = [row["rank"] for row in found["records"]]
        assert ranks == sorted(ranks, reverse=True)
        assert all(0 < rank < 1 for rank in ranks)
        # "m1" says its district twice, in its name and in its district.
        first, *_ = ask(q="拱墅")["records"]
        assert first["rank"] > ask(q="夜市")["records"][0]["rank"]

    def test_words_of_a_field_are_ranked_by_that_field_alone(self, ask):
        found = ask(q={"district": "余杭"}, fields="code, rank district")
        assert [field["id"] for field in found["fields"]] == ["code", "rank district"]
        assert len({row["rank district"] for row in found["records"]}) == 1
        both = ask(q={"district": "余杭"}, full_text="市场")["records"]
        assert all({"rank", "rank district"} <= row.keys() for row in both)

    def test_no_rank_where_none_is_asked_for(self, ask):
        assert "rank" not in ask()["records"][0]
        assert ask(q="夜市", fields="code")["fields"][0]["id"] == "code"
        assert ask(q="夜市", fields="code")["records"] == [{"code": "m4"}]
        assert ask(fields="rank")["fields"] == ['invalid value "rank"']

    @pytest.mark.parametrize("records_format", ["lists", "csv", "tsv"])
    def test_other_forms_hold_it_too(self, ask, records_format):
        found = ask(q="夜市", fields="code, rank", records_format=records_format, sort="rank desc")
        assert str(found["records"]).strip("[]'").startswith("m4")
        assert "0.1" in str(found["records"])

    def test_an_order_that_was_asked_for_stands(self, ask):
        codes = [row["code"] for row in ask(q="余杭", sort="code desc")["records"]]
        assert codes == ["m3", "m2"]
        assert {row["district"] for row in ask(q="余杭", fields="district", distinct=True)["records"]} == {
            "余杭区"
        }

    def test_a_bound_keeps_a_page_from_weighing_every_row(self, ask, monkeypatch):
        monkeypatch.setattr(ranking, "MOST_RANKED", 1)
        assert [row["_id"] for row in ask(q="市")["records"]] == sorted(
            row["_id"] for row in ask(q="市")["records"]
        )

    @pytest.mark.parametrize("value", [42, 4.2, True, {"gt": 1}, ["余杭区", 42]])
    def test_what_is_no_text_is_no_value_of_a_text_field(self, ask, value):
        assert '"district"' in ask(filters={"district": value})["filters"][0]

    def test_values_of_other_fields_are_read_as_their_type_is(self, ask):
        assert ask(filters={"stars": "5"})["total"] == ask(filters={"stars": 5})["total"] == 1
        assert ask(filters={"stars": [3, "5", None]})["total"] == 3
        assert ask(filters={"area": 80})["total"] == 1
        assert ask(filters={"covered": True})["total"] == ask(filters={"covered": "true"})["total"]
        assert "int8" in ask(filters={"stars": "many"})["filters"][0]

    def test_rows_without_a_value_stand_where_they_are_wanted(self, ask):
        first = ask(sort="stars desc nulls first")["records"][0]
        last = ask(sort="stars asc nulls last")["records"][-1]
        assert first["stars"] is last["stars"] is None
        assert ask(sort="stars sideways")["sort"]
        assert ask(sort='"stars" DESC NULLS LAST')["records"][0]["stars"] == 5

    @pytest.mark.parametrize(
        ("limit", "said"), [("bad", "Invalid integer"), (-1, "Must be a natural number")]
    )
    def test_a_page_has_a_size(self, ask, limit, said):
        assert ask(limit=limit)["limit"] == [said]
