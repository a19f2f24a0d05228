"""Invented values for the page of all parts; nothing here is anyone's data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.urls import reverse

from shuzhi.terminals.design import lineage, types
from shuzhi.terminals.design.types import Said

DAY = date(2026, 11, 20)
DISTRICTS = (
    ("330102", "上城区", "Shangcheng", 1823), ("330105", "拱墅区", "Gongshu", 1764), ("330106", "西湖区", "Xihu", 2211),
    ("330108", "滨江区", "Binjiang", 1980), ("330109", "萧山区", "Xiaoshan", 1522), ("330110", "余杭区", "Yuhang", 2456),
    ("330111", "富阳区", "Fuyang", 811), ("330112", "临安区", "Lin'an", 640), ("330113", "临平区", "Linping", 1105),
    ("330114", "钱塘区", "Qiantang", 1290), ("330122", "桐庐县", "Tonglu", 402), ("330127", "淳安县", "Chun'an", 236),
    ("330182", "建德市", "Jiande", None),
)  # fmt: skip
TOWNS = (
    "余杭街道",
    "仓前街道",
    "闲林街道",
    "五常街道",
    "中泰街道",
    "仁和街道",
    "良渚街道",
    "瓶窑镇",
    "径山镇",
    "黄湖镇",
    "鸬鸟镇",
    "百丈镇",
)
CODE, NAME, OFFICE = (
    Said("统一社会信用代码", "Credit code"),
    Said("名称", "Name"),
    Said("市场监管局", "Market Regulation"),
)
REFUSAL = types.Refusal(
    status=403,
    title=Said("这批数据现在不能给您", "You cannot have these rows now"),
    says=Said(
        "您的单位没有订阅“企业基本信息查询”接口。",
        "Your office has not subscribed to the interface “Firm by credit code”.",
    ),
    rule=Said("受限共享的数据，先订阅、后使用。", "Restricted data are subscribed to before they are used."),
    basis=Said("浙江省公共数据条例", "Zhejiang Public Data Regulation"),
    missing=Said("用途、法律依据和期限。", "Purpose, legal basis and period."),
    next=Said(
        "提交订阅申请，数据主管部门在 3 个工作日内答复。",
        "Apply for a subscription; the owner answers within 3 working days.",
    ),
    whom=Said("市数据资源局 数据共享科", "City Data Bureau, exchange section"),
    code="exchange.not_subscribed",
    links=(
        types.Link(Said("申请订阅", "Apply"), "#"),
        types.Link(Said("看数据目录", "See the catalog"), "#"),
    ),
)


def figures() -> list[types.Figure]:
    """Four tiles: a share on target, a share below, a count, a late count."""
    return [
        types.Figure(label=Said("数据目录完整率", "Catalog completeness"), value=types.Share(1184, 1203), url="#k12", day=DAY,
                     unit=Said("个目录", "entries"), trend=(91, 92.2, 94, 93.8, 96, 97.6, 98.4), tone=types.Tone.SUCCESS, state=Said("达标", "On target")),
        types.Figure(label=Said("问题数据按期整改率", "Issues corrected in time"), value=types.Share(163, 190), url="#k14", day=DAY,
                     unit=Said("件", "issues"), trend=(92, 91, 90, 88, 89, 87, 85.8), tone=types.Tone.WARNING, state=Said("差 4.2 个百分点", "4.2 points short")),
        types.Figure(label=Said("企业基础库", "Legal entities"), value=31507, unit=Said("家", "firms"), of=Said("来自 3 个部门、7 个批次", "from 3 offices, 7 batches"),
                     url="#firms", day=DAY, trend=(30110, 30402, 30980, 31200, 31507)),
        types.Figure(label=Said("超期未办", "Overdue"), value=3, unit=Said("件", "cases"), of=Said("在办 42 件", "of 42 open"), url="#late", day=DAY,
                     trend=(0, 1, 1, 0, 2, 2, 3), tone=types.Tone.DANGER, state=Said("最长超 4 个工作日", "4 working days at most")),
    ]  # fmt: skip


def table(query: Mapping[str, str], **changes: object) -> types.Table:
    """A table of sources, as a data officer sees it."""
    columns = (
        types.Column("title", Said("来源", "Source"), sortable=True),
        types.Column("office", Said("部门", "Office")),
        types.Column("rows", Said("行数", "Rows"), "number", sortable=True),
        types.Column("day", Said("最近批次", "Latest batch"), "date", sortable=True),
        types.Column("grade", Said("分级", "Grade"), "chips"),
        types.Column("due", Said("期限", "Deadline"), "chips"),
    )
    raw = (
        (Said("企业登记", "Business registrations"), "firms-registration", OFFICE, 31509, 1, 2),
        (Said("高校名单", "Universities"), "universities", Said("教育局", "Education"), 2631, 1, 12),
        (Said("群众来信", "Citizen messages"), "messages", Said("信访局", "Complaints"), 4326, 3, -1),
        (Said("纳税信用等级", "Tax credit ratings"), "tax-credit", Said("税务局", "Taxation"), None, 2, 0),
    )
    rows = [
        types.Row({"title": types.Cell(title, under=code), "office": office, "rows": count, "day": DAY, "grade": types.Grade(level),
                   "due": types.Deadline(DAY, days)}, url=f"#{code}", action=types.Action(Said("核对", "Review"), f"#{code}-review"))
        for title, code, office, count, level, days in raw
    ]  # fmt: skip
    stated = types.Field(name="state", label=Said("状态", "State"), control="select", in_filter=True, required=False, value=query.get("state", ""),
                         choices=(types.Choice("", Said("全部", "All")), types.Choice("due", Said("快到期", "Due soon"))))  # fmt: skip
    named = types.Field(
        name="name",
        label=Said("名称含有", "Name contains"),
        control="search",
        in_filter=True,
        required=False,
        value=query.get("name", ""),
    )
    shape: dict[str, object] = {
        "id": "sources", "caption": Said("数据来源", "Sources"), "columns": columns, "rows": rows, "query": query, "pages": types.Pages(2, 4, 37),
        "filters": (named, stated), "can_choose": True, "export_url": "#export",
    }  # fmt: skip
    return types.Table(**{**shape, **changes})  # type: ignore[arg-type]


def lineage_of_firms() -> types.Lineage:
    """Three extracts, one register, and who uses it."""
    kinds = {"source": Said("来源", "Source"), "dataset": Said("数据集", "Data set"), "register": Said("基础库", "Register"),
             "interface": Said("接口", "Interface"), "open": Said("开放", "Open data"), "indicator": Said("指标", "Indicator")}  # fmt: skip
    raw = (
        ("s1", "source", Said("市场监管局 文件投递", "Market Regulation drop")), ("s2", "source", Said("税务局 数据库", "Taxation database")),
        ("d1", "dataset", Said("企业登记", "Business registrations")), ("d2", "dataset", Said("纳税信用等级", "Tax credit ratings")),
        ("r", "register", Said("法人基础库", "Legal entities")), ("i1", "interface", Said("企业基本信息查询", "Firm by credit code")),
        ("i2", "interface", Said("企业名称核验", "Name verification")), ("o", "open", Said("企业名录", "List of firms")),
        ("k", "indicator", Said("数据共享满足率", "Share requests met")),
    )  # fmt: skip
    pairs = ("s1 d1", "s2 d2", "d1 r", "d2 r", "r i1", "r i2", "r o", "i1 k", "i2 k")
    nodes = [lineage.Node(name, title, kind, kinds[kind], f"#{name}") for name, kind, title in raw]
    edges = [lineage.Edge(*pair.split()) for pair in pairs]
    return types.Lineage(
        id="lineage",
        label=Said("法人基础库的血缘", "Lineage of the legal entity register"),
        nodes=nodes,
        edges=edges,
        here="r",
    )


def district_map(title: Said) -> types.MapPanel:
    """The thirteen districts by an invented count."""
    areas = [types.Area(key, Said(zh, en), value, f"#{key}") for key, zh, en, value in DISTRICTS]
    return types.MapPanel(id="map", title=title, geojson_url=reverse("design:map", args=["330100-2021"]), areas=areas,
                          bounds=(0, 500, 1000, 1500, 2000), measure=Said("企业数", "Firms"), unit=Said("家", "firms"))  # fmt: skip


def towns() -> types.TileMap:
    """Yuhang's towns by an invented count, in the order of their codes."""
    tiles = [types.Tile(name, 40 + (place * 97) % 430, f"#{name}") for place, name in enumerate(TOWNS)]
    return types.TileMap(title=Said("余杭区各镇街", "Towns of Yuhang"), tiles=tiles, bounds=(0, 100, 200, 300, 400), unit=Said("家", "firms"),
                         note=Said("按区划代码排列。镇街没有开放的边界，这里不画。", "In the order of their codes. No open boundary of towns exists, so none is drawn."))  # fmt: skip


