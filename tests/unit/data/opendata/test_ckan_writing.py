"""Owners keep their data sets by the official client; nothing they do goes around a review."""

from __future__ import annotations

import io

import ckanapi
import pytest
from tests.unit.data.opendata import world

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.types import Status
from shuzhi.data.opendata import jobs, models, tokens
from shuzhi.data.opendata.types import resource_id
from shuzhi.foundation.clock import now
from shuzhi.support.identity import models as identity

FIELDS = [
    {"id": "code", "type": "text", "info": {"label": "编号"}},
    {"id": "name", "type": "text", "info": {"label": "名称"}},
    {"id": "seats", "type": "int"},
]
RECORDS = [{"code": "a", "name": "一号亭", "seats": 4}, {"code": "b", "name": "二号亭", "seats": 6}]


def account(name, roles, office=world.OFFICE):
    identity.Account.objects.create(username=name, person=name, office=office, roles=roles)
    by = identity.Account.objects.get(username=name)
    from shuzhi.support.identity.services import actor_of

    return tokens.issue_token(title="测试", days=30, by=actor_of(by), at=now()).secret


@pytest.fixture
def sites(transactional_db, live_server):
    """The client as an officer, as an approver, and as the public."""
    keys = {
        "officer": account("officer", ["data_officer"]),
        "approver": account("approver", ["approver", "data_officer"]),
        "public": None,
    }
    made = {name: ckanapi.RemoteCKAN(live_server.url, apikey=key) for name, key in keys.items()}
    yield made
    for site in made.values():
        site.close()


def create(site, name="pavilions"):
    return site.action.package_create(
        name=name,
        title="凉亭",
        notes="各公园的凉亭",
        owner_org=world.OFFICE,
        license_id="CC-BY-4.0",
        groups=[{"name": "city"}],
        tags=[{"name": "公园"}],
        extras=[{"key": "update", "value": "monthly"}],
    )


def test_from_a_proposal_to_open_rows_and_back(sites):
    owner, approver, public = sites["officer"].action, sites["approver"].action, sites["public"].action

    made = create(sites["officer"])
    assert (made["state"], made["private"], made["groups"][0]["name"]) == ("draft", True, "city")
    assert owner.package_show(id="pavilions")["title"] == "凉亭"
    with pytest.raises(ckanapi.NotFound):
        public.package_show(id="pavilions")

    told = owner.datastore_create(
        resource={"package_id": "pavilions"}, fields=FIELDS, primary_key=["code"], records=RECORDS
    )
    assert (told["batch"]["accepted"], told["state"]) == (2, "draft")
    with pytest.raises(ckanapi.ValidationError):  # the bureau has not published it
        approver.package_patch(id="pavilions", private=False)
    catalog_services.publish_entry(dataset="pavilions", by=world.BUREAU, at=now())
    with pytest.raises(ckanapi.NotAuthorized):  # an officer opens nothing
        owner.package_patch(id="pavilions", private=False)
    approver.package_patch(id="pavilions", private=False)
    jobs.run_opening(opening=models.Opening.objects.get().pk, at=now())

    csv = resource_id("pavilions", "csv")
    assert public.datastore_search(resource_id=csv)["total"] == 2
    assert public.package_show(id="pavilions")["private"] is False

    owner.datastore_upsert(
        resource_id=csv,
        records=[{"code": "b", "name": "二号亭", "seats": 8}, {"code": "c", "name": "三号亭"}],
    )
    owner.datastore_delete(resource_id=csv, filters={"code": ["a"]})
    assert public.datastore_search(resource_id=csv)["total"] == 2  # a release does not change
    approver.package_patch(id="pavilions", private=False)
    jobs.run_opening(opening=models.Opening.objects.order_by("-pk")[0].pk, at=now())
    rows = public.datastore_search(resource_id=csv, sort="code")["records"]
    assert [(row["code"], row["seats"]) for row in rows] == [("b", 8), ("c", None)]

    approver.resource_delete(id=csv)
    with pytest.raises(ckanapi.NotFound):
        public.datastore_search(resource_id=csv)
    # A file is a batch of the data set's own source.
    file = io.BytesIO("code,name,seats\na,一号亭,4\n,无号亭,5\n".encode())
    file.name = "pavilions.csv"
    made = owner.resource_create(package_id="pavilions", upload=file)
    assert (made["batch"]["received"], made["batch"]["accepted"], made["batch"]["quarantined"]) == (2, 1, 1)
    with pytest.raises(ckanapi.ValidationError):
        owner.resource_create(package_id="pavilions", url="http://127.0.0.1:1/secret")


