"""开办餐饮店, the whole of it, in a real browser on a node of its own with all its processes.

An applicant on a telephone, six clerks of five offices on laptops, one correction for all, and a kiosk, where the
applicant looks the case up, prints the permit and says how it was.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import zlib
from functools import partial
from pathlib import Path

import pytest
from browser import complaints, new_page
from tests.ports import free_port
from tests.postgres import open_folder
from tests.terminals.staff.journeys import SOURCE, run

pytestmark = pytest.mark.proof  # four processes and the turns of eight people: minutes rather than seconds

OWNER, PASSWORD = "11010519491231002X", "three green umbrellas"
SHOTS = os.environ.get("TEST_SHOTS")
WAIT = 60_000
# Packs, accounts, and the registers as the pack's own scenario gives them, on the day that it is.
STAGE = f"""
from pathlib import Path
from tempfile import mkdtemp
from shuzhi.node.starting import start_django
start_django()
from shuzhi.demo import people
from shuzhi.foundation.clock import now
from shuzhi.packs import services as packs
from shuzhi.packs.scenarios.running import take_step
from shuzhi.packs.scenarios.stage import Play
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity
loaded, findings = packs.load_node_packs()
packs.install_packs(packs=loaded, by=people.RUNNER, at=now())
people.open_accounts(loaded, password="shuzhi-demo", at=now())
for name, person, office, role in (
    ("owner", "赵一", None, Role.RESIDENT), ("food", "宋芳", "market-regulation", Role.DATA_OFFICER),
):
    identity.open_account(username=name, person=person, office=office, division=None, roles=frozenset({{role}}),
        password="{PASSWORD}", is_demo=office is not None, by=people.RUNNER, at=now())
identity.note_proof(username="owner", scheme="resident_id", value="{OWNER}", by=people.RUNNER, at=now())
pack = next(each for each in loaded if each.id == "services/restaurant")
scenario = next(each.value for each in pack.declarations["scenarios"] if each.value.scenario == "six-offices")
play = Play(pack=pack, packs=loaded, at=now(), scratch=Path(mkdtemp()))
for step in scenario.given:
    take_step(play, step)
"""
CLERKS = {  # whose part it is, and the number that they give; at which width they work
    "营业执照": ("officer", "92330110MA2X00010L", 1440),
    "食品经营许可": ("food", "JY23301100000001", 1024),
    "公众聚集场所": ("fire", "XF20260001", 1440),
    "户外招牌": ("urban", "ZP20260001", 1024),
    "税务信息": ("tax", "SW20260001", 1440),
    "公章": ("police", "GZ20260001", 1024),
}
SHOP = {
    "shop_name": "老赵热卤店（合成）",
    "premises": "CY000001",
    "address": "杭州市余杭区文一西路10号",
    "area": "320",
}
UNNAMED = (
    "all => all.filter(each => !each.labels?.length && !each.getAttribute('aria-label')"
    " && each.type !== 'hidden').map(each => each.name)"
)


@pytest.fixture(scope="module")
def node(browser):
    """A node with everything running, whose registers know the owner and the premises."""
    home, web = open_folder("shuzhi-restaurant-"), str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUZHI_", "DJANGO_"))}
    environ = kept | {
        "SHUZHI_HOME": str(home),
        "SHUZHI_WEB_PORT": web,
        "SHUZHI_GATEWAY_PORT": str(free_port()),
        "SHUZHI_DEMO": "true",
        "PYTHONPATH": str(SOURCE),
    }
    run(environ, "-m", "shuzhi", "up", "--detach")
    try:
        run(environ, "-c", STAGE)
        yield f"http://127.0.0.1:{web}"
    finally:
        run(environ, "-m", "shuzhi", "stop")
        shutil.rmtree(home, ignore_errors=True)


class Person:
    """Somebody at a screen, who notes whatever is wrong with each page on the way."""

    def __init__(self, browser, base, name, width, found):
        self.page, self.base, self.name, self.found, self.width = (
            new_page(browser, base, width=width), base, name, found, width,
        )  # fmt: skip
        self.page.set_default_timeout(WAIT)
        self.page.on("console", partial(self.heard))

    def heard(self, said):
        if said.type == "error" and "status of 4" not in said.text:
            self.found.append(f"{self.name}: console: {said.text}")

    def go(self, path):
        self.page.goto(self.base + path)

    def look(self, what):
        self.page.evaluate("scrollTo(0, 0)")
        self.found += [f"{self.name} at {what}, {self.width}: {line}" for line in complaints(self.page)]
        self.found += [
            f"{self.name} at {what}: no name: {each}"
            for each in self.page.eval_on_selector_all("main input, main select, main textarea", UNNAMED)
        ]
        if SHOTS:
            name = f"{self.name}-{what}-{self.width}.png"
            self.page.screenshot(path=Path(SHOTS) / name, full_page=True)

    def until(self, text):
        """Come back to the page until it says so: another process works meanwhile."""
        for _ in range(60):
            if text in self.page.inner_text("main"):
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        pytest.fail(f"{self.name}: {text} is not on {self.page.url}: {self.page.inner_text('main')[:2000]}")

    def onward(self):
        before = self.page.url
        self.page.click(".filling-end [value=next]")
        self.page.wait_for_url(lambda now: now != before)

    def sign(self):
        self.page.check("[name=confirmed]")
        self.page.click(".filling-end button[type=submit]")
        self.page.wait_for_url("**/done/")

    def leave(self):
        self.page.context.close()


def sign_in(person, name, path):
    person.go(path)
    person.page.click("a[href*='/login/?next=']:visible >> nth=0")
    person.page.fill("input[name=username]", name)
    person.page.fill("input[name=password]", PASSWORD)
    person.page.click("main button[type=submit]")
    person.page.wait_for_load_state()


def picture():
    """A drawing of the kitchen: a small PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 72))
        + chunk(b"IEND", b"")
    )


