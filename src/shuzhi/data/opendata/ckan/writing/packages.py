"""Data sets: `package_create`, `package_update`, `package_patch`, `package_delete`."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import SLUG, Access, DataSetDeclaration, Entry, Status, Update
from shuzhi.data.opendata import jobs, queries, services
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.errors import AccessDenied, Invalid, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.security import policy

TAKEN = "That URL is already in use."
# What a data set says of itself in `extras`, and what it may say.
EXTRAS: dict[str, type[Access | Update | Tier]] = {
    "opening": Access,
    "sharing": Access,
    "update": Update,
    "tier": Tier,
}


def package_create(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Propose a data set: `name`, `title`, `notes`, `owner_org`, `groups` (its theme), `tags`, `license_id`, `extras`
    (`opening`, `sharing`, `update`, `tier`). It is listed when the bureau has published it.
    """
    name = parameters.required("name")
    if not re.fullmatch(SLUG, name):
        reason = "Must be lowercase letters, digits and -, beginning with a letter"
        raise Invalid(field="name", reason=reason, reason_zh="应为小写字母、数字和 -，以字母开头")
    if _found(name) is not None:
        raise Invalid(field="name", reason=TAKEN, reason_zh="名称已被使用")
    office = parameters.text("owner_org") or call.by.office or ""
    policy.require("opendata.write", by=call.by, office=office)
    if office != call.by.office and office not in queries.publishers():
        raise Invalid(field="owner_org", reason="Organization does not exist", reason_zh="没有这个部门")
    start: dict[str, Any] = {
        "dataset": name,
        "owner": office,
        "title": {"zh": name, "en": name},
        "tier": Tier.CITY,
        "theme": "government",
        "update": Update.IRREGULAR,
        "sharing": Access.CONDITIONAL,
        "opening": Access.UNCONDITIONAL,
        "fields": (),
    }
    return _propose(start | _said(parameters, start), call)


def package_update(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Say everything of a data set anew; what is not said becomes empty. Its fields and rules stay."""
    entry = own_entry(parameters, call)
    kept = entry.schema_.model_dump()
    emptied = {"title": {"zh": entry.id, "en": entry.id}, "summary": None, "tags": (), "licence": None}
    return _changed(entry, kept | emptied | _said(parameters, kept), parameters, call)


def package_patch(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Change what is said of a data set. `private: false` asks to open it with the rows collected last, `private:
    true` withdraws it; both need the right to open.
    """
    entry = own_entry(parameters, call)
    kept = entry.schema_.model_dump()
    return _changed(entry, kept | _said(parameters, kept), parameters, call)


def package_delete(parameters: Parameters, call: Call) -> None:
    """Take a data set out of the catalog: its release first, then its entry, which only the bureau can."""
    entry = own_entry(parameters, call)
    reason = parameters.text("reason") or "package_delete"
    policy.require("catalog.publish", by=call.by, office=entry.owner)
    if queries.releases([entry.id]) or queries.has_conditional_release(entry):
        services.withdraw_release(dataset=entry.id, by=call.by, at=call.at, reason=reason)
    catalog_services.withdraw_entry(dataset=entry.id, by=call.by, at=call.at, reason=reason)


def own_entry(parameters: Parameters, call: Call) -> Entry:
    """The entry that a call names, if the caller writes for its office.

    Raises:
        NotFound: there is none, or the caller may not know of it.
        AccessDenied: it is another office's.
    """
    name = parameters.required("id", "name")
    entry = _found(name)
    if entry is None or entry.node is not None:
        raise NotFound(what=name)
    if not policy.allows("opendata.write", by=call.by, office=entry.owner):
        is_public = entry.status is Status.PUBLISHED and entry.opening is not Access.NONE
        if not is_public:
            raise NotFound(what=name)
        raise AccessDenied(
            action=call.action, reason="it belongs to another office", reason_zh="这是其他部门的数据集。"
        )
    return entry


def own_shape(entry: Entry, call: Call) -> dict[str, Any]:
    """An entry as its owner sees it: a proposal is a private draft."""
    shape = shapes.packages([entry], base=call.base)[0]
    listed = entry.status is Status.PUBLISHED
    return shape | {"private": not (listed and shape["resources"]), "state": "active" if listed else "draft"}


def _found(name: str) -> Entry | None:
    try:
        return catalog.entry(name)
    except NoSuchDataSet:
        return None


def _changed(entry: Entry, said: dict[str, Any], parameters: Parameters, call: Call) -> dict[str, Any]:
    shape = _propose(said, call)
    if "private" not in parameters.values:
        return shape
    if parameters.flag("private", default=True):
        if queries.releases([entry.id]) or queries.has_conditional_release(entry):
            services.withdraw_release(dataset=entry.id, by=call.by, at=call.at, reason=call.action)
    else:
        jobs.ask_for_opening(dataset=entry.id, by=call.by, at=call.at)
    return own_shape(catalog.entry(entry.id), call)


def _propose(said: dict[str, Any], call: Call) -> dict[str, Any]:
    try:
        declaration = DataSetDeclaration.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(field=where or "data", reason=first["msg"], reason_zh=first["msg"]) from error
    entry = catalog_services.propose_entry(declaration=declaration, by=call.by, at=call.at)
    return own_shape(entry, call)


def _said(parameters: Parameters, kept: dict[str, Any]) -> dict[str, Any]:
    """What a call says of a data set, in the catalog's words."""
    said: dict[str, Any] = {}
    if title := parameters.text("title"):
        said["title"] = {"zh": title, "en": _translated(parameters, "title_translated") or title}
    if notes := parameters.text("notes"):
        said["summary"] = {"zh": notes, "en": _translated(parameters, "notes_translated") or notes}
    if "license_id" in parameters.values:
        said["licence"] = parameters.text("license_id") or None
    if "tags" in parameters.values:
        said["tags"] = tuple(_names(parameters, "tags"))
    if groups := _names(parameters, "groups"):
        said["theme"] = groups[0]
    if (owner := parameters.text("owner_org")) and owner != kept["owner"]:
        raise Invalid(field="owner_org", reason="Owners do not change here", reason_zh="不能在此变更所属部门")
    return said | _extras(parameters)


def _extras(parameters: Parameters) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for extra in parameters.items("extras"):
        name, value = str(extra.get("key")), extra.get("value")
        if name in EXTRAS:
            if value not in {str(each.value) for each in EXTRAS[name]}:
                reason = f"{name} is one of {', '.join(each.value for each in EXTRAS[name])}"
                raise Invalid(field="extras", reason=reason, reason_zh=reason)
            said[name] = value
    return said


def _translated(parameters: Parameters, name: str) -> str:
    return str(parameters.mapping(name).get("en") or "")


def _names(parameters: Parameters, name: str) -> list[str]:
    return [str(each["name"]) for each in parameters.items(name) if each.get("name")]
