"""The rules in Chromium, under the pages' own policy of content: the form decides there what the server decides.

One firm with its reasons, many firms in SQL, and the same firms in the browser: all three give the same answers.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from browser import complaints, new_page
from tests.terminals.staff.journeys import press
from tests.terminals.staff.test_journeys import base, enter  # noqa: F401  (fixtures)

PACK = Path(__file__).resolve().parents[3] / "packs/market/small-firm-benefit/rules/small-firm-benefit.dmn"
PAGE = "/staff/rules/small-firm-benefit/decisions/d_amount/"
DAY = "2026-03-01"
FIRM = {
    "注册日期": "2024-11-05",
    "申请日期": "2026-03-01",
    "规模": "小型",
    "社保缴纳人数": "4",
    "新增就业人数": "6",
    "严重失信": "false",
}
WITHOUT_STAFF = {name: value for name, value in FIRM.items() if name != "社保缴纳人数"}
# Loads the page's own modules and decides every firm there.
DECIDE = """async ({trees, rows, day}) => {
  const { fromJson, toJson } = await import("/static/design/js/feel/feel.mjs");
  const { loadDecision } = await import("/static/design/js/feel/decisions.mjs");
  const rules = loadDecision(await (await fetch(trees)).json());
  return rows.map((row) => {
    const given = new Map(Object.entries(row).map(([name, value]) => [name, fromJson(value)]));
    const { status, value, missing } = rules.decide(given, { asOf: day });
    return { status, value: toJson(value), missing: missing.sort() };
  });
}"""


def fill(page, firm, day=DAY):
    """Fill the form by its labels."""
    page.locator(".try-form input[name=day]").fill(day)
    for field in page.locator(".try-form .field").all():
        label = field.locator("label").inner_text().strip()
        if label in firm:
            control = field.locator("select, input").first
            choose = control.evaluate("each => each.tagName") == "SELECT"
            (control.select_option if choose else control.fill)(firm[label])


def answered(page):
    """Everything that the answer says but who gave it."""
    page.click(".try-form button[type=submit]")
    page.wait_for_selector(".verdict")
    by = page.locator(".decided-by").inner_text()
    return page.locator("#answer").inner_text().removesuffix(by).strip(), by


def without_script(page):
    """The same person in a browser that runs no script."""
    context = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    return context.new_page()


@pytest.mark.parametrize(
    ("firm", "day", "says"),
    [
        (FIRM, DAY, "9000"),
        (FIRM, "2025-12-31", "0"),
        (WITHOUT_STAFF, DAY, "无法判断，缺：社保缴纳人数"),
        ({}, DAY, "无法判断"),
    ],
)
def test_the_form_says_the_same_with_and_without_script(base, enter, firm, day, says):  # noqa: F811
    page = enter("周明")
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(base + PAGE)
    page.wait_for_selector("form[data-live=browser]")
    fill(page, firm, day)
    here, by = answered(page)
    assert "没有发给服务器" in by
    assert says in here
    assert not complaints(page)
    assert heard == []

    plain = without_script(page)
    plain.goto(base + PAGE)
    fill(plain, firm, day)
    there, by = answered(plain)
    plain.context.close()
    assert "由服务器判断" in by
    assert here == there


def test_by_keyboard_alone(base, enter):  # noqa: F811
    page = enter("周明")
    page.goto(f"{base}/staff/rules/")
    press(page, page.locator("a:has-text('小微企业稳岗扩岗补贴')"))
    page.wait_for_url("**/small-firm-benefit/")
    press(page, page.locator("#decisions a:has-text('补贴金额')"))
    page.wait_for_url("**/decisions/d_amount/")
    page.wait_for_selector("form[data-live=browser]")
    press(page, page.locator(".try-form button[type=submit]"))
    page.wait_for_selector(".verdict")
    assert page.evaluate("document.activeElement.id") == "answer"


# Every width and every reader once; the other pairs are proofs.
SEEN = [(390, {}), (1024, {"elder": True})]
PAIRS = [(w, r) for w in (390, 1024, 1440) for r in ({}, {"english": True}, {"elder": True}, {"dark": True})]


@pytest.mark.parametrize(
    ("width", "reader"),
    [pytest.param(*pair, marks=() if pair in SEEN else pytest.mark.proof) for pair in PAIRS],
    ids=str,
)
def test_the_pages_are_well_made(browser, base, enter, width, reader):  # noqa: F811
    signed_in = enter("周明").context.storage_state()
    page = new_page(browser, base, width=width, **reader)
    page.context.add_cookies(
        [each for each in signed_in["cookies"] if not each["name"].startswith("shuzhi_")]
    )
    file = "/staff/rules/small-firm-benefit/"
    found = []
    for url in (
        "/staff/rules/",
        file,
        PAGE,
        f"{file}decisions/d_eligible/",
        f"{file}decisions/d_rate/",
        f"{file}replay/",
    ):
        page.goto(base + url)
        found += [f"{url}: {each}" for each in complaints(page)]
    page.context.close()
    assert not found


def made_up(rows):
    """So many made-up firms as a table."""
    from shuzhi.support.decisions.queries import read_rulebook
    from shuzhi.support.decisions.replaying.made_up import made_up_rows
    from shuzhi.support.decisions.types import ReplayOrder

    rules = read_rulebook([PACK]).sound()
    day = dt.date.fromisoformat(DAY)
    return rules, made_up_rows(ReplayOrder("补贴金额", "made-up/rows", day, day, rows=rows), rules).table


def in_sql(rules, table, folder):
    """Every firm's amount by one query."""
    from shuzhi.support.decisions.sql.query import Asked
    from shuzhi.support.decisions.sql.running import decide_table

    pq.write_table(table, folder / "firms.parquet")
    asked = Asked(as_of=dt.date.fromisoformat(DAY))
    decide_table(rules, "补贴金额", table=folder / "firms.parquet", out=folder / "out.parquet", asked=asked)
    found = pq.read_table(folder / "out.parquet", columns=["_shuzhi_row", "answer"]).sort_by("_shuzhi_row")
    return found.column("answer").to_pylist()


