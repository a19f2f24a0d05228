"""Mistakes that only show when the parts of packs are read together, many of them made at once."""

from __future__ import annotations

import pytest
from tests.unit.packs.good import GOOD, GROUND
from tests.unit.packs.test_mistakes import (
    DATA,
    FACE,
    FIGURE,
    LAW,
    PACK,
    PLAY,
    REGISTER,
    RULES,
    SOURCE,
    WATCH,
    Mistake,
)

FORM, PROCESS, CONSENT, HARVEST = (
    "forms/visit.json",
    "processes/visit.bpmn",
    "agreements/tell-parks.yaml",
    "harvests/other.yaml",
)
OFFICE, CODES = "../node/offices/data-bureau.yaml", "codelists/park-kinds.yaml"
CHECK = "check: not_null\n    field: name"
WATER = "clearance: L2"
BY_KEY = "kind: record\nby: [number]\nfields: [number, name, kind]"
UPLOAD = "upload: {source: parks}\n    keep"
THEMES = """\
list: themes
title: {zh: 主题, en: Themes}
standard: none
source: invented
versions:
  - version: "1"
    since: null
    codes: [{code: city, zh: 城市, en: City}]
"""
MISTAKES = (
    # words
    Mistake(PACK, "zh: 公园", "zh: ''", "words-empty", "title.zh 是空的", "title.zh is empty"),
    Mistake(PACK, "zh: 公园", "zh: ' '", "words-empty", "title.zh 是空的", "title.zh is empty"),
    Mistake(PACK, "en: Parks", "en: ''", "words-empty", "title.en 是空的", "title.en is empty"),
    Mistake(PACK, "en: Parks", "en: 公园", "words-untranslated", "title.en 还是中文", "still Chinese"),
    Mistake(PACK, "zh: 公园", "zh: Parks", "words-untranslated", "title.zh 还是英文", "still English"),
    Mistake(PACK, "zh: 公园", "zh: 公\u202e园", "hidden", "U+202E", "U+202E"),
    Mistake(PACK, "zh: 公园", "zh: 公\u200b园", "hidden", "U+200B", "U+200B"),
    Mistake(FORM, "参观申请", "参观\u2066申请", "hidden", "U+2066", "U+2066"),
    Mistake(PROCESS, "审核", "审\u200b核", "hidden", "U+200B", "U+200B"),
    Mistake(RULES, "入园", "入\u202e园", "hidden", "U+202E", "U+202E"),
    Mistake(CONSENT, "en: I agree", "en: ''", "words-empty", "text.en 是空的", "text.en is empty"),
    # needs
    Mistake(PACK, "city/node]", "city/node >= 1]", "need-unreadable", "读不懂", "is no need"),
    Mistake(PACK, "city/node]", "city/node ^1]", "need-unreadable", "读不懂", "is no need"),
    Mistake(PACK, "city/node]", "city/node <2]", "need-unreadable", "读不懂", "is no need"),
    Mistake(PACK, "[catalog, ", "[catalog，", "need-unreadable", "读不懂", "is no need"),
    Mistake(PACK, "city/node]", "city/node, city/node]", "need-twice", "city/node 写了两次", "stands twice"),
    Mistake(PACK, "grade: bronze", "grade: gold", "grade-gold", "暂不授予", "not given yet"),
    Mistake(PACK, '"1.2"', '"１.２"', "schema-string_pattern_mismatch", "version", "version"),
    # data sets: half a rule
    Mistake(DATA, CHECK, "check: not_null", "rule-incomplete", "写了 0 个", "not at 0"),
    Mistake(DATA, CHECK, "check: length\n    field: name", "rule-incomplete", "min 或 max", "a min or a max"),
    Mistake(DATA, CHECK, "check: length\n    field: name\n    min: 9\n    max: 1", "rule-incomplete", "大于 max", "greater than max"),
    Mistake(DATA, CHECK, "check: range\n    field: name\n    min: 1", "rule-incomplete", "不是数字", "no numbers"),
    Mistake(DATA, CHECK, "check: compare\n    fields: [number]\n    op: lt", "rule-incomplete", "应看 2 个", "looks at 2"),
    Mistake(DATA, CHECK, "check: compare\n    fields: [number, name]", "rule-incomplete", "op", "op"),
    Mistake(DATA, CHECK, "check: reference\n    field: name\n    dataset: parks\n    to: nowhere", "rule-incomplete", "没有字段 nowhere", "no field nowhere"),
    Mistake(DATA, CHECK, "check: fresh\n    field: opened", "rule-incomplete", "days", "days"),
    Mistake(DATA, CHECK, "check: not_future\n    field: name", "rule-incomplete", "不是日期", "no dates"),
    Mistake(DATA, CHECK, "check: valid\n    field: name", "rule-incomplete", "没有 standard", "no standard"),
    Mistake(DATA, "id: kind-known", "id: name-present", "rule-twice", "name-present 重复", "stands twice"),
    Mistake(DATA, "key: [number]", "key: [number, number]", "key-twice", "写了两次", "twice"),
    Mistake(DATA, "zh: 名称, en: Name", "zh: 编号, en: Name", "heading-twice", "都叫“编号”", "both called"),
    Mistake(DATA, "theme: city", "theme: forest", "theme-unknown", "没有主题 forest", "no theme forest"),
    # sources and samples
    Mistake(SOURCE, "path: parks.csv", "path: park.csv", "sample-missing", "是否想写“parks.csv”", "did you mean “parks.csv”"),
    Mistake(SOURCE, "path: parks.csv", "path: Parks.CSV", "sample-missing", "是否想写“parks.csv”", "did you mean “parks.csv”"),
    Mistake(SOURCE, "mode: full", "mode: incremental\nwatermark: grown", "watermark-unknown", "没有字段 grown", "no field grown"),
    Mistake(SOURCE, "mode: full", "mode: full\noptions: {encoding: klingon}", "encoding-unknown", "没有编码 klingon", "no encoding klingon"),
    Mistake(CODES, "en: special}", "en: special, parent: 99}", "code-parent-unknown", "没有上级代码 99", "no code 99"),
    Mistake(CODES, "zh: 专类公园", "zh: ''", "words-empty", "没有中文名称", "no Chinese name"),
    # registers and what stands on their fields
    Mistake(REGISTER, "kind: kind}", "kind: knd}", "register-names", "没有字段 knd", "no field knd"),
    Mistake(REGISTER, ", kind: kind}", "}", "register-names", "kind 没有来源", "no source says the field kind"),
    Mistake(REGISTER, "identifier: true, ", "", "register-names", "没有标识字段", "no field identifies"),
    Mistake(REGISTER, "by: [number]", "by: []", "register-names", "没有写按哪些字段", "not by which fields"),
    Mistake(REGISTER, "owner: parks", "owner: forests", "register-names", "没有部门 forests", "no office forests"),
    Mistake(REGISTER, "en: Kind}", "en: Kind}, sources: [parks, parks]", "register-names", "写了两次", "twice"),
    Mistake(FACE, "name, kind]", "name, colour]", "interface", "没有字段 colour", "no field colour"),
    Mistake(FACE, "name, kind]", "name, name]", "interface", "name 写了两次", "name stands twice"),
    Mistake(FACE, "by: [number]", "by: [code]", "interface", "没有字段 code", "no field code"),
    Mistake(FACE, "by: [number]", "by: [name]", "interface", "name 不是标识", "does not identify"),
    Mistake(FACE, WATER, f"{WATER}\nrows: {{division: district}}", "interface", "没有字段 district", "no field district"),
    Mistake(FACE, WATER, f"{WATER}\nrows: {{clients: {{register: none, by: number, office: number}}}}", "interface", "没有基础库 none", "no register none"),
    Mistake(FACE, BY_KEY, "kind: aggregate\ngroup_by: [colour]", "interface", "没有字段 colour", "no field colour"),
    Mistake(FORM, '"by": "number", "fields"', '"by": "code", "fields"', "forms-register-field", "没有字段 code", "no field code"),
    Mistake(FORM, '{"number": "number"}', '{"number": "nummer"}', "forms-register-field", "没有字段 nummer", "no field nummer"),
    Mistake(HARVEST, "id: number", "id: nummer", "harvest-field-unknown", "没有字段 nummer", "no field nummer"),
    Mistake(HARVEST, "theme: city", "theme: forest", "theme-unknown", "没有主题 forest", "no theme forest"),
    # processes
    Mistake(PROCESS, 'decision="免票"', 'decision="打折"', "process-decision-unknown", "没有决策 打折；现有：免票", "no decision 打折"),
    Mistake(PROCESS, 'office="parks"', 'office="forests"', "process-office-unknown", "没有部门 forests", "no office forests"),
    Mistake(PROCESS, '<endEvent id="yes"/>', '<serviceTask id="yes" shuzhi:service="rm.rf"/>', "process-service-unknown", "没有服务 rm.rf", "service rm.rf"),
    Mistake(PROCESS, 'name="审核"', 'name=""', "process-name-missing", "没有名称", "no name"),
    # the others
    Mistake(FIGURE, "target: 0.9", "target: 0.9\ntarget_year: 99999", "schema-less_than_equal", "2100", "2100"),
    Mistake(FIGURE, "target: 0.9", "target: NaN", "schema-finite_number", "有限的数字", "finite"),
    Mistake(WATCH, "office: data-bureau", "office: nobody", "access-office-unknown", "没有部门 nobody", "no office nobody"),
    Mistake(WATCH, "kind: hours", "kind: hours\nround_the_clock: [nobody]", "access-office-unknown", "没有部门 nobody", "no office nobody"),
    Mistake(LAW, "since: 1992-08-01", "since: 1992-08-01\nuntil: 1990-01-01", "law-ends-early", "不晚于施行日", "not after"),
    Mistake(OFFICE, '"330100"', '"339999"', "division-unknown", "没有区划 339999", "no division 339999"),
    Mistake(OFFICE, "posts:\n", "posts:\n  - {id: head, title: {zh: 书记, en: Other}, role: bureau, duties: {zh: 负责, en: leads}}\n", "post-twice", "head 重复", "stands twice"),
    # scenarios
    Mistake(PLAY, UPLOAD, "upload: {source: parks, file: none.csv}\n    keep", "verb-arguments", "都没有 none.csv", "hold none.csv"),
    Mistake(PLAY, UPLOAD, "upload: {source: parks, file: ../../../../../etc/passwd}\n    keep", "verb-arguments", "都没有", "hold"),
    Mistake(PLAY, "decision: 免票", "decision: 打折", "verb-arguments", "没有决策 打折", "no decision 打折"),
    Mistake(PLAY, "{年龄: 70}", "{岁数: 70}", "verb-arguments", "没有输入 岁数", "no input 岁数"),
    Mistake(PLAY, "keep: 批次", "keep: result", "keep-name", "保留的名字", "has a meaning already"),
    Mistake(PLAY, "keep: 批次", "keep: if", "keep-name", "不能在表达式里当名字", "no name in an expression"),
    Mistake(PLAY, "as: public", "as: parks/system", "role-unknown", "写 platform", "write platform"),
    Mistake(PLAY, "expect: result.value", "expect: 'true'", "expects-nothing", "不看任何结果", "looks at nothing"),
    Mistake(PLAY, "systems: [S001]", "systems: [S002]", "system-unclaimed", "S002", "S002"),
)  # fmt: skip


