"""What can be done with sources: register, receive, collect, propose a schema."""

from shuzhi.data.sources.services.collecting import collect_batch
from shuzhi.data.sources.services.databases import collect_from_sql
from shuzhi.data.sources.services.proposing import propose_schema
from shuzhi.data.sources.services.receiving import receive_file
from shuzhi.data.sources.services.registering import register_source, retire_source

__all__ = [
    "collect_batch",
    "collect_from_sql",
    "propose_schema",
    "receive_file",
    "register_source",
    "retire_source",
]
