"""Digital registries: records, databases, and who has read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tests.suites.govstack.asking import NUMBER, TEXT, TRUTH, Scenario, Service, fits, holds, listof, obj

ONE = "/data/registryname/111"
MADE = "80bcb084-fa17-11ed-be56-0242ac120002"
READ = [("EE378129127223", "Billy", "Johnson", "RR-1112223331")]
SCHEMA: dict[str, Any] = {
    "type": "some object",
    "properties": {
        "ID": {
            "type": "some string", "primaryKey": True, "readOnly": True, "description": "Registration ID", "example": "MCTS31", "id": 1,
            "triggers": [{"conditions": [{"logic": "==", "value": "", "gate": "&&"}], "actions": [{"type": "set-value", "value": "MCTS{indexNoByCode}", "field_id": 1}]}],
        },
        "Child": {"type": " some string", "properties": {"ID": {"type": "some string", "description": "Child ID", "example": "ID2", "id": 13}}},
    },
    "incrementIndex": 30,
    "required": ["ID"],
}  # fmt: skip
DATABASES = (1, 123, 8438778473, 3287483474, 8484848484, 75858, 6745, 896756, 234234, 34536)
PEOPLE = (
    ("EE123627348834", "John", "Bon", "RR-3334537999"), ("EE456627348834", "Alice", "Hendrix", "RR-1114537999"),
    ("EE789627348834", "Jack", "King", "RR-4444537999"), ("EE987627348834", "Bob", "Small", "RR-5555537999"),
    ("EE654627348834", "Eva", "Sorenz", "RR-7777537999"), ("EE6546273487865", "Emma", "Smith", "RR-7777536299"),
    ("EE378129127223", "Billy", "Johnson", "RR-1112223331"), ("EE334569121212", "John", "Smith", "RR-1234567890"),
    ("EE390029120500", "Ana", "Adams", "RR-0987654321"), ("EE378129277266", "John Helmut", "Bon", "RR-3334537998"),
    ("EE3784545277266", "Philip", "Red", "RR-30045370099"), ("EE34462734834865", "Alex", "Green", "RR-441124937"),
    ("EE65346467865", "Alina", "Soft", "RR-24521537"), ("EE65989865", "Casandra", "Flu", "RR-20021537"),
    ("EE6387665", "Olga", "Bread", "RR-200215677"), ("EE1112223331", "Billy", "Johnson", "RR-1112223331"),
    ("EE378627348834", "John", "Corn", "RR-0987000321"), ("EE378627348855", "John", "Snow", "RR-0900654321"),
    ("RR378627348834", "John", "Great", "RR-0987654300"), ("DD378627348834", "John", "Kane", "RR-0008765401"),
)  # fmt: skip
USED = {"EE378129127223", "EE334569121212", "EE390029120500", "EE378129277266"}
USE = {
    "ID": "1234567", "ReaderID": "EE37819285773", "ReaderInitials": "JD", "ReaderInstitutionID": "EE70049837",
    "ReaderInstitutionName": "East Hospital", "ReaderApplicationName": "East Hospital back office",
    "SearchDateTime": "2017-07-21T17:32:28Z", "Refrences": [{"ReferenceID": "MCTS31"}],
}  # fmt: skip


def samples(names: tuple[str, ...] = ("id", "FirstName", "LastName", "BirthCertificateID")) -> dict[str, Any]:
    """Ledgers as a test deployment of this building block has them, in the form that its samples have."""
    records: list[Any] = ["// a remark between records"]
    for number, person in enumerate(PEOPLE):
        uses = [USE] if person[0] in USED else []
        uuid = MADE if number == 0 else f"80bcb084-fa17-11ed-be56-{number:012d}"
        records.append({"uuid": uuid, **dict(zip(names, person, strict=True)), "PersonalData": uses})
    database = {"version": "1.1", "name": "MCTS", "description": "Mothers and children", "institution": "Ministry", "number_format": "{code}{indexNoByCode}", "schema": SCHEMA, "is_draft": False, "modified_at": "2021-10-03T08:35:01.775915Z"}  # fmt: skip
    return {
        "registries": {"registryname": "registryname", "versionnumber": "111", "databaseID": "MCTS", "records": records},
        "databases": [{"id": 85, "name": "Mother and Child", "code": "MCTS", "databases": [{"id": each, **database} for each in DATABASES]}],
    }  # fmt: skip


def person(values: tuple[str, ...], style: str = "pascal") -> dict[str, str]:
    """A person in the spelling of a version of the contract."""
    names = {"pascal": ("ID", "FirstName", "LastName", "BirthCertificateID"), "camel": ("id", "firstName", "lastName", "birthCertificateId")}  # fmt: skip
    return dict(zip(names[style], values, strict=True))


def content(**fields: Any) -> dict[str, Any]:
    """A part of a body."""
    return {"content": fields}


def scenarios(style: str = "pascal", *, hyphens: bool = True) -> Iterator[Scenario]:
    """The suite's scenarios, in the addresses and names of a version of the contract."""
    name, word = person(("x", "x", "x", "x"), style), "-" if hyphens else ""
    number, first, last, certificate = name
    record = obj(**dict.fromkeys(name, TEXT))
    entries, either, value = (
        (f"{ONE}/update-entries", f"{ONE}/update-or-create", "read-value")
        if word
        else (f"{ONE}/updateEntries", f"{ONE}/updateOrCreate", "readValue")
    )

    def create(values: tuple[str, ...]) -> Any:
        def steps(ask: Service) -> None:
            told = ask("POST", f"{ONE}/create", 200, {"write": {"content": person(values, style)}})
            fits(told, obj(content=record))
            holds(ask.last.headers["content-type"] == "application/json; charset=utf-8")

        return steps

    for values in (("EE378627342345", "Anna", "Stock", "RR-1234567993"), ("EE34534123", "Zofia", "Don", "RR-5465679229"), ("EE38778473", "Elsa", "Smith", "RR-1234537999"), ("RR87483474", "Nick", "Evans", "RR-7898797999"), ("PP84848484", "Thomas", "Johnson", "RR-8534567781")):  # fmt: skip
        yield f"create a record: {values[1]}", create(values)

    def exists(body: dict[str, Any], *, is_there: bool) -> Any:
        def steps(ask: Service) -> None:
            told = ask("POST", f"{ONE}/exists", 200, body)
            fits(told, obj("answer", answer=obj("status", "message", status=TRUTH, message=TEXT)))
            holds(told["answer"]["status"] is is_there)

        return steps

    yield "exists: a record", exists({"query": content(**{first: "John"})}, is_there=True)
    for given in ("Mike", "Brook", "Adrien", "Nobody"):
        yield f"exists not: {given}", exists({"query": content(**{first: given})}, is_there=False)
    yield (
        "exists not: fields that are nobody's",
        exists(person(("ID", "Jack", "LastName", "BirthCertificateID"), style), is_there=False),
    )

    page = obj("count", "results", count={"type": "number"}, next=TEXT, previous={"type": ["string", "null"]}, results=listof(record))  # fmt: skip

    def listed(path: str = ONE, **query: str) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", path, 200, params=query)
            fits(told, page)
            holds(len(told["results"]) == told["count"])
            if "search" in query:
                found = [each.get(first, each.get("FirstName")) for each in told["results"]]
                holds(found, "nobody of the name is found")
                holds(all(each == query["search"] for each in found))
            else:
                holds(bool(told["count"]) is (path == ONE))

        return steps

    yield "list: everybody", listed()
    for given, order in (("John", "ascending"), ("Alice", "descending"), ("Jack", "ascending"), ("Bob", "descending")):  # fmt: skip
        yield f"list: {given}, {order}", listed(search=given, filter=first, ordering=order)
    yield "list: nobody is there", listed("/data/registryempty/111")

    def read(values: dict[str, str]) -> Any:
        def steps(ask: Service) -> None:
            told = ask("POST", f"{ONE}/read", 200, {"query": {"content": values}})
            fits(told, obj("content", content=record))
            holds(all(told["content"][field] == value for field, value in values.items()))

        return steps

    yield "read: by first name", read({first: "John Helmut"})
    for field, given in ((number, "EE378129127223"), (first, "Eva"), (last, "Smith"), (certificate, "RR-7777537999")):  # fmt: skip
        yield f"read: by {field}", read({field: given})
    yield "read: by all of it", read(person(READ[0], style))

    def unread(ask: Service) -> None:
        told = ask("POST", f"{ONE}/read", 404, {"query": content(**{first: "NotExist"})})
        fits(told, obj(detail={"enum": ["no record found"]}))

    yield "read: nobody", unread

    def one_value(ask: Service) -> None:
        fits(ask("GET", f"{ONE}/{MADE}/{value}/{first}.json", 200), TEXT)

    yield "read one value", one_value

    def update(now: tuple[str, ...], then: tuple[str, ...], *, inside: bool = False) -> Any:
        def steps(ask: Service) -> None:
            query, write = {"content": person(now, style)}, {"content": person(then, style)}
            body = {"write": {"query": query, **write}} if inside else {"query": query, "write": write}
            ask("PUT", f"{ONE}/update", 200, body)
            ask("POST", f"{ONE}/read", 200, {"query": write})

        return steps

    states = (PEOPLE[10], ("EE3784545277266", "Jack", "Black", "RR-1"), ("EE3784545277266", "John", "Redwood", "RR-2"), ("EE3784545277266", "Bob", "Rack", "RR-3"))  # fmt: skip
    for before, after in itertools.pairwise(states):
        yield f"update: {after[1]}", update(before, after)
    yield (
        "update: the query inside what is written",
        update(PEOPLE[11], ("EE34462734834865", "Jack", "Green", "RR-4"), inside=True),
    )

    def update_entries(query: dict[str, str], write: dict[str, str]) -> Any:
        def steps(ask: Service) -> None:
            ask("PUT", entries, 200, {"query": {"content": query}, "write": {"content": write}})
            told = ask("POST", f"{ONE}/exists", 200, {"query": {"content": write}})
            holds(told["answer"]["status"])

        return steps

    for before_name, after_name in (("Alina", "Jackie"), ("Casandra", "Tamara"), ("Olga", "Alicia")):
        yield f"update entries: {before_name}", update_entries({first: before_name}, {first: after_name})
    yield (
        "update entries: all of it",
        update_entries(
            person(PEOPLE[15], style), person(("EE1112223331", "Bobby", "Son", "RR-1112223331"), style)
        ),
    )

    def update_or_create(query: tuple[str, ...], write: tuple[str, ...]) -> Any:
        def steps(ask: Service) -> None:
            body = {"query": {"content": person(query, style)}, "write": {"content": person(write, style)}}
            told = ask("POST", either, 200, body)
            fits(told, obj("content", content=record))
            holds(all(told["content"][field] == given for field, given in person(write, style).items()))

        return steps

    new = (("EE123456789012", "John", "Smithson", "RR-1234567890"), ("EE098765432109", "Anna", "Adams", "RR-0987654321"))  # fmt: skip
    changed = (("EE123456789012", "Jacko", "Sparrow", "RR-1234567890"), ("EE098765432109", "Emma", "Brown", "RR-0987654321"))  # fmt: skip
    for each in new:
        yield f"update or create: {each[1]} is new", update_or_create(each, each)
    for before, after in zip(new, changed, strict=True):
        yield f"update or create: {after[1]}", update_or_create(before, after)

    def delete(given: str) -> Any:
        def steps(ask: Service) -> None:
            ask("DELETE", f"{ONE}/{given}/delete", 204)
            ask("DELETE", f"{ONE}/{given}/delete", 404)

        return steps

    for given in ("EE378627348834", "EE378627348855", "RR378627348834", "DD378627348834"):
        yield f"delete: {given}", delete(given)

    place, person_id, database_id = ("/data/MyPersonalDataUsage/1.0", "userID", "DatabaseID") if word else ("/data/myPersonalDataUsage", "userId", "databaseId")  # fmt: skip

    def used(who: str, where: str, status: int) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", place, status, params={person_id: who, database_id: where})
            if status == 200:
                fits(told, listof(obj("id", id=TEXT, readerId=TEXT, readerInstitutionName=TEXT, searchDateTime=TEXT, refrences=listof({"type": "object"}))))  # fmt: skip
                holds(told)

        return steps

    for given in sorted(USED):
        yield f"usage: {given}", used(given, "MCTS", 200)
    yield "usage: of nobody", used("...", "MCTS", 400)
    yield "usage: in no database", used("EE378129277266", "...", 400)

    group = obj(closed=True, id=NUMBER, name=TEXT, code=TEXT, databases=listof({"type": "object"}), group_id=NUMBER, groupId=NUMBER, order=NUMBER, data_index_increment=NUMBER, dataIndexIncrement=NUMBER)  # fmt: skip
    yield "databases: listed", lambda ask: fits(ask("GET", "/databases", 200), group)
    info = obj("id", "schema", id=NUMBER, version=TEXT, name=TEXT, description=TEXT, institution=TEXT, schema={"type": "object"}, isDraft=TRUTH, genericServices=listof({"type": "object"}))  # fmt: skip

    def database(given: int) -> Any:
        return lambda ask: fits(ask("GET", f"/database/{given}", 200), info)

    for given in DATABASES[:5]:
        yield f"database {given}", database(given)

    def modify(ask: Service) -> None:
        names = ("group_name", "catalog_name") if word else ("groupName", "catalogName")
        body = {names[0]: "Test", names[1]: "Mother and Child", "code": "MCR", "schema": SCHEMA}
        told = ask("POST", "/database/modify", 200, body)
        holds(told["properties"]["ID"]["primaryKey"])

    yield "database: a schema is made", modify

    def end(given: int) -> Any:
        return lambda ask: holds(ask("DELETE", f"/database/{given}", 200) == "Success")

    for given in DATABASES[5:9]:
        yield f"database: {given} is deleted", end(given)
