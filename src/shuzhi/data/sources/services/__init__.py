"""What can be done with sources: register, receive, collect, propose a schema."""

from shuzhi.data.sources.services.collecting import collect_batch
from shuzhi.data.sources.services.receiving import receive_file
from shuzhi.data.sources.services.registering import register_source

__all__ = ["collect_batch", "receive_file", "register_source"]
