"""The gateway's own front (网关前端): HTTP around the pure handler, beside the web and without Django.

It speaks HTTP itself, on uvloop and httptools, because a general server costs a call as much as all its rules
(docs/adr/0006). `serving` runs it, in one process or several. The same handler behind ASGI is `node.gateway`.
"""
