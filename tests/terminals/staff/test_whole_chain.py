"""The whole chain in a real browser, on a node of its own, as the people who do it.

A dirty department file is looked at, catalogued, collected, mended, opened and withdrawn; two offices' extracts become
a register, whose interface an office asks for, calls and loses again.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import complaints, new_page
from tests.ports import free_port
from tests.postgres import open_folder
from tests.terminals.staff.journeys import SOURCE, run

pytestmark = pytest.mark.proof  # four processes and the turns of four people: minutes rather than seconds

INSTALL = """
from shuzhi.node.starting import start_django
start_django()
from shuzhi.foundation.clock import now
from shuzhi.packs import services as packs
from shuzhi.demo import people
loaded, findings = packs.load_node_packs()
packs.install_packs(packs=loaded, by=people.RUNNER, at=now())
people.open_accounts(loaded, password="shuzhi-demo", at=now())
"""
OFFICER, APPROVER, TAX, BUREAU = "陈静", "林涛", "何敏", "周明"
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WAIT = 180_000
FIRMS = "统一社会信用代码,企业名称,注册资本,成立日期,核准日期,法定代表人,联系电话,住所,数据性质\n"
TAXPAYERS = "纳税人识别号,纳税人名称,主管税务机关,税务登记日期,数据性质\n"


def uscc(number: int) -> str:
    """A social credit code whose check digit is right."""
    body = f"91330110MA2{number:06d}"
    total = sum(SIGNS.index(sign) * 3**place % 31 for place, sign in enumerate(body))
    return body + SIGNS[-total % 31]


def permits(*, mended: bool) -> bytes:
    """A department's list as it comes: a title over merged cells, a second title, a bad date, a wrong code, a repetition."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["杭州市食品经营许可证发放情况一览表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["填报单位：市市场监督管理局　填报日期：2026年11月20日"])
    sheet.merge_cells("A2:E2")
    sheet.append(["许可证编号", "经营者名称", "统一社会信用代码", "发证日期", "联系电话"])
    for n in range(1, 61):
        code, day = uscc(n), f"2026-0{n % 9 + 1}-1{n % 10}"
        if not mended and n == 7:
            code = code[:-1] + ("0" if code[-1] != "0" else "1")
        if not mended and n == 11:
            day = "2026-13-45"
        row = [
            f"JY1330110{n:06d}",
            f"　杭州余杭第{n}食品有限公司",
            code.lower() if n == 3 else code,
            day,
            f"1380571{n:04d}",
        ]
        sheet.append(row)
    sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def firms() -> bytes:
    rows = [
        f"{uscc(n)},杭州余杭第{n}食品有限公司,{n * 10}万元人民币,2020-01-{n % 28 + 1:02d},2020-02-01,王小{n}明,1380571{n:04d},杭州市余杭区仓前街道文一西路{n}号,合成"
        for n in range(1, 41)
    ]
    return (FIRMS + "\n".join(rows) + "\n").encode("gbk")


def taxpayers() -> bytes:
    rows = [
        f"{uscc(n)},杭州余杭第{n}食品{'有限责任' if n < 4 else '有限'}公司,国家税务总局杭州市余杭区税务局,2020-03-01,合成"
        for n in range(1, 41)
    ]
    return (TAXPAYERS + "\n".join(rows) + "\n").encode("gbk")


@pytest.fixture(scope="module")
def node(browser):
    """A node with packs and accounts, all its processes, and no data."""
    home, web, gateway = open_folder("shuzhi-chain-"), str(free_port()), str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUZHI_", "DJANGO_"))}
    environ = kept | {
        "SHUZHI_HOME": str(home),
        "SHUZHI_WEB_PORT": web,
        "SHUZHI_GATEWAY_PORT": gateway,
        "SHUZHI_DEMO": "true",
        "PYTHONPATH": str(SOURCE),
    }
    run(environ, "-m", "shuzhi", "up", "--detach")
    try:
        run(environ, "-c", INSTALL)
        yield {
            "base": f"http://127.0.0.1:{web}",
            "gateway": f"http://127.0.0.1:{gateway}",
            "environ": environ,
            "home": home,
        }
    finally:
        run(environ, "-m", "shuzhi", "stop")
        shutil.rmtree(home, ignore_errors=True)


