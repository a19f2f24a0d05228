"""What a ledger refuses."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchLedger(PlatformError):
    """There is no ledger {code} of version {version}."""

    code = "ledgers.no_such_ledger"
    http_status = 404
    zh = "没有台账 {code}（版本 {version}）。"


class NoSuchDatabase(PlatformError):
    """There is no database {database}."""

    code = "ledgers.no_such_database"
    http_status = 404
    zh = "没有数据库 {database}。"


class NoSuchRecord(PlatformError):
    """no record found"""

    code = "ledgers.no_such_record"
    http_status = 404
    zh = "没有符合条件的记录。"


class NoSuchField(PlatformError):
    """The record has no field {field}."""

    code = "ledgers.no_such_field"
    http_status = 404
    zh = "记录没有字段 {field}。"


class NoSuchPerson(PlatformError):
    """Nobody of this identifier is in this ledger."""

    code = "ledgers.no_such_person"
    http_status = 404
    zh = "台账中没有该身份标识。"


class DoesNotFit(PlatformError):
    """The record does not fit its schema: {problem}."""

    code = "ledgers.does_not_fit"
    http_status = 400
    zh = "记录不符合台账结构：{problem}。"


class KeyTaken(PlatformError):
    """Another record of ledger {code} has this key."""

    code = "ledgers.key_taken"
    http_status = 409
    zh = "台账 {code} 中已有相同主键的记录。"


class SchemaFaulty(PlatformError):
    """The schema can't be used: {problem}."""

    code = "ledgers.schema_faulty"
    http_status = 400
    zh = "台账结构不可用：{problem}。"


class SearchRefused(PlatformError):
    """The search can't be answered: {problem}."""

    code = "ledgers.search_refused"
    http_status = 400
    zh = "无法检索：{problem}。"
