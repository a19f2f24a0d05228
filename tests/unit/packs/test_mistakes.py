"""What authors get wrong: each mistake is made alone in a pack without a fault, and is told where it is."""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest
from tests.unit.packs.good import GOOD, GROUND


class Mistake(NamedTuple):
    """In which file what is written instead of what, which rule finds it, and a part of both messages."""

    file: str
    written: str
    instead: str
    rule: str
    zh: str
    en: str


PACK, GRADE, DATA, SOURCE = "pack.yaml", "grade.yaml", "datasets/parks.yaml", "sources/parks.yaml"
CODES, REGISTER, FACE = "codelists/park-kinds.yaml", "registers/green.yaml", "interfaces/park-by-number.yaml"
FIGURE, RULES, PLAY = "indicators/P1.yaml", "rules/entry.dmn", "scenarios/collect-parks.yaml"
WATCH, LOOP, LAW, OFFICE = (
    "access-rules/at-night.yaml",
    "../node/loops/upkeep.yaml",
    "../node/laws/greening.yaml",
    "../node/offices/parks.yaml",
)
MISTAKES = (
    # pack.yaml
    Mistake(PACK, "pack: city/parks", "pack: city/park", "pack-path", "应写作 city/parks", "must say city/parks"),
    Mistake(PACK, "pack: city/parks", "pack: City/Parks", "schema-string_pattern_mismatch", "写法应符合", "pattern"),
    Mistake(PACK, "owner: parks", "owner: forests", "owner-unknown", "没有部门 forests", "no office forests"),
    Mistake(PACK, "owner: parks\n", "", "schema-missing", "owner：缺少这一项", "Field required"),
    Mistake(PACK, "owner: parks", "ownr: parks", "schema-extra_forbidden", "ownr：没有这样的项", "not permitted"),
    Mistake(PACK, "en: Parks", "eng: Parks", "schema-missing", "title.en：缺少这一项", "title.en"),
    Mistake(PACK, "[S001]", "[S999]", "system-unknown", "没有 S999", "no S999"),
    Mistake(PACK, "[S001]", "[S001, S001]", "system-twice", "S001 重复", "S001 stands twice"),
    Mistake(PACK, "城市绿化条例", "城市绿化办法", "basis-unknown", "不在法规库", "names no law"),
    Mistake(PACK, "1992-08-01", "1992-08-02", "basis-since", "自 1992-08-01 起施行", "holds since 1992-08-01"),
    Mistake(PACK, "1992-08-01", "1992-13-01", "schema-date_from_datetime_parsing", "应为日期", "month"),
    Mistake(PACK, "[catalog, ", "[catalogue, ", "need-unknown", "没有名为 catalogue", "no room catalogue"),
    Mistake(PACK, "city/node]", "city/nodes]", "need-unknown", "没有应用包 city/nodes", "no pack city/nodes"),
    Mistake(PACK, "city/node]", "city/node >=2]", "need-version", "需要 2 以上", "2 or later"),
    Mistake(PACK, "city/node]", "city/parks]", "need-circle", "互相依赖", "need each other"),
    Mistake(PACK, "grade: bronze", "grade: golden", "schema-enum", "只能是", "Input should be"),
    Mistake(PACK, '"1.2"', "one", "schema-string_pattern_mismatch", "version：写法应符合", "version"),
    Mistake(GRADE, "grade: bronze", "grade: silver", "grade-differs", "grade.yaml 写的是 silver", "grade.yaml says silver"),
    # grade.yaml
    Mistake(GRADE, "collect-parks", "collect-trees", "grade-proof", "没有场景 collect-trees", "no scenario collect-trees"),
    Mistake(GRADE, "proof: collect-parks", "exempt: {zh: 无, en: none}", "grade-proof", "不能免除", "exempt from scenarios"),
    Mistake(GRADE, "rule: scenarios", "rule: cockpit", "grade-unanswered", "没有回答 scenarios", "about scenarios"),
    Mistake(GRADE, "rule: scenarios", "rule: speed", "schema-enum", "只能是", "Input should be"),
    Mistake(GRADE, "proof: collect-parks", "proof: a, exempt: {zh: 无, en: none}", "schema-value_error", "不合要求", "not both"),
    Mistake(GRADE, "answers:\n", "answers:\n  - {rule: scenarios, proof: collect-parks}\n", "grade-twice", "答了两次", "answered twice"),
    Mistake(GRADE, "answers:\n", "answers:\n  - {rule: refusals, exempt: {zh: 无, en: none}}\n  - {rule: deadlines, proof: collect-parks}\n", "grade-proof", "没有 wait", "shows no wait"),
    # strict YAML
    Mistake(DATA, "tier: city", "tier: city\ntier: city", "yaml", "键“tier”重复", "stands twice"),
    Mistake(DATA, "tier: city", "tier: &t city", "yaml", "锚点和别名", "anchors"),
    Mistake(DATA, "tier: city", "tier: !!str city", "yaml", "不允许使用标签", "tags such as"),
    Mistake(DATA, "tier: city", "tier: [city", "yaml", "不是合法的 YAML", "not valid YAML"),
    Mistake(DATA, "tier: city", "\ttier: city", "yaml", "不是合法的 YAML", "not valid YAML"),
    # data sets
    Mistake(DATA, "dataset: parks", "dataset: gardens", "file-name", "文件名应与 dataset 相同", "named after its dataset"),
    Mistake(DATA, "owner: parks", "owner: forests", "owner-unknown", "没有部门 forests", "no office forests"),
    Mistake(DATA, "tier: city", "tier: moon", "schema-enum", "tier：只能是", "tier"),
    Mistake(DATA, "key: [number]", "key: [no]", "key-unknown", "主键 no 不是字段", "key no is no field"),
    Mistake(DATA, "id: name,", "id: number,", "field-twice", "字段 number 重复", "field number stands twice"),
    Mistake(DATA, "type: date", "type: day", "schema-enum", "只能是", "Input should be"),
    Mistake(DATA, "required: true", "required: perhaps", "schema-bool_parsing", "应为 true 或 false", "boolean"),
    Mistake(DATA, "standard: park-kinds", "standard: park-kind", "standard-unknown", "没有标准 park-kind", "no validator"),
    Mistake(DATA, "field: name", "field: title", "rule-field-unknown", "字段 title 不存在", "title, which is no field"),
    Mistake(DATA, "codelist: park-kinds", "codelist: kinds", "rule-codelist-unknown", "代码表 kinds 不存在", "no code list"),
    Mistake(DATA, "dimension: complete", "dimension: big", "schema-enum", "只能是", "Input should be"),
    Mistake(DATA, "check: not_null", "check: reference, dataset: trees".replace(", ", "\n    "), "rule-dataset-unknown", "trees 不存在", "trees, which no pack"),
    Mistake(DATA, "1992-08-01", "1999-08-01", "basis-since", "不是 1999-08-01", "not 1999-08-01"),
    # code lists, sources
    Mistake(CODES, "code: 02", "code: 01", "code-twice", "代码 01 重复", "code 01 stands twice"),
    Mistake(CODES, "    codes:\n      - {code: 01, zh: 综合公园, en: general}\n      - {code: 02, zh: 专类公园, en: special}\n", "    file: kinds.csv\n", "codelist-broken", "kinds.csv", "kinds.csv"),
    Mistake(CODES, "    since: null\n    codes:", "    since: null\n    file: ../../secret.csv\n    codes:", "schema-string_pattern_mismatch", "写法应符合", "pattern"),
    Mistake(SOURCE, "dataset: parks", "dataset: trees", "dataset-unknown", "没有数据集 trees", "no data set trees"),
    Mistake(SOURCE, "office: parks", "office: forests", "office-unknown", "没有部门 forests", "no office forests"),
    Mistake(SOURCE, "path: parks.csv", "path: ../../../etc/passwd", "path-outside", "相对路径", "relative"),
    Mistake(SOURCE, "path: parks.csv", "path: /etc/passwd", "path-outside", "相对路径", "relative"),
    Mistake(SOURCE, "path: parks.csv\n", "", "path-missing", "缺少 path", "a path is missing"),
    Mistake(SOURCE, "kind: file", "kind: sql", "sql-incomplete", "应写明 table", "needs its table"),
    # registers, interfaces, indicators, watching
    Mistake(REGISTER, "dataset: parks", "dataset: trees", "register-names", "没有数据集 trees", "no data set trees"),
    Mistake(REGISTER, "label: name", "label: title", "register-names", "没有字段 title", "no field title"),
    Mistake(REGISTER, "by: [number]", "by: [code]", "register-names", "没有字段 code", "no field code"),
    Mistake(REGISTER, "compare: upper", "standard: uscd", "register-names", "没有标准 uscd", "no standard uscd"),
    Mistake(FACE, "register: green", "register: greens", "interface", "没有基础库 greens", "no register greens"),
    Mistake(FACE, "register: green", "register: parks", "interface", "parks 是数据集，不是基础库", "parks is a data set and no register"),
    Mistake(FACE, "by: [number]", "by: [number, name]", "interface", "只能有一个查询参数", "one parameter"),
    Mistake(FACE, "kind: record", "kind: aggregate", "interface", "不返回字段", "delivers no field"),
    Mistake(FACE, "clearance: L2", "clearance: L9", "schema-enum", "只能是", "Input should be"),
    Mistake(FIGURE, "measure: catalogued", "measure: guessed", "measure-unknown", "没有度量 guessed", "no measure guessed"),
    Mistake(FIGURE, "target: 0.9", "target: 90", "schema-less_than_equal", "不能大于 1", "less than or equal"),
    Mistake(WATCH, "kind: hours", "kind: moon", "schema-enum", "只能是", "Input should be"),
    # loops, laws, offices
    Mistake(LOOP, "start: open", "start: begun", "start-unknown", "没有状态 begun", "no state begun"),
    Mistake(LOOP, ", final: true", "", "no-final-state", "没有终结状态", "no state is final"),
    Mistake(LOOP, "to: doing", "to: working", "state-unknown", "没有状态 working", "no state working"),
    Mistake(LOOP, "from: [doing]", "from: [open]", "state-without-end", "走不到终结", "to an end"),
    Mistake(LOOP, "from: [open], to: doing", "from: [done], to: doing", "action-from-final", "不能再办理", "final state done"),
    Mistake(LOOP, "amber: 1", "amber: 9", "amber-too-early", "预警期长于", "amber begins"),
    Mistake(LOOP, "id: doing", "id: open", "name-twice", "open 重复", "open stands twice"),
    Mistake(LOOP, "roles: [data_officer]", "roles: [clerk]", "schema-enum", "只能是", "Input should be"),
    Mistake(LOOP, "who: office, roles: [data_officer]", "who: office, roles: [system]", "system-has-no-office", "不属于任何部门", "no office"),
    Mistake(LAW, "kind: regulation", "kind: custom", "schema-enum", "只能是", "Input should be"),
    Mistake(OFFICE, '"330100"', '"杭州"', "schema-string_pattern_mismatch", "division：写法应符合", "division"),
    # rules
    Mistake(RULES, "年龄 &gt;= 60", "年龄 &gt;= ", "rules-feel-syntax", "此处应为表达式", "expression"),
    Mistake(RULES, "年龄 &gt;= 60", "年纪 &gt;= 60", "rules-", "年纪", "年纪"),
    Mistake(RULES, "</definitions>", "", "rules-", "", ""),
    Mistake(RULES, "<definitions ", '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions ', "rules-", "", ""),
    # scenarios
    Mistake(PLAY, "date: 2026-11-20", "date: 20 Nov 2026", "schema-date_from_datetime_parsing", "应为日期", "date"),
    Mistake(PLAY, "upload: {source: parks}\n    keep", "uplaod: {source: parks}\n    keep", "verb-unknown", "是否想写“upload”", "did you mean “upload”"),
    Mistake(PLAY, "upload: {source: parks}\n    keep", "upload: {sauce: parks}\n    keep", "verb-arguments", "缺少这一项", "Field required"),
    Mistake(PLAY, "upload: {source: parks}\n    keep", "upload: {source: trees}\n    keep", "scenario-names", "sources/trees", "sources/trees"),
    Mistake(PLAY, "parks/data_officer\n    upload", "forests/data_officer\n    upload", "actor-unknown", "没有部门 forests", "no office forests"),
    Mistake(PLAY, "parks/data_officer\n    upload", "parks/clerk\n    upload", "role-unknown", "没有角色 clerk", "no role clerk"),
    Mistake(PLAY, "result.received = 1", "result.received = ", "feel", "表达式有误", "the expression is wrong"),
    Mistake(PLAY, "result.received = 1", "批 = 1", "feel", "表达式有误", "the expression is wrong"),
    Mistake(PLAY, "=批次.id", "=批.id", "feel", "表达式有误", "the expression is wrong"),
    Mistake(PLAY, "refused: security.not_signed_in", "refused: security.no", "refusal-unknown", "security.no", "no refusal security.no"),
    Mistake(PLAY, "issues: {dataset: parks}", "publish entry: {dataset: parks}", "then-acts", "会改变数据", "acts"),
    Mistake(PLAY, "    expect: count(result) = 0\n  - decide: {rules: entry, decision: 免票, given: {年龄: 70}}\n    expect: result.value\n", "", "nothing-expected", "没有任何预期", "nothing is expected"),
    Mistake(PLAY, "    keep: 批次\n", "    keep: 批次\n    collect:\n", "schema-value_error", "不合要求", "one verb a step"),
    Mistake(PLAY, "systems: [S001]", "systems: [S351]", "system-unknown", "S351", "S351"),
    Mistake(PLAY, "scenario: collect-parks", "scenario: collect", "file-name", "文件名应与 scenario 相同", "named after its scenario"),
)  # fmt: skip


