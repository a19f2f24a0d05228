"""One node signs people in by another: two homes, two databases, two web processes, and Chromium between them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack

import httpx
import pytest
from browser import complaints, new_page
from tests.ports import free_port
from tests.postgres import open_folder
from tests.terminals.public import outside_node
from tests.terminals.public.outside_node import PASSWORD
from tests.unit.data.exchange import far_node

pytestmark = pytest.mark.proof
ANNA = "110105194912310046"


class Node:
    """A node with its web process."""

    def __init__(self, stack: ExitStack, host: str) -> None:
        from shuzhi.foundation import database

        self.home, self.port = open_folder("shuzhi-outside-"), free_port()
        self.address = f"http://{host}:{self.port}"  # each node a host of its own: cookies know no ports
        database.start(self.home, fsync=False)
        stack.callback(database.stop, self.home)
        self.ask("prepare")

    def ask(self, verb, **said):
        return far_node.ask(self.home, verb, module=outside_node.MODULE, **said)

    def serve(self, stack: ExitStack, **settings: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SHUZHI_")}
        environment |= {
            "SHUZHI_HOME": str(self.home), "SHUZHI_WEB_PORT": str(self.port), "SHUZHI_PROCESS": "web", "SHUZHI_PUBLIC_URL": self.address,
            "PYTHONPATH": str(far_node.REPOSITORY / "src"), **settings,
        }  # fmt: skip
        command = [sys.executable, "-m", "shuzhi", "serve", "web"]
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
        province, city = Node(stack, "127.0.0.1"), Node(stack, "localhost")
        province.ask("resident", username="anna", number=ANNA)
        told = province.ask("client", name="city-portal", back=f"{city.address}/login/outside/back/")
        (city.home / "login-secret").write_text(told["secret"])
        province.serve(stack)
        city.serve(
            stack, SHUZHI_LOGIN_ISSUER=province.address, SHUZHI_LOGIN_CLIENT="city-portal",
            SHUZHI_LOGIN_SECRET=str(city.home / "login-secret"), SHUZHI_LOGIN_TITLE="省统一身份认证|the province",
        )  # fmt: skip
        yield province, city


def to_the_province(browser, province, city, *, width=1440):
    """A browser that nobody used before, at the province's sign-in page."""
    page = new_page(browser, city.address, width=width)
    page.goto(f"{city.address}/login/?next=/my/cases/")
    assert not complaints(page)
    page.click("text=省统一身份认证")
    page.wait_for_url(f"{province.address}/login/**")
    return page


def sign_in(page):
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def test_somebody_of_the_province_is_signed_in_at_the_city(browser, nodes):
    province, city = nodes
    page = to_the_province(browser, province, city, width=390)
    sign_in(page)
    page.wait_for_url(f"{province.address}/openid/authorize?*")
    assert not complaints(page)
    page.click("button[value=no]")
    page.wait_for_url(f"{city.address}/login/outside/back/**")
    assert not complaints(page)

    page.click("text=省统一身份认证")  # signed in there by now: only the question is left
    page.click("button[value=yes]")
    page.wait_for_url(f"{city.address}/forms/")
    page.goto(f"{city.address}/my/account/")
    assert "李娜" in page.content()

    province.ask("turn_key")
    again = to_the_province(browser, province, city)
    sign_in(again)  # agreed before: the form's answer leads on to another site by itself
    again.wait_for_url(f"{city.address}/my/cases/")
    assert not complaints(again)
    done = [each for each in city.ask("signed_in") if each[1] == "done"]
    assert len(done) == 2
    assert len({target for target, _, _ in done}) == 1
    assert {issuer for _, _, issuer in done} == {province.address}
