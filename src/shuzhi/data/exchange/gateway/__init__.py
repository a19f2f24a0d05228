"""The gateway (共享网关): one pure handler that decides, masks, audits and answers every call.

It knows neither Django nor a web server: `handle(method, target, headers, body) -> (status, headers, bytes)`.
`node.gateway` puts it behind HTTP.
"""