def plain(row):
    """A firm as JSON."""
    made = {name: value for name, value in row.items() if value is not None and name != "_shuzhi_row"}
    return {
        name: int(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, dt.date)
        else value
        for name, value in made.items()
    }


def all_equal(page, rules, table, folder, most):
    """The first `most` firms in Python and in the browser; all of them in SQL."""
    sql = in_sql(rules, table, folder)
    rows = [plain(row) for row in table.slice(0, most).to_pylist()]
    trees = f"{PAGE}trees.json"
    there = page.evaluate(DECIDE, {"trees": trees, "rows": rows, "day": DAY})
    day = dt.date.fromisoformat(DAY)
    for row, amount, found in zip(rows, sql, there, strict=False):
        answer = rules.decide("补贴金额", row, as_of=day)
        assert found["status"] == answer.status, row
        assert found["missing"] == sorted(answer.missing), row
        value = None if found["value"] is None else Decimal(found["value"]["$number"])
        assert value == answer.value == amount, row
    return sql


def test_one_firm_many_firms_and_the_browser_agree(base, enter, tmp_path):  # noqa: F811
    page = enter("周明")
    page.goto(base + PAGE)
    rules, table = made_up(300)

    sql = all_equal(page, rules, table, tmp_path, 300)

    assert len({each for each in sql if each is not None}) > 3
    assert None in sql


@pytest.mark.proof
def test_a_million_firms_agree(base, enter, tmp_path):  # noqa: F811
    page = enter("周明")
    page.goto(base + PAGE)
    rules, table = made_up(1_000_000)
    sql = all_equal(page, rules, table, tmp_path, 20_000)

    decide = rules.decider("补贴金额", as_of=dt.date.fromisoformat(DAY))
    step = 50  # Python goes firm by firm: one of fifty of the million
    rows = table.take(list(range(0, table.num_rows, step))).to_pylist()
    different = [
        at for at, row in enumerate(rows) if decide(json.loads(json.dumps(plain(row)))) != sql[at * step]
    ]
    assert not different