def test_changing_words_keeps_what_is_published_and_changing_fields_waits(speak):
    speak("officer", "package_create", notes="各公园的凉亭", **PAVILIONS)
    speak("officer", "datastore_create", resource={"package_id": "pavilions"}, fields=FIELDS)
    catalog_services.publish_entry(dataset="pavilions", by=world.BUREAU, at=now())

    assert speak("officer", "package_patch", id="pavilions", title="凉亭和长廊")["title"] == "凉亭和长廊"
    assert catalog.entry("pavilions").status is Status.PUBLISHED
    kept = catalog.entry("pavilions").schema_
    assert [field.id for field in kept.fields] == ["code", "name", "seats"]

    assert speak("officer", "package_update", id="pavilions", title="凉亭")["notes"] == ""
    speak("officer", "datastore_create", resource_id=CSV, fields=FIELDS[:2])
    assert catalog.entry("pavilions").status is Status.PROPOSED


@pytest.fixture
def speak(db, client):
    """The API as somebody asks it in one process; returns the result or the refusal."""
    keys = {
        "officer": account("officer", ["data_officer"]),
        "other": account("other", ["data_officer"], office="taxation"),
        "public": "",
    }

    def ask(who, action, **asked):
        headers = {"Authorization": keys[who]} if keys[who] else {}
        answer = client.post(
            f"/api/3/action/{action}", asked, content_type="application/json", headers=headers
        ).json()
        return answer["result"] if answer["success"] else answer["error"]

    return ask


PAVILIONS = {"name": "pavilions", "title": "凉亭", "owner_org": world.OFFICE, "groups": [{"name": "city"}]}
CSV = resource_id("pavilions", "csv")


def test_strangers_write_nothing(speak):
    assert speak("officer", "package_create", **PAVILIONS)["state"] == "draft"
    catalog_services.publish_entry(dataset="pavilions", by=world.BUREAU, at=now())
    asked = (
        ("package_create", {"name": "x-1", "owner_org": world.OFFICE}),
        ("package_patch", {"id": "pavilions", "title": "x"}),
        ("package_delete", {"id": "pavilions"}),
        ("datastore_create", {"resource": {"package_id": "pavilions"}, "fields": FIELDS}),
        ("datastore_upsert", {"resource_id": CSV, "records": RECORDS}),
        ("resource_delete", {"id": CSV}),
        ("organization_create", {"name": "x"}),
        ("api_token_create", {"name": "x"}),
    )
    for action, given in asked:
        for who in ("public", "other") if action != "api_token_create" else ("public",):
            assert speak(who, action, **given)["__type"] in {"Authorization Error", "Not Found Error"}, action
    # Nor does the owner's officer withdraw what the bureau has published.
    assert speak("officer", "package_delete", id="pavilions")["__type"] == "Authorization Error"
    assert catalog.entry("pavilions").title.zh == "凉亭"
    assert catalog.entry("pavilions").status is Status.PUBLISHED


def test_an_address_that_is_followed_changes_nothing(speak, client):
    speak("officer", "package_create", **PAVILIONS)
    from shuzhi.support.identity.models import Account

    client.force_login(Account.objects.get(username="officer"))
    answer = client.get("/api/3/action/package_patch?id=pavilions&title=x")
    assert answer.json()["error"]["__type"] == "Authorization Error"


def test_what_does_not_fit_is_said_under_its_parameter(speak):
    speak("officer", "package_create", **PAVILIONS)
    for asked, field in (
        ({"name": "Not A Name"}, "name"),
        ({"name": "pavilions"}, "name"),
        ({"name": "y", "extras": [{"key": "opening", "value": "maybe"}]}, "extras"),
        ({"name": "y", "tags": "["}, "tags"),
        ({"name": "y", "groups": [{"name": "No Theme"}]}, "theme"),
    ):
        assert field in speak("officer", "package_create", **asked), asked
    for asked, field in (
        ({"fields": [{"id": "no name"}]}, "fields"),
        ({"fields": [{"id": "a", "type": "matrix"}]}, "fields"),
        ({"fields": FIELDS, "primary_key": ["other"]}, "primary_key"),
        ({"fields": FIELDS, "records": [{"other": 1}]}, "records"),
    ):
        told = speak("officer", "datastore_create", resource={"package_id": "pavilions"}, **asked)
        assert field in told, asked


def test_no_sql_is_accepted_and_the_reason_is_told(speak):
    for who in ("public", "officer"):
        told = speak(who, "datastore_search_sql", sql="SELECT 1")
        assert (told["__type"], "no SQL text" in told["message"]) == ("Authorization Error", True)


def test_a_token_is_shown_once_and_ends_at_once(speak, client):
    assert speak("officer", "user_show", id="me")["name"] == "officer"
    assert speak("officer", "organization_list_for_user")[0]["name"] == world.OFFICE
    made = speak("officer", "api_token_create", name="夜间更新", days=10)
    listed = {each["id"]: each for each in speak("officer", "api_token_list")}
    assert listed[made["id"]]["name"] == "夜间更新"
    assert made["token"] not in str(listed)
    path, header = "/api/3/action/user_show?id=me", {"Authorization": made["token"]}
    assert client.get(path, headers=header).status_code == 200
    speak("officer", "api_token_revoke", jti=made["id"])
    assert client.get(path, headers=header).status_code == 404
    assert speak("public", "user_show", id="officer")["__type"] == "Not Found Error"
    assert "days" not in speak("officer", "api_token_create", name="x", days=400)
