"""Processes (进程): children that end with their parent, and records that say who they are.

A record holds pid and start time, so that a recycled pid is never taken for ours.
"""

from shuzhi.foundation.processes.children import Identity, ending, spawn
from shuzhi.foundation.processes.records import Record, end, leftovers, read_record, records, write_record

__all__ = [
    "Identity",
    "Record",
    "end",
    "ending",
    "leftovers",
    "read_record",
    "records",
    "spawn",
    "write_record",
]
