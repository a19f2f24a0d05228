"""The gateway's published interfaces as OpenAPI (接口文档), to be merged into the node's one document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shuzhi.data.exchange import queries, signing
from shuzhi.data.exchange.types import (
    InterfaceDeclaration,
    InterfaceKind,
    InterfaceStatus,
    InterfaceVersion,
    JobState,
)
from shuzhi.data.exchange.work.places import MEDIA_TYPES
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.types import RegisterField

Fields = dict[str, RegisterField]

REFUSALS = {
    "400": "格式或参数有误 Malformed call or parameter",
    "401": "密钥、时间戳、签名或随机数不通过 Key, timestamp, signature or nonce refused",
    "410": "版本已停用 This version has ended",
    "403": "订阅、有效期或用途不通过 Subscription, period or purpose refused",
    "429": "超过速率或配额 Rate or quota exceeded",
    "503": "暂时无法处理 Unavailable",
}
OWN_REFUSALS = {
    InterfaceKind.RECORD: {"404": "没有记录 No record"},
    InterfaceKind.INTERSECTION: {
        "404": "没有此提问 No such question",
        "409": "提问内容不同 Another question",
    },
    InterfaceKind.WRITE_BACK: {"404": "没有此回写 No such return", "409": "流水号已用 Reference used"},
    InterfaceKind.FILE: {
        "404": "没有此任务 No such job",
        "410": "文件已清除或已过时，或版本已停用 Expired or outdated, or the version has ended",
    },
}


def gateway_openapi() -> dict[str, Any]:
    """`paths`, `components` and `tags` of every published interface; three statements, whatever their number."""
    fields = {
        summary.declaration.id: {field.id: field for field in summary.declaration.fields}
        for summary in registers.registers()
    }
    published = queries.interfaces(status=InterfaceStatus.PUBLISHED)
    served = [interface.versions[0] for interface in published if interface.versions]
    paths = {
        f"/v1/interfaces/{one.declaration.interface}": {
            _method(one): _operation(one, fields[one.declaration.register_])
        }
        for one in served
        if one.declaration.register_ in fields
    }
    return {
        "paths": paths,
        "components": _components(),
        "tags": [{"name": "gateway", "description": "共享网关 Gateway"}],
    }


def interface_openapi(version: InterfaceVersion, *, gateway: str) -> dict[str, Any]:
    """One version of an interface as an OpenAPI document of its own."""
    declared = version.declaration
    fields = {field.id: field for field in registers.declaration(declared.register_).fields}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{declared.title.zh} {declared.title.en}", "version": str(declared.version)},
        "servers": [{"url": gateway}],
        "paths": {f"/v1/interfaces/{declared.interface}": {_method(version): _operation(version, fields)}},
        "components": _components(),
    }


def _method(interface: InterfaceVersion) -> str:
    return "post" if interface.declaration.kind is InterfaceKind.WRITE_BACK else "get"


def _operation(interface: InterfaceVersion, fields: dict[str, RegisterField]) -> dict[str, Any]:
    declared = interface.declaration
    ending = {"deprecated": True} if interface.deprecated_at else {}
    refusals = REFUSALS | OWN_REFUSALS.get(declared.kind, {})
    return {
        **ending,
        "operationId": f"gateway_{declared.interface.replace('-', '_')}",
        "tags": ["gateway"],
        "summary": f"{declared.title.zh} {declared.title.en}",
        "description": f"{declared.summary.zh}\n\n{declared.summary.en}" if declared.summary else "",
        "security": [{"GatewayKey": [], "GatewayTimestamp": [], "GatewayNonce": [], "GatewaySignature": []}],
        **_asked(interface, fields),
        "responses": _answers(interface, fields)
        | {
            status: {"description": text, "content": _json({"$ref": "#/components/schemas/GatewayRefusal"})}
            for status, text in sorted(refusals.items())
        },
    }


def _asked(interface: InterfaceVersion, fields: dict[str, RegisterField]) -> dict[str, Any]:
    declared = interface.declaration
    if declared.kind is not InterfaceKind.WRITE_BACK:
        return {"parameters": _parameters(interface, fields)}
    text = {"type": "string", "maxLength": 200}
    said: dict[str, Any] = {"reference": text | {"pattern": "^[A-Za-z0-9._:/-]{1,64}$"}}
    schema: dict[str, Any] = {"type": "object", "properties": said, "additionalProperties": text}
    if not (declared.source or declared.port):
        said |= {
            declared.by[0]: text,
            "field": {"enum": list(declared.by[1:])},
            "value": text,
            "reason": text,
        }
        schema["additionalProperties"] = False
    return {"requestBody": {"required": True, "content": _json(schema)}}


def _parameters(interface: InterfaceVersion, fields: dict[str, RegisterField]) -> list[dict[str, Any]]:
    declared = interface.declaration
    by_key = declared.kind in (InterfaceKind.RECORD, InterfaceKind.VERIFICATION)
    named = () if declared.kind is InterfaceKind.INTERSECTION else declared.by
    found = [_parameter(fields[name], required=by_key) for name in named if name in fields]
    if declared.kind is InterfaceKind.LIST:
        size = {"type": "integer", "minimum": 1, "maximum": declared.page_size, "default": declared.page_size}
        found.append(_query("limit", "每页条数 Records a page", size))
        found.append(
            _query("after", "上一页的 next `next` of the page before", {"type": "string", "maxLength": 40})
        )
    if declared.kind is InterfaceKind.EVENTS:
        size = {"type": "integer", "minimum": 1, "maximum": declared.page_size, "default": declared.page_size}
        number = {"type": "integer", "minimum": 0, "default": 0}
        found.append(_query("limit", "每次条数 Events at once", size))
        found.append(_query("after", "上次的 next `next` of the answer before", number))
    if declared.kind is InterfaceKind.FILE:
        found.append(
            _query("form", "文件格式 Format of the file", {"enum": list(MEDIA_TYPES), "default": "csv"})
        )
        found.append(
            _query("job", "领取已申请的文件 Collect what was ordered", {"type": "integer", "minimum": 1})
        )
    return found


def _parameter(field: RegisterField, *, required: bool) -> dict[str, Any]:
    text = {"type": "string", "maxLength": 200}
    return _query(field.id, f"{field.name.zh} {field.name.en}", text) | {"required": required}


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _answers(interface: InterfaceVersion, fields: dict[str, RegisterField]) -> dict[str, Any]:
    told = _answer(interface, fields)
    if interface.declaration.kind is InterfaceKind.WRITE_BACK:
        return {"200": told, "202": told | {"description": "已收下 Received"}}
    if interface.declaration.kind is not InterfaceKind.FILE:
        return {"200": told}
    files = {media.partition(";")[0]: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()}
    ready = {
        "description": "文件，或未完成的原因 The file, or why there is none",
        "content": told["content"] | files,
    }
    return {"200": ready, "202": told | {"description": "已受理 Ordered"}}


def _answer(interface: InterfaceVersion, fields: dict[str, RegisterField]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "request_id": {"type": "string"},
        "interface": {"const": interface.declaration.interface},
    }
    properties |= _CONTENT[interface.declaration.kind](interface.declaration, fields)
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    schema["properties"] = properties | {"sandbox": {"const": True}}
    return {"description": "应答 Answer", "headers": _HEADERS, "content": _json(schema)}


def _verification(declared: InterfaceDeclaration, _: Fields) -> dict[str, Any]:
    return {"answer": {"enum": ["yes", "no", "unknown"] if declared.tells_unknown else ["yes", "no"]}}


def _record(declared: InterfaceDeclaration, fields: Fields) -> dict[str, Any]:
    properties = {"data": _fields(declared.fields, fields), "masked": _TEXTS}
    if declared.provenance:
        properties["provenance"] = {"type": "array", "items": {"type": "object"}}
    return properties


def _list(declared: InterfaceDeclaration, fields: Fields) -> dict[str, Any]:
    return {
        "data": {"type": "array", "items": _fields(declared.fields, fields), "maxItems": declared.page_size},
        "masked": _TEXTS,
        "next": {"type": ["string", "null"]},
    }


def _aggregate(declared: InterfaceDeclaration, fields: Fields) -> dict[str, Any]:
    group = _fields(declared.group_by, fields)
    group["properties"] |= {
        "records": {"type": "integer", "minimum": declared.minimum_group},
        "sums": _fields(declared.sums, fields),
    }
    return {
        "data": {"type": "array", "items": group},
        "minimum_group": {"const": declared.minimum_group},
        "groups_not_shown": {"type": "integer"},
    }


def _returned(_: InterfaceDeclaration, __: Fields) -> dict[str, Any]:
    return {
        "job": {"type": "integer"},
        "reference": {"type": "string"},
        "state": {"enum": ["received", "settled", "failed"]},
    }


def _events(declared: InterfaceDeclaration, fields: Fields) -> dict[str, Any]:
    told = {
        "seq": {"type": "integer"},
        "kind": {"enum": list(declared.changes)},
        "entity": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "changed": _TEXTS,
        "data": _fields(declared.fields, fields) | {"type": ["object", "null"]},
    }
    event = {"type": "object", "properties": told, "required": list(told)}
    return {
        "events": {"type": "array", "items": event, "maxItems": declared.page_size},
        "masked": _TEXTS,
        "next": {"type": "integer"},
        "more": {"type": "boolean"},
    }


def _file(_: InterfaceDeclaration, __: Fields) -> dict[str, Any]:
    return {"job": {"type": "integer"}, "state": {"enum": [state.value for state in JobState]}}


def _intersection(declared: InterfaceDeclaration, _: Fields) -> dict[str, Any]:
    """The terms; questions and their parts are sent by `shuzhi exchange intersect remote`."""
    return {
        "compare": {"type": "string"},
        "reveal": {"const": declared.reveal.value},
        "most_keys": {"const": declared.most_keys},
        "part_keys": {"type": "integer"},
        "purpose": {"type": "string"},
        "basis": {"type": "string"},
    }


def _fields(names: Iterable[str], fields: Fields) -> dict[str, Any]:
    described = {
        name: {
            "type": ["string", "null"],
            "description": f"{fields[name].name.zh} {fields[name].name.en} ({fields[name].grade})",
        }
        for name in names
        if name in fields
    }
    return {"type": "object", "properties": described}


_HEADERS = {
    "Deprecation": {
        "description": "RFC 9745：即将停用 This version is going to end",
        "schema": {"type": "string"},
    },
    "Sunset": {
        "description": "RFC 8594：自此停用 From then on it is refused",
        "schema": {"type": "string"},
    },
}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_CONTENT: dict[InterfaceKind, Callable[[InterfaceDeclaration, Fields], dict[str, Any]]] = {
    InterfaceKind.RECORD: _record,
    InterfaceKind.VERIFICATION: _verification,
    InterfaceKind.LIST: _list,
    InterfaceKind.AGGREGATE: _aggregate,
    InterfaceKind.FILE: _file,
    InterfaceKind.EVENTS: _events,
    InterfaceKind.INTERSECTION: _intersection,
    InterfaceKind.WRITE_BACK: _returned,
}


def _components() -> dict[str, Any]:
    names = {
        "Key": signing.KEY,
        "Timestamp": signing.TIMESTAMP,
        "Nonce": signing.NONCE,
        "Signature": signing.SIGNATURE,
    }
    texts = {name: {"type": "string"} for name in ("code", "message", "message_zh", "rule", "request_id")}
    return {
        "securitySchemes": {
            f"Gateway{name}": {"type": "apiKey", "in": "header", "name": header}
            for name, header in names.items()
        },
        "schemas": {"GatewayRefusal": {"type": "object", "properties": texts, "required": list(texts)}},
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