def apply(owner):
    """From the question to the receipt; what government knows stands there already."""
    page = owner.page
    owner.go("/matters/")
    page.locator("#q").press_sequentially("我想开个小饭馆")
    page.get_by_role("link", name="开办餐饮店一件事").first.click()
    for choice in ("300 平方米以上", "有", "要"):
        page.get_by_label(choice, exact=True).check()
    owner.look("guide")
    page.click("main a.button:has-text('开始办理')")
    page.wait_for_url("**/forms/restaurant-opening/")
    owner.look("form")
    page.click("main form button")
    page.wait_for_url("**/pages/owner/")
    assert page.input_value("[name=owner_name]") == "赵一（合成）"
    assert page.input_value("[name=owner_id]") == OWNER
    owner.look("page-owner")
    owner.onward()
    for name, value in SHOP.items():
        page.fill(f"[name={name}]", value)
    for name, value in {"fumes": "true", "cold_dishes": "false", "gas": "true", "with_sign": "true"}.items():
        answer(page, name, value)
    page.fill("[name=sign_size]", "4x1")
    owner.look("page-shop")
    owner.onward()
    answer(page, "seal", "true")
    answer(page, "fire_promise", "true")
    owner.look("page-services")
    owner.onward()
    owner.look("check")
    owner.sign()
    owner.look("done")


def answer(page, name, value):
    """Yes or no, however the question is drawn."""
    control = page.locator(f"[name={name}]").first
    kind = control.evaluate("each => each.tagName + (each.type || '')")
    if kind.startswith("SELECT"):
        control.select_option(value)
    elif kind.endswith("radio"):
        page.check(f"[name={name}][value={value}]")
    elif value == "true":
        control.check()


def handle(clerk, part, said):
    """A clerk takes the part out of the inbox and answers."""
    page = clerk.page
    clerk.until(part)
    clerk.look(f"inbox-{said['decision']}")
    page.click(f"main a:has-text('{part}')")
    page.wait_for_url(re.compile("/staff/cases/"))
    page.wait_for_selector(".is-standing")
    step = page.locator(f"#step details:has-text('{part}')")
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    clerk.look(f"case-{said['decision']}")
    step.get_by_role("button", name="填写表单").click()
    page.wait_for_url("**/pages/answer/")
    assert "320 平方米" in page.inner_text("main")
    page.check(f"[name=decision][value={said['decision']}]")
    for name in ("reference", "note"):
        if name in said:
            page.fill(f"[name={name}]", said[name])
    clerk.look(f"answer-{said['decision']}")
    clerk.onward()
    page.click(".filling-end button[type=submit]")
    page.wait_for_url("**/done/")
    clerk.look(f"done-{said['decision']}")


def at_work(browser, base, name, width, found):
    clerk = Person(browser, base, name, width, found)
    clerk.go("/staff/login/")
    clerk.page.fill("input[name=username]", name)
    clerk.page.fill("input[name=password]", PASSWORD if name == "food" else "shuzhi-demo")
    clerk.page.click("main .sign-in-form button[type=submit]")
    clerk.page.wait_for_url(f"{base}/staff/")
    return clerk


