"""Turning an interface's declaration into the terms the gateway serves it by (接口条款).

Grades, masks and ways to compare come from the register, standards from the catalog. Whatever is missing or
may not be shared is a refusal: an interface is published whole or not at all.
"""

from __future__ import annotations

from typing import Any, NoReturn

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet, NotCatalogued
from shuzhi.data.catalog.types import Access, Entry, Status
from shuzhi.data.exchange.errors import NotShareable
from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind, RowLimit
from shuzhi.data.linkage.types import Normalise
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.types import RegisterDeclaration, RegisterField
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources.errors import NoSuchSource
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.declaring import says_nothing
from shuzhi.pillars.security.masking import readable
from shuzhi.pillars.security.types import Grade
from shuzhi.pillars.standards.validators import VALIDATORS

EXACT = (Normalise.NONE, Normalise.UPPER)


# The kinds that find one record by its key, and what the other kinds are served by besides.
SENT_ON = (
    InterfaceKind.RECORD,
    InterfaceKind.VERIFICATION,
    InterfaceKind.LIST,
    InterfaceKind.AGGREGATE,
)
BY_KEY = (InterfaceKind.RECORD, InterfaceKind.VERIFICATION)
FILTERED = (InterfaceKind.LIST, InterfaceKind.AGGREGATE, InterfaceKind.FILE)
TOLD = (*FILTERED, InterfaceKind.INTERSECTION)  # what is compared is told
OWN_TERMS = {
    InterfaceKind.VERIFICATION: ("tells_unknown",),
    InterfaceKind.LIST: ("page_size",),
    InterfaceKind.AGGREGATE: ("group_by", "sums", "minimum_group"),
    InterfaceKind.FILE: ("daily_rows", "kept_hours"),
    InterfaceKind.INTERSECTION: ("reveal", "most_keys", "daily_rows", "kept_hours"),
    InterfaceKind.WRITE_BACK: ("source",),
    InterfaceKind.EVENTS: ("page_size", "kept_hours", "changes"),
}


def resolve_terms(interface: InterfaceDeclaration) -> dict[str, Any]:
    """The terms of an interface, as JSON.

    Raises:
        NotShareable: its register or a field does not exist, or a source may not be shared.
    """
    if interface.route is not None:
        return _routed_terms(interface)
    register = _register(interface)
    known = {field.id: field for field in register.fields}
    for name in interface.touched:
        if name not in known:
            _refuse(interface, f"the register has no field {name}", f"基础库没有字段 {name}")
    if (interface.kind in BY_KEY or _takes_objections(interface)) and not known[interface.by[0]].identifier:
        _refuse(interface, f"{interface.by[0]} identifies no record", f"{interface.by[0]} 不是标识字段")
    _check_clearance(interface, known)
    if interface.rows and interface.kind is InterfaceKind.EVENTS:
        _refuse(interface, "an interface of events can't limit its rows", "变更订阅不能限定行")
    if unfit := unfit_rows(interface.rows, register):
        _refuse(interface, *unfit)
    standards = _standards(interface, register) if interface.touched else {}
    parameters = [
        {
            "id": name,
            "standard": standards.get(name),
            "compare": known[name].compare.value,
            "grade": known[name].grade.value,
        }
        | _limits(known[name])
        for name in interface.by
    ]
    delivered = interface.fields if interface.kind.delivers else ()
    terms: dict[str, Any] = {
        "register": register.id,
        "kind": interface.kind.value,
        "parameters": parameters,
        "fields": [_graded(known[name]) for name in delivered],
        "clearance": interface.clearance.value,
        "provenance": interface.provenance,
        "purposes": list(interface.purposes),
        "per_second": interface.rate.per_second,
        "burst": interface.rate.burst,
        "version": interface.version,
    }
    terms |= {"owner": register.owner} | _limits(register) | _port(interface)
    if interface.source is not None:
        terms["written"] = _written(interface)
    if interface.rows is not None:
        terms["rows"] = interface.rows.model_dump(mode="json", by_alias=True, exclude_none=True)
    return terms | interface.model_dump(mode="json", include=set(OWN_TERMS.get(interface.kind, ())))


def _routed_terms(interface: InterfaceDeclaration) -> dict[str, Any]:
    """The terms of an interface that another node serves; which way leads there is added by `services.peers`."""
    if interface.kind not in SENT_ON and interface.port is None:
        _refuse(interface, "calls of this kind are not sent on", "此类接口不能跨节点调用")
    if interface.rows is not None:
        _refuse(interface, "the node that serves it limits its rows", "行范围由提供接口的节点限定")
    return {
        "register": interface.register_,
        "kind": InterfaceKind.ROUTED.value,
        "parameters": [],
        "fields": [],
        "clearance": interface.clearance.value,
        "provenance": False,
        "purposes": list(interface.purposes),
        "per_second": interface.rate.per_second,
        "burst": interface.rate.burst,
        "owner": interface.owner,
    } | _port(interface)


def _port(interface: InterfaceDeclaration) -> dict[str, Any]:
    """Which room takes what other nodes hand over; nothing where none does."""
    return {"port": interface.port} if interface.port else {}


def unfit_rows(rows: RowLimit | None, register: RegisterDeclaration) -> tuple[str, str] | None:
    """Why rows can't be told apart like this, in both languages; None when they can."""
    if rows is None:
        return None
    known = {field.id for field in register.fields}
    for name in rows.fields:
        if name not in known:
            return (
                f"the register has no field {name} to tell rows apart by",
                f"基础库没有用来区分行的字段 {name}",
            )
    if not rows.fields:
        return "it does not say by what rows are told apart", "没有写明按什么区分行"
    if rows.clients is None:
        return None
    try:
        kept = {field.id: field for field in registers.declaration(rows.clients.register_).fields}
    except NoSuchRegister:
        kept = {}
    if rows.clients.office not in kept or not (rows.clients.by in kept and kept[rows.clients.by].identifier):
        return (
            f"the register {rows.clients.register_} does not tell whose clients they are",
            f"基础库 {rows.clients.register_} 不能说明服务对象归哪个部门",
        )
    return None