def chart() -> types.Chart:
    """Six months of two offices."""
    months = tuple(
        Said(f"{n}月", name)
        for n, name in zip(range(6, 12), ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov"), strict=True)
    )
    return types.Chart(id="chart", title=Said("每月归集的批次", "Batches collected a month"), labels=months, axis=Said("月份", "Month"), unit=Said("批", "batches"),
                       series=(types.Series(OFFICE, (21, 24, 23, 30, 28, 33)), types.Series(Said("税务局", "Taxation"), (12, 11, 15, None, 18, 22))))  # fmt: skip


def fields() -> list[types.Field]:
    """A known answer, a wrong one, a choice."""
    return [
        types.Field(name="firm", label=NAME, value="杭州示例科技有限公司", known=types.Source(OFFICE, DAY), object_url="#object", hint=Said("与营业执照一致", "As on the business licence")),
        types.Field(name="uscc", label=CODE, value="9133010856O512345X", error=Said("第 11 位是字母 O，信用代码里没有这个字母", "Character 11 is the letter O, which credit codes never contain")),
        types.Field(name="purpose", label=Said("用途", "Purpose"), control="radio", value="verify",
                    choices=(types.Choice("verify", Said("核验", "Verification"), Said("只回答是或否", "Answers yes or no only")), types.Choice("query", Said("查询", "Query")))),
        types.Field(name="period", label=Said("期限", "Until"), control="date", value="2027-11-30", short=True, required=False),
    ]  # fmt: skip


def moments() -> list[types.Moment]:
    """A case from beginning to end."""

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, 30, tzinfo=UTC)

    return [
        types.Moment(at=at(20, 6), title=Said("办结", "Closed"), by=Said("李敏 · 市场监管局", "Li Min · Market Regulation"), tone=types.Tone.SUCCESS),
        types.Moment(at=at(19, 2), title=Said("退回补正", "Returned for correction"), by=Said("王磊 · 数据资源局", "Wang Lei · Data Bureau"), says=Said("第 118 行的注册资本没有单位，请补上。", "Row 118 gives a capital without a unit; please add it."), tone=types.Tone.WARNING),
        types.Moment(at=at(18, 1), title=Said("提交", "Submitted"), by=Said("李敏 · 市场监管局", "Li Min · Market Regulation")),
    ]  # fmt: skip