def test_a_restaurant_is_opened_by_an_applicant_six_clerks_and_a_kiosk(browser, node):
    found = []
    owner = Person(browser, node, "owner", 390, found)
    sign_in(owner, "owner", "/matters/restaurant-opening/")
    apply(owner)
    owner.page.click("main a:has-text('看办理进度')")
    owner.until("开办餐饮店一件事")
    owner.look("cases")
    assert owner.page.locator(".form-list a:has-text('开办餐饮店')").count() == 1  # one thing, told once
    owner.page.click(".form-list a:has-text('开办餐饮店')")
    owner.until("户外招牌")
    owner.look("case-running")
    assert owner.page.locator(".stages .now").count() == 6

    asked = {"decision": "correct", "note": "请补交经营场所布局流程图，标明冷却和加工区域。"}
    for part, (name, number, width) in CLERKS.items():
        clerk = at_work(browser, node, name, width, found)
        handle(clerk, part, asked if name == "food" else {"decision": "done", "reference": number})
        clerk.leave()

    correct(owner)
    clerk = at_work(browser, node, "food", 1024, found)
    handle(clerk, "补正后：食品经营许可", {"decision": "done", "reference": CLERKS["食品经营许可"][1]})
    clerk.leave()
    see_result(owner)
    owner.leave()
    at_the_kiosk(browser, node, found)
    assert not found, "\n".join(found)


def correct(owner):
    """Everything that was asked stands there once; the plan goes with the answer."""
    owner.go("/my/cases/")
    owner.until("补正一次")
    owner.look("cases-to-correct")
    page = owner.page
    page.click("#todo ~ article button")
    page.wait_for_url("**/pages/correction/")
    assert "布局流程图" in page.inner_text("main")
    page.set_input_files("[name=proof]", {"name": "plan.png", "mimeType": "image/png", "buffer": picture()})
    page.click("[name=do][value=upload]")
    page.wait_for_selector(".handed-in")
    page.fill("[name=reply]", "已补交布局流程图，冷却和加工区域已标明。")
    owner.look("correction")
    owner.onward()
    owner.sign()
    owner.look("corrected")


def see_result(owner):
    page = owner.page
    owner.go("/my/cases/")
    owner.until("已结束")
    owner.look("cases-over")
    page.click(".form-list a:has-text('开办餐饮店')")
    owner.until("办理结果")
    owner.look("result")
    assert page.locator(".results .chip:has-text('办好了')").count() == 6
    page.click(".results a:has-text('电子证照') >> nth=0")
    page.wait_for_url(re.compile("/my/credentials/"))
    owner.look("credential")
    owner.go("/my/credentials/")
    owner.look("wallet")
    assert page.locator(".wallet-card").count() == 2
    owner.go("/my/messages/")
    owner.look("messages")
    assert "开办餐饮店" in page.inner_text("main")


def at_the_kiosk(browser, base, found):
    kiosk = Person(browser, base, "kiosk", 1080, found)
    page = kiosk.page
    kiosk.go("/kiosk/")
    kiosk.look("setup")
    page.click("main button:has-text('市民中心')")
    page.wait_for_selector(".kiosk-doors")
    kiosk.look("home")
    page.click(".kiosk-doors a:has-text('我的办件')")
    page.wait_for_load_state()
    if page.locator("input[name=username]").count() == 0:
        page.click("main a[href*='/login/']")
    kiosk.look("login")
    page.fill("input[name=username]", "owner")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/my/cases/")
    kiosk.look("cases")
    page.click(".form-list a:has-text('开办餐饮店')")
    page.wait_for_selector("#rating")
    kiosk.look("case")
    page.check("#rating [name=score][value='5']")
    page.fill("#rating [name=words]", "一次办好，不用来回跑。")
    page.click("#rating form button[type=submit]")
    page.wait_for_selector("#rating:has-text('非常满意')")
    kiosk.look("rated")
    page.click(".results li:has-text('食品经营许可') a")
    page.wait_for_url(re.compile("/my/credentials/"))
    assert page.locator("[data-print]").is_visible()
    kiosk.look("credential")
    page.emulate_media(media="print")
    assert page.locator(".stamp-square").is_visible()  # paper can be checked by whoever is shown it
    assert page.locator("main form:visible, .kiosk-bar:visible").count() == 0
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "kiosk-paper-1080.png", full_page=True)
    page.emulate_media(media="screen")
    page.click("text=结束并清除")
    page.wait_for_selector(".kiosk-doors")
    kiosk.go("/my/cases/")
    assert "老赵" not in page.content()
    assert page.locator("a[href*='/login/'], input[name=username]").count() > 0
    kiosk.leave()
