"""Two journeys in a real browser, on a node of its own: from a file to the catalog, and a request's approval."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from browser import complaints, look, new_page, sign_in
from tests.ports import free_port
from tests.postgres import open_folder
from tests.terminals.staff.journeys import SOURCE, press, run

FIRMS = (
    "统一社会信用代码,企业名称,成立日期,核准日期,数据性质\n"
    "91330110MA27XYN14L,杭州甲有限公司,2020-01-02,2020-01-02,合成\n"
    "91330110MA27XYN14X,杭州乙有限公司,2020-01-02,2020-01-02,合成\n"
)
INSTALL = """
from shuzhi.node.starting import start_django
start_django()
from datetime import date
from shuzhi.foundation.clock import now
from shuzhi.packs import services as packs
from shuzhi.demo import people
from shuzhi.data.catalog import services as catalog
from shuzhi.data.exchange import services as exchange
from shuzhi.pillars.security.types import Role
loaded, findings = packs.load_node_packs()
packs.install_packs(packs=loaded, by=people.RUNNER, at=now())
people.open_accounts(loaded, password="shuzhi-demo", at=now())
speakers = people.Speakers(loaded)
for dataset in ("taxpayers", "insured-employers", "hangzhou-firms"):
    catalog.publish_entry(dataset=dataset, by=speakers.bureau(), at=now())
"""


@pytest.fixture(scope="module")
def base(browser):
    """The address of a node with the demonstration's packs and accounts, and no data yet."""
    home, port = open_folder("shuzhi-journey-"), str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUZHI_", "DJANGO_"))}
    environ = kept | {
        "SHUZHI_HOME": str(home),
        "SHUZHI_WEB_PORT": port,
        "SHUZHI_GATEWAY_PORT": str(free_port()),
        "SHUZHI_DEMO": "true",
        "PYTHONPATH": str(SOURCE),
    }
    run(environ, "-m", "shuzhi", "up", "--only", "database", "--only", "web", "--detach")
    try:
        run(environ, "-c", INSTALL)
        yield f"http://127.0.0.1:{port}"
    finally:
        run(environ, "-m", "shuzhi", "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def enter(browser, base):
    """Sign in with one click, as the demonstration offers."""
    opened = []

    def as_person(person: str):
        page = new_page(browser, base)
        opened.append(page.context)
        page.goto(f"{base}/staff/login/")
        page.click(f".person:has-text('{person}')")
        page.wait_for_url(f"{base}/staff/")
        return page

    yield as_person
    for context in opened:
        context.close()


def test_an_officer_hands_in_a_file_and_the_bureau_publishes(base, enter):
    officer = enter("陈静")
    officer.goto(f"{base}/staff/sources/firms/")
    officer.set_input_files(
        "input[name=file]", {"name": "firms.csv", "mimeType": "text/csv", "buffer": FIRMS.encode()}
    )
    officer.click("#hand-in button[type=submit]")
    officer.wait_for_url(re.compile("/staff/batches/"))
    officer.wait_for_selector("text=收支相符", timeout=60_000)
    assert "GB 32100" in officer.inner_text("#quarantine")
    look(officer)

    bureau = enter("周明")
    bureau.goto(f"{base}/staff/catalog/firms-registration/")
    look(bureau)
    bureau.click("form[action$='/publish/'] button[type=submit]")
    bureau.wait_for_selector(".notice.success")
    assert "已发布" in bureau.inner_text(".page-head")


def test_a_request_goes_to_its_owner_who_works_by_keyboard_alone(base, enter):
    bureau = enter("周明")
    bureau.goto(f"{base}/staff/catalog/firms-registration/")
    if publish := bureau.query_selector("form[action$='/publish/'] button[type=submit]"):
        publish.click()
        bureau.wait_for_selector(".notice.success")
    bureau.goto(f"{base}/staff/exchange/interfaces/firm-by-uscc/")
    bureau.click("form[action$='/publish/'] button[type=submit]")
    bureau.wait_for_selector(".notice.success")

    tax = enter("何敏")
    tax.goto(f"{base}/staff/exchange/interfaces/firm-by-uscc/request/")
    tax.fill("input[name=purpose]", "核对纳税人登记信息")
    tax.click("main form button[type=submit]")
    tax.wait_for_url(re.compile("/staff/exchange/subscriptions/"))

    approver = enter("林涛")
    press(approver, approver.locator("[data-row] a"))
    approver.wait_for_url(re.compile("/staff/dossiers/"))
    look(approver)
    press(approver, approver.locator("form[action$='/owner-approve/'] button[type=submit]"))
    approver.wait_for_selector(".notice.success")
    assert "待大数据局审批" in approver.inner_text(".page-head")


READERS = ({"width": 1440}, {"width": 390}, {"width": 1024, "elder": True}, {"width": 1440, "dark": True})
OFTEN_AND_PROOF = [
    pytest.param(reader, marks=() if number in {1, 2} else pytest.mark.proof)
    for number, reader in enumerate(READERS)
]
PAGES = (
    "/staff/batches/",
    "/staff/sources/register/",
    "/staff/registers/legal-entity/",
    "/staff/catalog/firms-registration/",
)


@pytest.mark.parametrize("reader", OFTEN_AND_PROOF, ids=lambda reader: "-".join(map(str, reader.items())))
def test_the_pages_of_the_steps_look_right_to_every_reader(base, browser, reader):
    page = new_page(browser, base, **reader)
    sign_in(page, f"{base}/staff/login/", username="bureau", password="shuzhi-demo")
    found = []
    for path in PAGES:
        page.goto(base + path)
        found += [f"{path}: {line}" for line in complaints(page)]
    page.context.close()
    assert not found, "\n".join(found)


def test_a_source_is_registered_by_keyboard_alone(base, enter):
    officer = enter("陈静")
    officer.goto(f"{base}/staff/sources/register/?dataset=firms-registration")
    officer.keyboard.press("Tab")
    assert officer.evaluate("document.activeElement.className") == "skip"
    officer.keyboard.press("Enter")
    officer.focus("input[name=source]")
    officer.keyboard.press("Control+A")
    officer.keyboard.type("Not An Id")
    officer.keyboard.press("Enter")
    wrong = officer.wait_for_selector("input[name=source][aria-invalid=true]")
    says = officer.locator(f"#{wrong.get_attribute('aria-describedby').split()[-1]}")
    assert "编号须以小写字母开头" in says.inner_text()
    look(officer)
    officer.focus("input[name=source]")
    officer.keyboard.press("Control+A")
    officer.keyboard.type("firms-by-hand")
    officer.keyboard.press("Enter")
    officer.wait_for_url(re.compile("/staff/sources/firms-by-hand/"))
    assert "已登记" in officer.inner_text(".notices")


@pytest.mark.parametrize("reader", OFTEN_AND_PROOF, ids=lambda reader: "-".join(map(str, reader.items())))
def test_a_firm_is_told_who_asked_about_it(base, browser, reader):
    page = new_page(browser, base, **reader)
    sign_in(page, f"{base}/staff/login/", username="bureau", password="shuzhi-demo")
    page.goto(f"{base}/staff/audit/")
    look(page)
    page.click(".page-head a")
    look(page)
    for _ in range(2):  # the second answer tells of the first question
        page.fill("input[name=value]", "91330110MA2CCFXH7Q")
        page.click("main form button[type=submit]")
        page.wait_for_selector("#sights, table")
    assert "audit/subjects" in page.inner_text("main")
    assert "91330110" not in page.url
    look(page)
    page.context.close()