def batches():
    """The mistakes so that no file has two at once, and none hides what another is told by."""
    left, made = list(MISTAKES), []
    while left:
        batch, files = [], set()
        for each in list(left):
            # What others are checked against stays as it is while they are.
            group = {DATA: "base", REGISTER: "base", RULES: "base", OFFICE: "base"}.get(each.file)
            if each.file in files or (group and files) or files & {DATA, REGISTER, RULES, OFFICE}:
                continue
            batch.append(each)
            files.add(each.file)
            left.remove(each)
        made.append(batch)
    return made


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("more")
    texts = {**GROUND, **{f"city/parks/{name}": text for name, text in GOOD.items()}}
    for name, text in {**texts, "city/node/codelists/themes.yaml": THEMES}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


def findings(root):
    from shuzhi.packs import loader

    return [*loader.find_astray([root]), *loader.load_packs(loader.find_packs([root]))[1]]


def test_there_are_many_of_them():
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize("batch", batches(), ids=lambda batch: f"{batch[0].rule}-and-{len(batch) - 1}")
def test_all_mistakes_are_told_at_once(tree, batch):
    kept = {}
    for each in batch:
        file = (tree / "city/parks" / each.file).resolve()
        kept[file] = text = file.read_text("utf-8")
        assert each.written in text, each
        file.write_text(text.replace(each.written, each.instead, 1), "utf-8")
    try:
        found = findings(tree)
    finally:
        for file, text in kept.items():
            file.write_text(text, "utf-8")

    for each in batch:
        file = str((tree / "city/parks" / each.file).resolve())
        told = [one for one in found if one.file == file and one.rule.startswith(each.rule)]
        one = next((one for one in told if each.zh in one.message.zh and each.en in one.message.en), None)
        assert one, (each, [(one.rule, one.message.zh) for one in found])
        assert one.line >= 1
        assert one.advice
        assert one.advice.zh
        assert one.advice.en
        # the family's or the rule's own advice, never the one for rules that nobody thought of
        assert "再检查一次" not in one.advice.zh, one.rule


