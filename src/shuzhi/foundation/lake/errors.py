from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class LakeFull(PlatformError):
    """No space is left for the lake at {place}; free some and repeat: nothing half-written counts."""

    code = "lake.full"
    http_status = 507
    zh = "数据湖所在的磁盘（{place}）已满；请腾出空间后重试，写到一半的内容不会生效。"


class LakeUnreachable(PlatformError):
    """The lake's catalog or files at {place} can't be reached: {reason}."""

    code = "lake.unreachable"
    http_status = 503
    zh = "无法访问数据湖的目录或文件（{place}）：{reason}。"


class SchemaCannotChange(PlatformError):
    """The lake holds data set {dataset} in another form ({reason}); declare a new data set or a new field."""

    code = "lake.schema_cannot_change"
    http_status = 409
    zh = "数据集 {dataset} 在湖中的字段类型与现在的声明不符（{reason}）；请新建字段或数据集。"
