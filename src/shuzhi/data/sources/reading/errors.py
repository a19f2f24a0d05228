"""Why a file is refused. Every refusal names the file and what to do, in both languages."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class UnreadableFile(PlatformError):
    """{file} can't be read as {format}: {reason}."""

    code = "sources.unreadable_file"
    http_status = 422
    zh = "无法按 {format} 读取 {file}：{reason}。"


class FileMissing(UnreadableFile):
    """{file} does not exist or is not a plain file."""

    code = "sources.file_missing"
    http_status = 404
    zh = "{file} 不存在，或不是普通文件。"


class EmptyFile(UnreadableFile):
    """{file} is empty: there is no header and no row in it."""

    code = "sources.empty_file"
    zh = "{file} 是空文件：没有表头，也没有数据。"


class UnknownFormat(UnreadableFile):
    """{file} is not a table in a format that can be read (CSV, TSV, XLSX, XLS, JSON, JSON lines, XML, Parquet, SQLite)."""

    code = "sources.unknown_format"
    http_status = 415
    zh = "{file} 不是可读取的表格（CSV、TSV、XLSX、XLS、JSON、JSON lines、XML、Parquet、SQLite）。"


class FileChanged(UnreadableFile):
    """{file} changed while it was being read; hand it in again when it is complete."""

    code = "sources.file_changed"
    http_status = 409
    zh = "{file} 在读取过程中发生了变化，请在文件写完后重新提交。"


class FileTooLarge(UnreadableFile):
    """{file} is larger than allowed: {what} is {size}, the limit is {limit}."""

    code = "sources.file_too_large"
    http_status = 413
    zh = "{file} 超过允许的大小：{what} 为 {size}，上限为 {limit}。"


class ArchiveBomb(UnreadableFile):
    """{file} unpacks to far more than it should ({reason}); it was refused before unpacking."""

    code = "sources.archive_bomb"
    http_status = 413
    zh = "{file} 解压后远超正常大小（{reason}），疑似压缩炸弹，未解压即拒绝。"


class ArchiveTraversal(UnreadableFile):
    """{file} contains the entry {entry}, whose name leaves the archive's folder."""

    code = "sources.archive_traversal"
    zh = "{file} 中的条目 {entry} 指向压缩包之外的路径，已拒绝。"


class ArchiveNotOneFile(UnreadableFile):
    """{file} holds {count} data files; an archive must hold exactly one."""

    code = "sources.archive_not_one_file"
    zh = "{file} 中有 {count} 个数据文件；压缩包内必须恰好有一个。"


class XmlEntities(UnreadableFile):
    """{file} declares a document type or entities; such XML is refused."""

    code = "sources.xml_entities"
    zh = "{file} 含有 DTD 或实体声明，此类 XML 不予读取。"


class JsonTooDeep(UnreadableFile):
    """{file} nests deeper than {limit} levels."""

    code = "sources.json_too_deep"
    zh = "{file} 的嵌套超过 {limit} 层。"


class TableNotFound(UnreadableFile):
    """{file} has no table or sheet named {table}; it has: {tables}."""

    code = "sources.table_not_found"
    http_status = 404
    zh = "{file} 中没有名为 {table} 的表；现有：{tables}。"


class DatabaseUnreadable(UnreadableFile):
    """The table {table} can't be read from the database: {reason}."""

    code = "sources.database_unreadable"
    http_status = 502
    zh = "无法从数据库读取表 {table}：{reason}。"


class OutputIsSource(UnreadableFile):
    """{file} would be overwritten by its own conversion; name another output."""

    code = "sources.output_is_source"
    http_status = 409
    zh = "转换结果会覆盖源文件 {file}，请换一个输出文件名。"


class OutputNotWritable(UnreadableFile):
    """The conversion can't be written to {file}: its folder does not exist, or it is a folder itself."""

    code = "sources.output_not_writable"
    http_status = 409
    zh = "无法写入转换结果 {file}：所在文件夹不存在，或它本身是文件夹。"
