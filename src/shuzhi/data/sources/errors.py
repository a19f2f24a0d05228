from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchSource(PlatformError):
    """There is no source {source}."""

    code = "sources.no_such_source"
    http_status = 404
    zh = "没有名为 {source} 的数据源。"


class NoSuchBatch(PlatformError):
    """There is no batch {batch}."""

    code = "sources.no_such_batch"
    http_status = 404
    zh = "没有批次 {batch}。"


class SourceRetired(PlatformError):
    """Source {source} is out of use: its pack is disabled."""

    code = "sources.source_retired"
    http_status = 409
    zh = "数据源 {source} 已停用：所属应用包已停用。"


class NotAFileSource(PlatformError):
    """Source {source} is a database; its rows are collected from there, not from a file."""

    code = "sources.not_a_file_source"
    http_status = 409
    zh = "数据源 {source} 是数据库，应从库中归集，不接收文件。"


class NotADatabaseSource(PlatformError):
    """Source {source} is no database; hand in a file."""

    code = "sources.not_a_database_source"
    http_status = 409
    zh = "数据源 {source} 不是数据库，请提交文件。"


class FileKeepsChanging(PlatformError):
    """{file} changed while it was taken over; hand it in again when it is complete."""

    code = "sources.file_keeps_changing"
    http_status = 409
    zh = "{file} 在接收过程中发生了变化，请在文件写完后重新提交。"


class NoSpaceForFile(PlatformError):
    """No space is left to keep {file}; free some and hand it in again."""

    code = "sources.no_space"
    http_status = 507
    zh = "磁盘空间不足，无法保存 {file}；请腾出空间后重新提交。"


class BatchBusy(PlatformError):
    """Another process is collecting into data set {dataset}; batch {batch} waits for it."""

    code = "sources.batch_busy"
    http_status = 409
    zh = "另一进程正在向数据集 {dataset} 归集，批次 {batch} 需等待。"


class EarlierBatchWaiting(PlatformError):
    """Batch {earlier} of data set {dataset} came before {batch} and is {status}; collect it first."""

    code = "sources.earlier_batch_waiting"
    http_status = 409
    zh = "数据集 {dataset} 的批次 {earlier} 早于 {batch}，目前为 {status}，应先归集。"


class LaterBatchCollected(PlatformError):
    """Batch {batch} failed and {later} was collected since; hand the file in again to give it its place."""

    code = "sources.later_batch_collected"
    http_status = 409
    zh = "批次 {batch} 归集失败后，{later} 已经归集；请重新提交该文件，以排入新的次序。"


class BatchUnfit(PlatformError):
    """The file as a whole can't be collected."""

    code = "sources.batch_unfit"
    http_status = 422
    zh = "文件整体不符合要求，无法归集。"


class ColumnsMissing(BatchUnfit):
    """The file lacks the required columns {columns}; it has {found}."""

    code = "sources.columns_missing"
    zh = "文件缺少必需的列：{columns}；现有的列：{found}。"


class ColumnsAmbiguous(BatchUnfit):
    """Several columns of the file bind to the field {field}: {columns}."""

    code = "sources.columns_ambiguous"
    zh = "文件中有多列对应同一字段 {field}：{columns}。"


class RowCountDiffers(BatchUnfit):
    """The sender declared {declared} rows, the file has {received}: it is probably not whole."""

    code = "sources.row_count_differs"
    zh = "报送方声明 {declared} 行，文件实有 {received} 行，文件可能不完整。"


class FarFewerRows(BatchUnfit):
    """The file has {received} rows where the last full one had {before}; below the share of {share} it is refused."""

    code = "sources.far_fewer_rows"
    zh = "文件只有 {received} 行，上一全量批次有 {before} 行，低于约定比例 {share}，未予归集。"


class ConnectionNotSet(PlatformError):
    """Source {source} needs the secret {name} with its database's address; an administrator sets it."""

    code = "sources.connection_not_set"
    http_status = 409
    zh = "数据源 {source} 需要名为 {name} 的密钥（数据库地址），请管理员设置。"


class NothingToPropose(PlatformError):
    """The file has no named column, so that no schema can be proposed."""

    code = "sources.nothing_to_propose"
    http_status = 422
    zh = "文件没有带名称的列，无法据此编制目录。"


class NoRowFits(BatchUnfit):
    """None of the {received} rows fits the schema; what was collected before stays as it is."""

    code = "sources.no_row_fits"
    zh = "文件的 {received} 行均不符合数据结构，未予归集，原有数据保持不变。"
