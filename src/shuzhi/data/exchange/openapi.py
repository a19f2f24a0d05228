"""The gateway's published interfaces as OpenAPI (接口文档), to be merged into the node's one document."""

from __future__ import annotations

from typing import Any

from shuzhi.data.exchange import queries, signing
from shuzhi.data.exchange.types import Interface, InterfaceKind, InterfaceStatus
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.types import RegisterField

REFUSALS = {
    "400": "格式或参数有误 Malformed call or parameter",
    "401": "密钥、时间戳、签名或随机数不通过 Key, timestamp, signature or nonce refused",
    "403": "订阅、有效期或用途不通过 Subscription, period or purpose refused",
    "429": "超过速率或配额 Rate or quota exceeded",
    "503": "暂时无法处理 Unavailable",
}


def gateway_openapi() -> dict[str, Any]:
    """`paths`, `components` and `tags` of every published interface; three statements, whatever their number."""
    fields = {
        summary.declaration.id: {field.id: field for field in summary.declaration.fields}
        for summary in registers.registers()
    }
    published = queries.interfaces(status=InterfaceStatus.PUBLISHED)
    paths = {
        f"/v1/interfaces/{interface.id}": {
            "get": _operation(interface, fields[interface.declaration.register_])
        }
        for interface in published
        if interface.declaration.register_ in fields
    }
    return {
        "paths": paths,
        "components": _components(),
        "tags": [{"name": "gateway", "description": "共享网关 Gateway"}],
    }


def _operation(interface: Interface, fields: dict[str, RegisterField]) -> dict[str, Any]:
    declared = interface.declaration
    refusals = REFUSALS | ({"404": "没有记录 No record"} if declared.kind is InterfaceKind.RECORD else {})
    return {
        "operationId": f"gateway_{interface.id.replace('-', '_')}",
        "tags": ["gateway"],
        "summary": f"{declared.title.zh} {declared.title.en}",
        "description": f"{declared.summary.zh}\n\n{declared.summary.en}" if declared.summary else "",
        "security": [{"GatewayKey": [], "GatewayTimestamp": [], "GatewayNonce": [], "GatewaySignature": []}],
        "parameters": [_parameter(fields[name]) for name in declared.by if name in fields],
        "responses": {"200": _answer(interface, fields)}
        | {
            status: {"description": text, "content": _json({"$ref": "#/components/schemas/GatewayRefusal"})}
            for status, text in sorted(refusals.items())
        },
    }


def _parameter(field: RegisterField) -> dict[str, Any]:
    return {
        "name": field.id,
        "in": "query",
        "required": True,
        "description": f"{field.name.zh} {field.name.en}",
        "schema": {"type": "string", "maxLength": 200},
    }


def _answer(interface: Interface, fields: dict[str, RegisterField]) -> dict[str, Any]:
    declared = interface.declaration
    properties: dict[str, Any] = {"request_id": {"type": "string"}, "interface": {"const": interface.id}}
    if declared.kind is InterfaceKind.VERIFICATION:
        properties["answer"] = {"enum": ["yes", "no"]}
    else:
        data = {
            name: {
                "type": ["string", "null"],
                "description": f"{fields[name].name.zh} {fields[name].name.en} ({fields[name].grade})",
            }
            for name in declared.fields
            if name in fields
        }
        properties["data"] = {"type": "object", "properties": data}
        properties["masked"] = {"type": "array", "items": {"type": "string"}}
    if declared.provenance:
        properties["provenance"] = {"type": "array", "items": {"type": "object"}}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"description": "应答 Answer", "content": _json(schema)}


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
