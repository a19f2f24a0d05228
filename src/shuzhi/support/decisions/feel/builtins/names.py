"""The names of the built-in functions (10.3.4), which a parser must know before any value exists."""

from __future__ import annotations

BUILTIN_NAMES = (
    # conversion
    "date", "date and time", "time", "number", "string", "duration", "years and months duration", "range",
    # boolean
    "not",
    # strings
    "substring", "string length", "upper case", "lower case", "substring before", "substring after", "replace",
    "contains", "starts with", "ends with", "matches", "split", "string join",
    # lists
    "list contains", "list replace", "count", "min", "max", "sum", "mean", "all", "any", "sublist", "append",
    "concatenate", "insert before", "remove", "reverse", "index of", "union", "distinct values", "flatten",
    "product", "median", "stddev", "mode",
    # numbers
    "decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down", "abs", "modulo",
    "sqrt", "log", "exp", "odd", "even",
    # dates and times
    "is", "day of year", "day of week", "month of year", "week of year", "now", "today",
    # ranges
    "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes",
    "finished by", "includes", "during", "starts", "started by", "coincides",
    # sort and contexts
    "sort", "get value", "get entries", "context", "context put", "context merge",
)  # fmt: skip
