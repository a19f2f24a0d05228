"""A request's head: which names reach the pages."""

from __future__ import annotations

from types import SimpleNamespace

from shuzhi.node.web import environ_of


def environ(**headers):
    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="127.0.0.1:4711", method="GET", path="/", query_string="",
        http_version="1.1", scheme="http", authority="localhost", headers=headers,
    )  # fmt: skip
    return environ_of(scope)


def test_no_name_with_an_underscore_passes_for_a_proxy_s():
    told = environ(**{"x_forwarded_for": "10.0.0.1", "x-real": "a", "content_length": "9"})
    assert "HTTP_X_FORWARDED_FOR" not in told
    assert (told["HTTP_X_REAL"], told["CONTENT_LENGTH"]) == ("a", "")


def test_a_caller_s_own_key_arrives_as_earlier_contracts_write_it():
    assert environ(api_key="abc")["HTTP_API_KEY"] == "abc"
    # Said twice it is none: neither spelling may stand in for the other.
    assert environ(**{"api_key": "abc", "api-key": "def"})["HTTP_API_KEY"] == "abc,def"