def regraded_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """Published terms with the register's present grades and masks, without the fields it no longer has."""
    if terms["kind"] == InterfaceKind.ROUTED.value:
        return terms
    known = {field.id: field for field in registers.declaration(terms["register"]).fields}
    fields = [_graded(known[field["id"]]) for field in terms["fields"] if field["id"] in known]
    parameters = [one | _grade(known.get(one["id"])) for one in terms["parameters"]]
    declared = registers.declaration(terms["register"])
    terms = {name: value for name, value in terms.items() if name != "policy"}
    return terms | {"owner": declared.owner, "fields": fields, "parameters": parameters} | _limits(declared)


def _grade(field: RegisterField | None) -> dict[str, Any]:
    """A field that is gone is graded as high as can be: nobody filters by it any more."""
    graded: dict[str, Any] = {"grade": (field.grade if field else max(Grade)).value, "policy": None}
    return graded | (_limits(field) if field else {})


def _check_clearance(interface: InterfaceDeclaration, known: dict[str, RegisterField]) -> None:
    """What is filtered, grouped or added up is told, so it must lie within the clearance and be compared exactly."""
    if interface.kind not in TOLD:
        return
    for name in (*interface.by, *interface.group_by, *interface.sums):
        if not readable(grade=known[name].grade, clearance=interface.clearance):
            grade = known[name].grade
            _refuse(
                interface,
                f"{name} is graded {grade}, above its clearance",
                f"{name} 为 {grade}，高于接口授权级别",
            )
    for name in interface.by if interface.kind in FILTERED else ():
        if known[name].compare not in EXACT:
            _refuse(interface, f"{name} is not compared exactly", f"{name} 不是精确比对字段，不能作为条件")


def _graded(field: RegisterField) -> dict[str, Any]:
    return {"id": field.id, "grade": field.grade.value, "mask": field.mask.value} | _limits(field)


def _limits(declared: RegisterField | RegisterDeclaration) -> dict[str, Any]:
    """What a schema says of the use of its data beyond grade and mask; nothing where it says nothing."""
    if says_nothing(declared.policy):
        return {}
    return {"policy": declared.policy.model_dump(mode="json", exclude_defaults=True)}


def _register(interface: InterfaceDeclaration) -> RegisterDeclaration:
    try:
        return registers.declaration(interface.register_)
    except NoSuchRegister:
        if catalog.titles([interface.register_]):
            reason = no_register_of(interface.register_)
            _refuse(interface, reason.en, reason.zh)
        _refuse(interface, f"there is no register {interface.register_}", f"没有基础库 {interface.register_}")


def no_register_of(dataset: str) -> Words:
    """Why a data set itself can be neither called nor followed, and what to do."""
    return Words(
        zh=f"{dataset} 是数据集，不是基础库：只有基础库逐条记录变更，并定有编号、级别与脱敏；"
        "请先为它声明一个基础库（registers/*.yaml，只写这一个来源即可），再以该基础库发布接口",
        en=f"{dataset} is a data set and no register: only a register notes what changes in each record, and has their numbers,"
        " grades and masks; declare a register with this one source (registers/*.yaml) and publish the interface on it",
    )


def _takes_objections(interface: InterfaceDeclaration) -> bool:
    return interface.kind is InterfaceKind.WRITE_BACK and interface.source is None and interface.port is None


def _written(interface: InterfaceDeclaration) -> list[dict[str, Any]]:
    """The fields of the data set that results are written to."""
    try:
        entry = catalog.published_entry(sources.source(str(interface.source)).dataset)
    except (NoSuchSource, NoSuchDataSet, NotCatalogued):
        _refuse(
            interface,
            f"the source {interface.source} or its data set is not there",
            f"没有数据源 {interface.source}，或其数据集未发布",
        )
    return [
        {
            "id": field.id,
            "type": field.type.value,
            "required": field.required or field.id in entry.schema_.key,
            "standard": field.standard,
        }
        for field in entry.schema_.fields
    ]


def _standards(interface: InterfaceDeclaration, register: RegisterDeclaration) -> dict[str, str]:
    """The standard of each field, from the first data set that feeds it and names one the platform can check."""
    found: dict[str, str] = {}
    published = 0
    for source in register.sources:
        touched = [name for name in source.fields if name in interface.touched]
        entry = _shareable(interface, source.dataset) if touched else None
        published += entry is not None and entry.status is Status.PUBLISHED
        for name in touched if entry else ():
            standard = entry.schema_.field(source.fields[name]).standard if entry else None
            if standard in VALIDATORS:
                found.setdefault(name, str(standard))
    if not published:
        _refuse(interface, "none of its sources is published in the catalog", "其来源数据集均未在目录发布")
    return found


def _shareable(interface: InterfaceDeclaration, dataset: str) -> Entry | None:
    """A source's catalog entry. What is not in the catalog feeds no register and so nothing here."""
    try:
        entry = catalog.entry(dataset)
    except NoSuchDataSet:
        return None
    if entry.sharing is Access.NONE:
        _refuse(interface, f"its source {dataset} may not be shared", f"其来源数据集 {dataset} 不予共享")
    return entry


def _refuse(interface: InterfaceDeclaration, reason: str, reason_zh: str) -> NoReturn:
    raise NotShareable(interface=interface.interface, reason=reason, reason_zh=reason_zh)