@pytest.fixture(scope="module")
def shelf_of_mistakes(tmp_path_factory):
    root = tmp_path_factory.mktemp("mistakes")
    for name, text in {**GROUND, **{f"city/parks/{name}": text for name, text in GOOD.items()}}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


@pytest.fixture
def pack(shelf_of_mistakes):
    return shelf_of_mistakes / "city" / "parks"


def findings(root):
    from shuzhi.packs import loader

    return loader.load_packs(loader.find_packs([root]))[1]


def test_the_pack_that_the_mistakes_are_made_in_has_none(shelf_of_mistakes):
    assert findings(shelf_of_mistakes) == []


def test_there_are_enough_of_them():
    assert len(MISTAKES) + len(STRANGE) >= 60


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{each.rule}-{at}" for at, each in enumerate(MISTAKES)])
def test_a_mistake_is_told_where_it_is(shelf_of_mistakes, pack, mistake):
    file = (pack / mistake.file).resolve()
    text = file.read_text("utf-8")
    assert mistake.written in text
    file.write_text(text.replace(mistake.written, mistake.instead, 1), "utf-8")
    try:
        found = findings(shelf_of_mistakes)
    finally:
        file.write_text(text, "utf-8")

    told = [each for each in found if each.rule.startswith(mistake.rule)]
    assert told, [(each.rule, each.message.zh) for each in found]
    one = next(each for each in told if mistake.zh in each.message.zh and mistake.en in each.message.en)
    assert one.file == str(file)
    assert one.line >= 1
    assert one.column >= 1
    assert one.advice is not None
    assert one.advice.zh
    assert one.advice.en