MISPLACED = {
    "city/trees/pack.yml": "manifest-name",
    "city/trees/Pack.yaml": "manifest-name",
    "city/south/trees/pack.yaml": "pack-place",
    "trees/pack.yaml": "pack-place",
    "city/trees/datasets/trees.yaml": "manifest-missing",
    "city/parks/datasets/more/trees.yaml": "stray-folder",
    "city/parks/datasets/parks.yaml.bak": "stray-file",
    "city/parks/grades.yaml": "stray-file",
    "city/parks/samples/run.sh": "stray-file",
    "city/parks/samples/lib.so": "stray-file",
    "city/parks/samples/Parks.csv": "name-case",
    "city/parks/Datasets/trees.yaml": "unknown-folder",
}


@pytest.mark.parametrize("name", MISPLACED)
def test_nothing_is_passed_over_in_silence(tree, name):
    import shutil

    file = tree / name
    made = next(each for each in [*reversed(file.parents), file] if not each.exists())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("pack: city/trees\n", "utf-8")
    try:
        found = findings(tree)
    finally:
        shutil.rmtree(made) if made.is_dir() else made.unlink()

    assert MISPLACED[name] in {one.rule for one in found}, found


def test_a_pack_that_is_a_link_is_not_followed(tree):
    link = tree / "city/linked"
    link.symlink_to(tree / "city/parks")
    try:
        assert [one.rule for one in findings(tree)] == ["link"]
    finally:
        link.unlink()


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tree):
    file = tree / "city/parks/datasets/parks.yaml"
    text = file.read_text("utf-8")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    try:
        assert findings(tree) == []
    finally:
        file.write_text(text, "utf-8")


def test_a_declaration_of_very_many_keys_is_refused_soon(tree):
    file = tree / "city/parks/datasets/many.yaml"
    file.write_text("".join(f"k{at}: 1\n" for at in range(150_000)), "utf-8")
    try:
        found = findings(tree)
    finally:
        file.unlink()
    assert [one.rule for one in found] == ["yaml"]