class Person:
    """Somebody at a browser of their own; every page that they come to is looked at."""

    def __init__(self, browser, base: str, name: str) -> None:
        self.base, self.page, self.found = base, new_page(browser, base), []
        self.page.set_default_timeout(WAIT)
        self.page.goto(f"{base}/staff/login/")
        self.page.click(f".person:has-text('{name}')")
        self.page.wait_for_url(f"{base}/staff/")

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def follow(self, words: str) -> None:
        """Click the link or button that says so."""
        self.page.locator(f"main >> :is(a, button):has-text('{words}')").first.click()
        self.page.wait_for_load_state()

    def send(self, action: str) -> None:
        """Send the form to that step; one behind a summary is opened first."""
        button = self.page.locator(f"form[action$='/{action}/'] button[type=submit]").first
        if not button.is_visible():
            self.page.locator("details.choice-of-step", has=button).locator("summary").click()
        button.click()
        self.page.wait_for_load_state()

    def give(self, **answers: str) -> None:
        for name, value in answers.items():
            self.page.fill(f"main [name={name}]", value)

    def hand_in(self, name: str, content: bytes) -> None:
        upload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.set_input_files("main input[type=file]", upload)

    def sees(self, *words: str, where: str = "main") -> None:
        for each in words:
            self.page.locator(where).get_by_text(each).first.wait_for(state="visible")

    def until(self, path: str, words: str) -> None:
        """Load a page until it says so: what the worker does takes a while."""
        for _ in range(90):
            self.go(path)
            if words in self.page.inner_text("main"):
                return
            self.page.wait_for_timeout(2000)
        pytest.fail(f"{path} never said {words}: {self.page.inner_text('main')[:1500]}")

    def look(self, name: str = "") -> None:
        if folder := os.environ.get("JOURNEY_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        self.found += [f"{self.page.url}: {line}" for line in complaints(self.page)]


def call(node, file: Path) -> subprocess.CompletedProcess[str]:
    """What the calling office's system does, by the command line."""
    arguments = ["exchange", "call", "firm-by-uscc", f"uscc={uscc(5)}", "--credential", str(file)]
    return subprocess.run(
        [sys.executable, "-m", "shuzhi", *arguments],
        env=node["environ"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def a_file_is_catalogued(officer: Person) -> None:
    """A file is looked at, and an entry proposed from it."""
    officer.go("/staff/sources/")
    officer.follow("从文件开始编目")
    officer.hand_in("食品经营许可证.xlsx", permits(mended=False))
    officer.follow("探查")
    officer.sees("第 3 行", "各列", "联系电话")
    officer.look("01-profile")
    officer.give(dataset="food-permits", title_zh="食品经营许可证", title_en="Food permits")
    officer.follow("提出编目建议")
    officer.sees("还没有发布")
    officer.look("02-proposed")


def the_bureau_publishes(officer: Person, bureau: Person) -> None:
    """The owner classes it as open; the bureau reviews and publishes."""
    officer.follow("修改编目")
    officer.page.select_option("[name=opening]", "unconditional")
    officer.page.select_option("[name=sharing]", "unconditional")
    for box in officer.page.locator("main input[type=checkbox]").all():
        box.check()
    for grade in officer.page.locator("main select[name$='-grade']:not([name*=phone])").all():
        grade.select_option("L1")
    officer.look("03-edit")
    officer.follow("提出这一版")
    bureau.go("/staff/catalog/food-permits/")
    bureau.send("publish")
    bureau.sees("已发布", where=".page-head")
    bureau.look("04-published")


def its_source_hands_in(officer: Person) -> None:
    """A source is registered, the dirty file handed in; its receipt balances and names what is wrong."""
    officer.go("/staff/catalog/food-permits/")
    officer.follow("登记数据源")
    officer.follow("登记")
    officer.page.wait_for_url(re.compile("/staff/sources/food-permits/"))
    officer.look("05-source")
    officer.hand_in("食品经营许可证.xlsx", permits(mended=False))
    officer.follow("提交这一批")
    officer.sees("收支相符")
    officer.look("06-batch")


def quality_asks_for_correction(officer: Person) -> str:
    """Quality opens an issue in the owning office's inbox."""
    officer.until("/staff/", "食品经营许可证")
    officer.look("07-inbox")
    officer.page.locator("[data-row] a", has_text="食品经营许可证").first.click()
    officer.page.wait_for_url(re.compile("/staff/dossiers/"))
    officer.sees("您可以办理")
    officer.look("08-dossier")
    return officer.page.url.removeprefix(officer.base)


def the_corrected_file_closes_it(officer: Person, dossier: str) -> None:
    """The corrected file closes it."""
    officer.go("/staff/sources/food-permits/")
    officer.hand_in("食品经营许可证（更正）.xlsx", permits(mended=True))
    officer.follow("提交这一批")
    officer.sees("收支相符")
    officer.until(dossier, "已办结")
    officer.look("09-closed")


def two_offices_become_a_register(officer: Person, tax: Person, bureau: Person) -> None:
    """Two offices' extracts become the register; where they differ is listed, every value says where it is from."""
    officer.go("/staff/sources/firms/")
    officer.hand_in("企业登记.csv", firms())
    officer.follow("提交这一批")
    officer.sees("收支相符")
    tax.go("/staff/sources/taxpayers/")
    tax.hand_in("纳税人.csv", taxpayers())
    tax.follow("提交这一批")
    tax.sees("收支相符")
    for dataset in ("firms-registration", "taxpayers"):
        bureau.go(f"/staff/catalog/{dataset}/")
        bureau.send("publish")
        bureau.page.wait_for_selector(".notice.success")
    bureau.go("/staff/registers/legal-entity/")
    if bureau.page.locator("form[action$='/build/'] button").count():
        bureau.send("build")
    bureau.until("/staff/registers/legal-entity/", "共 40 条")
    bureau.look("10-register")
    bureau.go("/staff/registers/legal-entity/conflicts/")
    bureau.sees("有限责任公司")
    bureau.look("11-conflicts")
    bureau.page.locator("[data-row] a").first.click()
    bureau.sees("由这些记录合成", "企业登记信息")
    bureau.look("12-entity")


def tax_asks_and_gets_a_key(approver: Person, tax: Person, bureau: Person) -> tuple[str, list[str]]:
    """Its interface is published; the tax office asks, owner and bureau approve, the key is shown once."""
    bureau.go("/staff/exchange/interfaces/firm-by-uscc/")
    bureau.send("publish")
    bureau.page.wait_for_selector(".notice.success")
    bureau.look("13-interface")
    tax.go("/staff/exchange/interfaces/firm-by-uscc/")
    tax.follow("申请")
    tax.give(purpose="核对纳税人登记信息")
    tax.look("14-ask")
    tax.follow("提交申请")
    tax.page.wait_for_url(re.compile("/staff/exchange/subscriptions/"))
    subscription = tax.page.url.removeprefix(tax.base)
    for person, step in ((approver, "owner-approve"), (bureau, "bureau-approve")):
        person.go("/staff/")
        person.page.locator("[data-row] a", has_text="企业基本信息").first.click()
        person.page.wait_for_url(re.compile("/staff/dossiers/"))
        person.look(f"15-{step}")
        person.send(step)
        person.page.wait_for_selector(".notice.success")
    tax.until(subscription, "领取密钥")
    tax.look("16-granted")
    tax.send("key")
    shown = tax.page.locator(".secret").all_inner_texts()
    tax.look("17-key")
    return subscription, shown


def it_calls_until_revoked(
    node: dict[str, Any], approver: Person, subscription: str, shown: list[str]
) -> None:
    """The call is answered, masked by grade; once revoked it is refused at once."""
    file = Path(node["home"]) / "firm-by-uscc.json"
    file.write_text(json.dumps({"key_id": shown[0], "secret": shown[1], "gateway": node["gateway"]}))
    answered = call(node, file)
    assert answered.returncode == 0, answered.stderr
    assert "杭州余杭第5食品有限公司" in answered.stdout
    assert "13805710005" not in answered.stdout
    approver.go(subscription)
    approver.page.locator("summary", has_text="撤销").click()
    approver.give(reason="用途已了")
    approver.send("revoke")
    approver.page.wait_for_selector(".notice.success")
    refused = call(node, file)
    assert refused.returncode == 1
    assert "exchange." in refused.stderr
    approver.look("18-revoked")


def the_public_reads_until_withdrawn(approver: Person) -> None:
    """The approver opens the permits: preview, four formats and rows on the portal, until they are withdrawn."""
    approver.go("/staff/catalog/food-permits/#open")
    approver.look("19-before-opening")
    approver.send("open")
    approver.page.locator("text=看公众看到的页面").wait_for(state="visible")
    approver.look("20-open")
    public = f"{approver.base}/data/food-permits"
    approver.go("/data/food-permits/")
    approver.sees("第5食品有限公司")
    approver.look("21-portal")
    for form in ("csv", "json", "xlsx", "parquet"):
        status, content = fetch(f"{public}/download/{form}")
        assert status == 200, form
        assert b"13805710005" not in content
    status, rows = fetch(f"{approver.base}/api/data/food-permits/rows?q=%E7%AC%AC5%E9%A3%9F%E5%93%81")
    assert status == 200
    assert "第5食品有限公司" in json.dumps(json.loads(rows), ensure_ascii=False)
    approver.go("/staff/catalog/food-permits/")
    approver.page.locator("summary", has_text="撤回开放").click()
    approver.give(reason="内容有误")
    approver.send("withdraw")
    approver.page.wait_for_selector(".notice.success")
    assert "第5食品有限公司" not in fetch(f"{public}/")[1].decode()
    assert fetch(f"{public}/download/csv")[0] == 404
    assert fetch(f"{approver.base}/api/data/food-permits/rows")[0] == 404


def test_from_a_dirty_file_to_the_portal_and_back(node, browser):
    people = {name: Person(browser, node["base"], name) for name in (OFFICER, APPROVER, TAX, BUREAU)}
    officer, approver, tax, bureau = people.values()

    a_file_is_catalogued(officer)
    the_bureau_publishes(officer, bureau)
    its_source_hands_in(officer)
    the_corrected_file_closes_it(officer, quality_asks_for_correction(officer))
    two_offices_become_a_register(officer, tax, bureau)
    subscription, shown = tax_asks_and_gets_a_key(approver, tax, bureau)
    it_calls_until_revoked(node, approver, subscription, shown)
    the_public_reads_until_withdrawn(approver)

    found = [line for person in people.values() for line in person.found]
    for person in people.values():
        person.page.context.close()
    assert not found, "\n".join(found)