def all_parts(query: Mapping[str, str]) -> dict[str, object]:
    """Everything the page of parts shows, by name."""
    from shuzhi.terminals.design.gallery import sample_progress

    asked = fields()
    states = (("loading", "取数中"), ("error", "出错"))
    other = [table({}, id=f"sources-{state}", state=state, filters=(), pages=None, can_choose=False, export_url="",
                   caption=Said(f"数据来源（{zh}）", f"Sources ({state})"),
                   problem=Said("数据库没有应答，已告知运维。", "The database did not answer; operations know.")) for state, zh in states]  # fmt: skip
    nothing = table({}, id="sources-empty", caption=Said("数据来源（空）", "Sources (empty)"), rows=(), filters=(), pages=None, can_choose=False, export_url="",
                    empty=Said("登记一个来源，数据就从这里开始。", "Register a source: data begin here."), empty_action=types.Link(Said("登记来源", "Register a source"), "#new"))  # fmt: skip
    return {
        "crumbs": types.Crumbs((types.Link(Said("工作台", "Workbench"), "/staff/design/"),)),
        "figures": figures(), "table": table(query), "other_tables": [nothing, *other], "progress": sample_progress(11800),
        "receipt": types.Receipt(received=31509, accepted=31480, quarantined=27, duplicates=2, quarantine_url="#quarantine"),
        "broken_receipt": types.Receipt(received=120, accepted=100, quarantined=12, duplicates=2),
        "steps": types.Steps(Said("申请订阅", "Subscription"), (types.Step(Said("填写用途", "Purpose"), "done"), types.Step(Said("部门同意", "Owner agrees"), "done"),
                 types.Step(Said("主管复核", "Bureau reviews"), "now", Said("还剩 2 个工作日", "2 working days left")), types.Step(Said("发放密钥", "Keys")))),
        "timeline": types.Timeline(Said("经过", "History"), moments()),
        "deadlines": [types.Deadline(DAY, n) for n in (9, 2, 0, -3)] + [types.Deadline(DAY, 0, done=True)], "grades": [types.Grade(n) for n in (1, 2, 3, 4)],
        "source": types.Source(OFFICE, DAY, url="#batch"), "demo_chip": types.Demo(),
        "chips": [types.Chip(Said("已发布", "Published"), types.Tone.SUCCESS), types.Chip(Said("待受理", "Waiting"), types.Tone.PRIMARY), types.Chip(Said("草稿", "Draft"))],
        "tags": types.Tags(Said("按领域", "By field"), (types.Tag(Said("经济", "Economy"), "#", 128, on=True), types.Tag(Said("教育", "Education"), "#", 46), types.Tag(Said("交通", "Transport"), "#", 31))),
        "tabs": types.Tabs(Said("数据集的各面", "Sides of the data set"), (types.Tab(Said("概况", "Overview"), "#", on=True), types.Tab(Said("批次", "Batches"), "#", count=7), types.Tab(Said("质量", "Quality"), "#"))),
        "why": types.Why(title=Said("为什么是这个地址", "Why this address"), facts=(types.Fact(Said("取值", "Value"), "余杭区仓前街道文一西路 1 号"),
               types.Fact(Said("规则", "Rule"), Said("住所以市场监管局为准", "For premises, Market Regulation prevails")), types.Fact(Said("来自", "From"), types.Source(OFFICE, DAY)),
               types.Fact(Said("依据", "Basis"), Said("一数一源目录 第 12 项", "One-source catalog, item 12")))),
        "versions": types.Versions(caption=Said("目录 第 3 版与第 4 版", "Catalog entry, version 3 and 4"), before=Said("第 3 版", "Version 3"), after=Said("第 4 版", "Version 4"),
                    differences=(types.Difference(Said("共享类型", "Sharing"), "有条件共享", "无条件共享"), types.Difference(Said("更新周期", "Frequency"), "每月", "每月"), types.Difference(Said("联系电话", "Telephone"), None, "0571-12345"))),
        "map": district_map(Said("各区县企业数", "Firms by district")), "towns": towns(), "chart": chart(), "lineage": lineage_of_firms(),
        "fields": asked, "errors": types.ErrorSummary(asked),
        "confirm": types.Confirm(title=Said("撤销税务局的订阅？", "Revoke the Taxation subscription?"), verb=Said("撤销订阅", "Revoke"), action_url="/staff/design/", back_url="#", danger=True,
                   consequences=(Said("密钥立即失效，税务局的 2 个系统随即调不通。", "The keys stop working at once; two of Taxation’s systems can no longer call."), Said("要恢复须重新申请，约 3 个工作日。", "To restore it, Taxation applies again: about 3 working days."))),
    }  # fmt: skip