def _link(pack):
    (pack / "datasets" / "linked.yaml").symlink_to("/etc/passwd")
    return pack / "datasets" / "linked.yaml"


def _linked_folder(pack):
    (pack / "forms-of-others").symlink_to("/etc")
    return pack / "forms-of-others"


def _pipe(pack):
    os.mkfifo(pack / "datasets" / "pipe.yaml")
    return pack / "datasets" / "pipe.yaml"


def _write(name, content):
    def make(pack):
        file = pack / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    return make


def _sparse(pack):
    file = pack / "samples" / "huge.csv"
    with file.open("wb") as made:
        made.truncate(70_000_000)
    return file


def _deep(pack):
    folder = pack / "samples" / "/".join("abcdefghij")
    folder.mkdir(parents=True)
    return pack / "samples" / "a"


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"\n".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{','.join([f'*{chr(97 + at)}'] * 9)}]".encode() for at in range(9)
)
STRANGE = {
    "a link out of the folder": (_link, "link"),
    "a folder that is a link": (_linked_folder, "link"),
    "a pipe, which would never end": (_pipe, "no-file"),
    "a file of 70 MB": (_sparse, "file-too-large"),
    "folders in folders": (_deep, "folder-too-deep"),
    "a name that nobody can see": (_write("samples/a\nb.csv", b""), "name-unreadable"),
    "a part that no room has": (_write("pages/page.yaml", b"a: 1"), "unknown-folder"),
    "a file of another kind": (_write("datasets/notes.txt", b"a"), "stray-file"),
    "YAML that grows": (_write("datasets/bomb.yaml", BOMB), "yaml"),
    "YAML nested a thousand deep": (_write("datasets/deep.yaml", b"a: " + b"[" * 1000), "yaml"),
    "a million brackets": (_write("datasets/brackets.yaml", b"[" * 1_000_000), "yaml"),
    "a declaration of 3 MB": (_write("datasets/large.yaml", b"a: " + b"x" * 3_000_000), "yaml"),
    "bytes that are no text": (_write("datasets/binary.yaml", bytes(range(256))), "yaml"),
    "another encoding": (_write("datasets/gbk.yaml", "title: 公园".encode("gbk")), "yaml"),
    "UTF-16": (_write("datasets/wide.yaml", "dataset: wide".encode("utf-16")), "yaml"),
    "an empty file": (_write("datasets/empty.yaml", b""), "schema-missing"),
    "a list where a declaration is meant": (_write("datasets/list.yaml", b"- a\n- b\n"), "schema-model"),
    "numbers without end": (_write("indicators/P2.yaml", b"indicator: P2\ntarget: 1e999999999\n"), "schema-"),
    "two documents": (_write("datasets/two.yaml", b"a: 1\n---\nb: 2\n"), "yaml"),
    "a second node": (_write("../node/nodes/a.yaml", 'node: a\ntitle: {zh: 甲, en: A}\ntier: city\ndivision: "330100"\n'.encode()), None),
    "rules that are no XML": (_write("rules/none.dmn", b"{}"), "rules-"),
    "rules of entities": (_write("rules/lol.dmn", b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><definitions>&b;</definitions>'), "rules-"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, rule) in STRANGE.items() if rule])
def test_what_is_strange_is_told_and_not_opened(shelf_of_mistakes, pack, name):
    make, rule = STRANGE[name]
    place = make(pack)
    try:
        found = findings(shelf_of_mistakes)
    finally:
        _clear(pack, place)

    assert [each.rule for each in found if each.rule.startswith(rule)], found


def _clear(pack, place):
    import shutil

    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()
    for folder in pack.iterdir():
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


class TestMoreThanOneFile:
    def test_a_pack_without_grade_yaml(self, shelf_of_mistakes, pack):
        (pack / "grade.yaml").rename(pack / "kept")
        try:
            rules = [each.rule for each in findings(shelf_of_mistakes)]
        finally:
            (pack / "kept").rename(pack / "grade.yaml")
        assert "grade-missing" in rules

    def test_what_another_pack_declares_must_be_named_among_the_needs(self, shelf_of_mistakes, pack):
        text = (
            GOOD["sources/parks.yaml"]
            .replace("source: parks", "source: lawns")
            .replace("root: samples", "root: given")
        )
        folder = shelf_of_mistakes / "city" / "lawns"
        (folder / "sources").mkdir(parents=True)
        (folder / "pack.yaml").write_text("pack: city/lawns\ntitle: {zh: 草坪, en: Lawns}\nowner: parks\n")
        (folder / "sources" / "lawns.yaml").write_text(text)
        try:
            (found,) = findings(shelf_of_mistakes)
        finally:
            _clear(pack, folder)
        assert (found.rule, found.line) == ("need-missing", 2)
        assert "city/parks" in found.message.zh

    def test_every_fault_of_every_pack_at_once(self, shelf_of_mistakes, pack):
        made = [
            each
            for each in MISTAKES
            if each.file in (DATA, PLAY) and not each.rule.startswith(("schema", "yaml"))
        ][:4]
        texts = {each.file: (pack / each.file).read_text("utf-8") for each in made}
        for each in made:
            file = pack / each.file
            file.write_text(file.read_text("utf-8").replace(each.written, each.instead, 1), "utf-8")
        try:
            rules = {each.rule for each in findings(shelf_of_mistakes)}
        finally:
            for name, text in texts.items():
                (pack / name).write_text(text, "utf-8")
        assert {each.rule for each in made} <= rules
