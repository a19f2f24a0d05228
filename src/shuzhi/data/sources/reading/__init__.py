"""Reading a department's file (读取与探查): whatever was handed in becomes rows, problems and a profile.

`open_table` streams the rows of any format, `profile_file` describes a file, `read_sql_table` reads a
department's database. Nothing is guessed silently: a broken row is handed out with its problem, never
dropped, and a hostile file is refused with one clear message. No Django here.
"""

from shuzhi.data.sources.reading.opening import open_table, read_sql_table
from shuzhi.data.sources.reading.profiling import profile_file
from shuzhi.data.sources.reading.types import (
    Caption,
    Limits,
    Note,
    Problem,
    ProblemCode,
    Profile,
    ProfileColumn,
    ReadOptions,
    SourceRow,
    TableReader,
)

__all__ = [
    "Caption",
    "Limits",
    "Note",
    "Problem",
    "ProblemCode",
    "Profile",
    "ProfileColumn",
    "ReadOptions",
    "SourceRow",
    "TableReader",
    "open_table",
    "profile_file",
    "read_sql_table",
]
