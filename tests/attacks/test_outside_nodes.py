"""One node signs people in by another: two homes, two databases, two web processes, a browser's way by HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.attacks import outside_node
from tests.attacks.outside_node import PASSWORD
from tests.ports import free_port
from tests.postgres import open_folder
from tests.unit.data.exchange import far_node

pytestmark = pytest.mark.proof
ANNA = "110105194912310046"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Node:
    """A node with its web process."""

    def __init__(self, stack: ExitStack) -> None:
        from shuzhi.foundation import database

        self.home, self.port = open_folder("shuzhi-outside-"), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        database.start(self.home, fsync=False)
        stack.callback(database.stop, self.home)
        self.ask("prepare")

    def ask(self, verb, **said):
        return far_node.ask(self.home, verb, module=outside_node.MODULE, **said)

    def serve(self, stack: ExitStack, **settings: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SHUZHI_")}
        environment |= {
            "SHUZHI_HOME": str(self.home), "SHUZHI_WEB_PORT": str(self.port), "SHUZHI_PROCESS": "web",
            "DJANGO_SETTINGS_MODULE": "shuzhi.node.django", "PYTHONPATH": str(far_node.REPOSITORY / "src"), **settings,
        }  # fmt: skip
        command = [sys.executable, "-c", "from shuzhi.node.serving import serve; serve('web')"]
        process = subprocess.Popen(command, env=environment)
        stack.callback(process.wait, 15)
        stack.callback(process.terminate)
        for _ in range(900):
            try:
                if httpx.get(f"{self.address}/healthz", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError("the web process does not answer")


@pytest.fixture(scope="module")
def nodes():
    """The province, at which people sign in, and the city, which has them sign in there."""
    with ExitStack() as stack:
        province, city = Node(stack), Node(stack)
        province.ask("resident", username="anna", number=ANNA)
        told = province.ask("client", name="city-portal", back=f"{city.address}/login/outside/back/")
        (city.home / "login-secret").write_text(told["secret"])
        province.serve(stack)
        city.serve(
            stack, SHUZHI_LOGIN_ISSUER=province.address, SHUZHI_LOGIN_CLIENT="city-portal",
            SHUZHI_LOGIN_SECRET=str(city.home / "login-secret"), SHUZHI_LOGIN_TITLE="省统一身份认证|the province",
        )  # fmt: skip
        yield province, city


class Browser:
    """Keeps each host's cookies, follows addresses and fills in forms."""

    def __init__(self) -> None:
        self.lines: dict[str, httpx.Client] = {}
        self.at = ""

    def _line(self, address: str) -> httpx.Client:
        host = urlsplit(address).netloc
        return self.lines.setdefault(host, httpx.Client(trust_env=False))

    def open(self, address, form=None):
        for _ in range(10):
            line = self._line(address)
            answer = (
                line.post(address, data=form, headers={"origin": "http://" + urlsplit(address).netloc})
                if form
                else line.get(address)
            )
            self.at, form = address, None
            if answer.status_code not in (301, 302, 303):
                return answer
            address = urljoin(address, answer.headers["location"])
        raise AssertionError("it leads round and round")

    def fill(self, page, **fields):
        return self.open(self.at, {"csrfmiddlewaretoken": TOKEN.search(page.text)[1], **fields})


def sign_in(city, *, agrees=True):
    browser = Browser()
    page = browser.open(f"{city.address}/login/outside/?next=/my/cases/")
    page = browser.fill(
        page,
        username="anna",
        password=PASSWORD,
        next=re.search(r'name="next" value="([^"]*)"', page.text)[1].replace("&amp;", "&"),
    )
    if "openid/authorize" in browser.at:
        page = browser.fill(page, answer="yes" if agrees else "no")
    return browser, page


def test_somebody_of_the_province_is_signed_in_at_the_city(nodes):
    province, city = nodes
    _, page = sign_in(city, agrees=False)
    assert (page.status_code, "access_denied" in page.text) == (401, True)

    browser, page = sign_in(city)
    assert (page.status_code, browser.at) == (200, f"{city.address}/my/cases/")
    assert "李娜" in browser.open(f"{city.address}/my/account/").text

    province.ask("turn_key")
    again, page = sign_in(city)
    assert again.at == f"{city.address}/my/cases/"
    done = [each for each in city.ask("signed_in") if each[1] == "done"]
    assert len(done) == 2
    assert len({target for target, _, _ in done}) == 1
    assert {issuer for _, _, issuer in done} == {province.address}