def public_home() -> dict[str, object]:
    """Life events of a person and of a firm."""
    life = (
        ("出生", "Birth"),
        ("入学", "School"),
        ("就业", "Work"),
        ("安家", "Home"),
        ("就医", "Health"),
        ("养老", "Old age"),
        ("身后", "Bereavement"),
    )
    firm = (("开办", "Start"), ("用工", "Hire"), ("融资", "Finance"), ("纳税", "Tax"), ("注销", "Close"))
    return {
        "life": [Said(*each) for each in life],
        "firm": [Said(*each) for each in firm],
        "place_now": "home",
    }


def cockpit() -> dict[str, object]:
    """Tiles in order of urgency, the map, alerts."""
    order = {types.Tone.DANGER: 0, types.Tone.WARNING: 1}
    alerts = (
        (types.Tone.DANGER, Said("信访局 1 件问题数据超期", "Complaints: one data issue is overdue"), Said("超 1 个工作日，已派督办给数据专员", "1 working day late; the data officer has the order")),
        (types.Tone.WARNING, Said("整改率连续三日下降", "Correction rate has fallen for three days"), Said("87.0% → 85.8%（163／190）", "87.0% → 85.8% (163 of 190)")),
    )  # fmt: skip
    return {
        "figures": sorted(figures(), key=lambda each: order.get(each.tone, 2)),
        "map": district_map(Said("各区县企业数", "Firms by district")),
        "alerts": alerts,
        "day": DAY,
    }
