"""The contract's addresses, and those of the versions before it."""

from __future__ import annotations

from shuzhi.data.ledgers.govstack import data, databases
from shuzhi.support.mediator.calling import Handler, Operation, address

READ, WRITE, MANAGE = "registries.read", "registries.write", "registries.manage"
ONE = "data/{code}/{version}"


def _op(handler: Handler, verb: str) -> Operation:
    return Operation(handler, verb, is_member_named=True)


app_name = "govstack_registries"
urlpatterns = [
    *(
        address(place, f"uses-{number}", get=_op(data.uses, READ))
        for number, place in enumerate(
            ("data/myPersonalDataUsage", "data/mypersonalDataUsage", r"data/[mM]yPersonalDataUsage/1.0")
        )
    ),
    address("data/{code}/createEntries", "create-entries", post=_op(data.create_entries, WRITE)),
    address(ONE, "list", get=_op(data.list_, READ)),
    address(f"{ONE}/create", "create", post=_op(data.create, WRITE)),
    address(f"{ONE}/exists", "exists", post=_op(data.exists, READ)),
    address(f"{ONE}/read", "read", post=_op(data.read, READ)),
    address(f"{ONE}/update", "update", put=_op(data.update, WRITE)),
    address(f"{ONE}/(?:updateEntries|update-entries)", "update-entries", put=_op(data.update_entries, WRITE)),
    address(
        f"{ONE}/(?:updateOrCreate|update-or-create)",
        "update-or-create",
        post=_op(data.update_or_create, WRITE),
    ),
    address(f"{ONE}/{{name}}/delete", "delete", delete=_op(data.delete, WRITE)),
    address(
        f"{ONE}/{{name}}/(?:readValue|read-value)/{{field}}.{{ext}}",
        "read-value",
        get=_op(data.read_value, READ),
    ),
    address("databases", "databases", get=_op(databases.list_, READ)),
    address("database/modify", "database-modify", post=_op(databases.modify, MANAGE)),
    address(
        "database/{number}", "database", get=_op(databases.read, READ), delete=_op(databases.delete, MANAGE)
    ),
]
