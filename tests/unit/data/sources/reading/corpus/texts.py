"""Delimited files as offices really hand them in."""

from __future__ import annotations

from tests.unit.data.sources.reading.corpus.case import Case

TABLE = "名称,数量,日期\n甲公司,1,2020-01-05\n乙公司,22,2020-02-06\n丙公司,3,2020-03-07\n"
COLUMNS = ("名称", "数量", "日期")
TYPES = ("text", "integer", "date")


def table(name, content, **more):
    """The same small table, written in yet another way."""
    expected = {"columns": COLUMNS, "rows": 3, "types": TYPES, "first": ("甲公司", "1", "2020-01-05")}
    return Case(name, content, **{**expected, **more})


ENCODINGS = [
    table("utf8.csv", TABLE.encode(), encoding="utf-8"),
    table("utf8-bom.csv", TABLE.encode("utf-8-sig"), encoding="utf-8-sig"),
    table("gbk.csv", TABLE.encode("gbk"), encoding="gbk"),
    table(
        "gb18030.csv",
        TABLE.replace("甲公司", "㐂公司").encode("gb18030"),
        encoding="gb18030",
        first=("㐂公司", "1", "2020-01-05"),
    ),
    table("utf16-le-bom.csv", b"\xff\xfe" + TABLE.encode("utf-16-le"), encoding="utf-16-le"),
    table("utf16-be-bom.csv", b"\xfe\xff" + TABLE.encode("utf-16-be"), encoding="utf-16-be"),
    table("utf16-le.csv", TABLE.encode("utf-16-le"), encoding="utf-16-le"),
    table("utf16-be.csv", TABLE.encode("utf-16-be"), encoding="utf-16-be"),
    table(
        "utf16-tsv.txt",
        TABLE.replace(",", "\t").encode("utf-16"),
        encoding="utf-16-le",
        delimiter="\t",
        format="tsv",
    ),
    Case(
        "gbk-few-bytes.csv",
        ("id,unit,n\n" + "".join(f"{n},km,{n}\n" for n in range(1, 400)) + "400,元,400\n").encode("gbk"),
        columns=("id", "unit", "n"),
        rows=400,
        encoding="gbk",
        last=("400", "元", "400"),
    ),
    Case(
        "gbk-only-一.csv",
        "id,等级\n1,x\n".encode("gbk").replace("等级".encode("gbk"), "一".encode("gbk")),
        columns=("id", "一"),
        rows=1,
        encoding="gbk",
    ),
    Case(
        "cyrillic.csv",
        "id,город\n1,Москва\n2,Тверь\n".encode(),
        columns=("id", "город"),
        rows=2,
        encoding="utf-8",
    ),
    Case("micro.csv", "id,unit\n1,μg/m³\n2,°C\n".encode(), columns=("id", "unit"), rows=2, encoding="utf-8"),
    Case(
        "utf16-long-text.csv",
        ("题目,正文\n" + "".join(f"第{n}题,{'这里是很长的一段文字说明' * 30}\n" for n in range(20))).encode(
            "utf-16-le"
        ),
        columns=("题目", "正文"),
        rows=20,
        encoding="utf-16-le",
        codes=None,
    ),
    Case(
        "mixed-encoding.csv",
        "名称,数\n甲,1\n".encode() + "乙,2\n".encode("gbk") + "丙,3\n丁,4\n".encode(),
        columns=("名称", "数"),
        rows=4,
        broken=1,
        encoding="utf-8",
        codes={"mixed_encoding": 1},
    ),
    Case(
        "cut-in-a-character.csv",
        "名称,数\n甲,1\n乙,2\n丙丁".encode()[:-1],
        columns=("名称", "数"),
        rows=3,
        broken=1,
        encoding="utf-8",
        codes=None,
    ),
]
DELIMITERS = [
    table("semicolon.csv", TABLE.replace(",", ";"), delimiter=";"),
    table("pipe.csv", TABLE.replace(",", "|"), delimiter="|"),
    table("tab.tsv", TABLE.replace(",", "\t"), delimiter="\t", format="tsv"),
    table("tab-named.csv", TABLE.replace(",", "\t"), delimiter="\t", format="tsv"),
    table("crlf.csv", TABLE.replace("\n", "\r\n")),
    table("cr.csv", TABLE.replace("\n", "\r")),
    table(
        "mixed-ends.csv", "名称,数量,日期\r\n甲公司,1,2020-01-05\n乙公司,22,2020-02-06\r丙公司,3,2020-03-07"
    ),
    table("no-last-end.csv", TABLE.rstrip("\n")),
    table("all-quoted.csv", "".join('"' + line.replace(",", '","') + '"\n' for line in TABLE.splitlines())),
    table("trailing-commas.csv", TABLE.replace("\n", ",\n")),
    table("blank-lines.csv", TABLE.replace("\n", "\n\n")),
    table("sep-line.csv", "sep=;\n" + TABLE.replace(",", ";"), delimiter=";", header=2),
    Case(
        "quoted-newlines.csv",
        '名称,说明\n甲,"第一行\n第二行"\n乙,"含,逗号"\n丙,"含""引号"""\n',
        columns=("名称", "说明"),
        rows=3,
        first=("甲", "第一行\n第二行"),
        last=("丙", '含"引号"'),
    ),
    Case(
        "semicolon-decimal-comma.csv",
        "品名;价\n甲;1,5\n乙;2,5\n丙;3,5\n",
        columns=("品名", "价"),
        rows=3,
        delimiter=";",
    ),
    Case(
        "chinese-commas.csv",
        "名称，数量，日期\n甲公司，1，2020-01-05\n乙公司，22，2020-02-06\n",
        columns=COLUMNS,
        rows=2,
        types=TYPES,
        delimiter="，",
    ),
    Case(
        "caret.txt",
        "a^b^c\n1^2^3\n4^5^6\n",
        columns=("a", "b", "c"),
        rows=2,
        delimiter="^",
    ),
    Case("one-column.csv", "名称\n甲\n乙\n丙\n", columns=("名称",), rows=3),
]
LAYOUT = [
    table("three-titles.csv", "余杭区企业名单,,\n2020年度,,\n单位：家,,\n" + TABLE, header=4, notes=3),
    table("three-titles-ragged.csv", "余杭区企业名单\n2020年度\n单位：家\n" + TABLE, header=4, notes=3),
    table("title-and-blank.csv", "余杭区企业名单\n\n" + TABLE, header=3, notes=1),
    table("filled-in-by.csv", "填报单位：余杭区,,填报日期：2020-04-01\n" + TABLE, header=2, notes=1),
    table("total-row.csv", TABLE + "合计,26,\n", codes={"total_row": 1}, notes=1),
    table("total-row-spaced.csv", TABLE + "合　计,26,\n", codes={"total_row": 1}, notes=1),
    table(
        "total-in-second.csv",
        "名称,数量,日期\n甲公司,1,2020-01-05\n乙公司,22,2020-02-06\n丙公司,3,2020-03-07\n总计：,26,\n",
        codes={"total_row": 1},
        notes=1,
    ),
    table("notes-at-the-end.csv", TABLE + "备注：数量以家计，含分公司。,,\n", notes=1),
    table("ragged-notes-at-the-end.csv", TABLE + "备注：1.数量以家计,含分公司。\n", notes=1),
    table("explanation-at-the-end.csv", TABLE + "\n说明：\n", notes=1),
    table("sources-at-the-end.csv", TABLE + "数据来源：市场监管局\n", notes=1),
    table("signed-at-the-end.csv", TABLE + "填表人：张某,审核人：李某,日期：2020-04-01\n", notes=1),
    table("count-at-the-end.csv", TABLE + "共3条记录\n", notes=1),
    Case(
        "two-headers.csv",
        "街道,人口,,企业,\n,男,女,内资,外资\n五常街道,100,120,30,4\n仓前街道,80,90,20,1\n",
        columns=("街道", "人口-男", "人口-女", "企业-内资", "企业-外资"),
        rows=2,
        types=("text", "integer", "integer", "integer", "integer"),
    ),
    Case(
        "two-headers-under-titles.csv",
        "人口情况表,,,\n单位：人,,,\n街道,人口,,备注\n,男,女,\n五常街道,100,120,\n仓前街道,80,90,新设\n",
        columns=("街道", "人口-男", "人口-女", "备注"),
        rows=2,
        header=3,
        notes=2,
    ),
    Case(
        "no-header.csv",
        "1,甲公司,2020-01-05\n2,乙公司,2020-02-06\n3,丙公司,2020-03-07\n",
        columns=("column_1", "column_2", "column_3"),
        rows=3,
        header=None,
        codes={"no_header": 1},
    ),
    Case(
        "one-name-for-all.csv",
        "a,a,a\n1,2,3\n4,5,6\n",
        columns=("a", "a_2", "a_3"),
        rows=2,
        codes={"duplicate_column": 2},
    ),
    Case(
        "duplicate-names.csv",
        "名称,名称,数\n甲,乙,1\n丙,丁,2\n",
        columns=("名称", "名称_2", "数"),
        rows=2,
        codes={"duplicate_column": 1},
    ),
    Case(
        "unnamed.csv",
        "名称,,数\n甲,乙,1\n丙,丁,2\n",
        columns=("名称", "column_2", "数"),
        rows=2,
        codes={"missing_column_name": 1},
    ),
    Case(
        "repeated-header.csv",
        "名称,数\n甲,1\n名称,数\n乙,2\n",
        columns=("名称", "数"),
        rows=2,
        codes={"repeated_header": 1},
    ),
    Case("header-only.csv", "名称,数\n", columns=("名称", "数"), rows=0),
    Case(
        "ragged.csv",
        "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n",
        columns=("a", "b", "c"),
        rows=4,
        broken=2,
        codes={"ragged_row": 2},
    ),
    Case(
        "unclosed.csv",
        'a,b\n1,"x\n2,y\n3,z\n',
        columns=("a", "b"),
        rows=3,
        broken=1,
        codes={"unclosed_quote": 1},
    ),
    Case("nul.csv", b"a,b\n1,x\n2,y\0z\n3,w\n", columns=("a", "b"), rows=3, broken=1, codes={"nul_byte": 1}),
    Case(
        "long-cell.csv",
        "a,b\n1,x\n2," + "字" * 1_000_000 + "\n3,w\n",
        columns=("a", "b"),
        rows=3,
        broken=1,
        codes={"cell_too_long": 1},
    ),
]
VALUES = [
    Case(
        "chinese-days.csv",
        "事项,日期\n甲,2020年1月5日\n乙,2020年12月31日\n丙,2021年2月1日\n",
        types=("text", "date"),
    ),
    Case("slash-days.csv", "事项,日期\n甲,2020/1/5\n乙,2020/12/31\n丙,2021/2/1\n", types=("text", "date")),
    Case("dotted-days.csv", "事项,日期\n甲,2020.1.5\n乙,2020.12.31\n丙,2021.2.1\n", types=("text", "date")),
    Case("compact-days.csv", "事项,日期\n甲,20200105\n乙,20201231\n丙,20210201\n", types=("text", "date")),
    Case(
        "serial-days.csv",
        "事项,日期\n甲,43835\n乙,44196\n丙,44228\n",
        types=("text", "date"),
        first=("甲", "2020-01-05"),
        codes={"serial_date": 1},
    ),
    Case(
        "roc-days.csv",
        "事项,日期\n甲,民国109年1月5日\n乙,民国109年12月31日\n",
        types=("text", "text"),
        means=(None, "date"),
    ),
    Case(
        "months.csv", "事项,月份\n甲,2020年1月\n乙,2020年12月\n", types=("text", "text"), means=(None, "date")
    ),
    Case(
        "moments.csv",
        "事项,受理时间\n甲,2020/1/5 9:05\n乙,2020-12-31 23:59:59\n丙,2021年2月1日 8时30分\n",
        types=("text", "datetime"),
    ),
    Case("times.csv", "事项,时刻\n甲,09:05\n乙,23:59\n", types=("text", "text")),
    Case(
        "money-signs.csv",
        '项目,金额\n甲,"￥1,234.50"\n乙,"¥2,000"\n丙,￥30\n',
        types=("text", "amount"),
        means=(None, "amount"),
    ),
    Case(
        "money-units.csv",
        "企业名称,注册资本\n余杭甲公司,500万元\n余杭乙公司,1.2亿元\n余杭丙公司,30万美元\n",
        types=("text", "amount"),
        means=("organization_name", "amount"),
    ),
    Case(
        "thousands.csv",
        '项目,金额\n甲,"1,234.50"\n乙,"2,000"\n丙,30\n',
        types=("text", "decimal"),
        means=(None, "amount"),
    ),
    Case(
        "bare-wan.csv",
        "项目,投资\n甲,500万\n乙,1.2亿\n丙,30万\n",
        types=("text", "amount"),
        means=(None, "amount"),
    ),
    Case(
        "percent.csv",
        "项目,占比\n甲,12.5%\n乙,80%\n丙,7.25％\n",
        types=("text", "text"),
        means=(None, "percent"),
        codes=None,
    ),
    Case(
        "full-width.csv",
        "项目,数量\n甲,１２\n乙,３\n丙,４５６\n",
        types=("text", "integer"),
        codes={"writing": 3},
    ),
    Case(
        "leading-zeros.csv",
        "工号,组\n00123,1\n00124,2\n00125,1\n",
        types=("text", "integer"),
        first=("00123", "1"),
    ),
    Case(
        "apostrophes.csv",
        "工号,组\n'00123,1\n'00124,2\n'00125,1\n",
        types=("text", "integer"),
        codes={"writing": 3},
    ),
    Case(
        "phones-abroad.csv",
        "姓名,手机\n张三,+86 13800138000\n李四,+86-13900139000\n王五,8613700137000\n",
        types=("text", "text"),
        means=("person_name", "phone"),
    ),
    Case(
        "phones-numbers.csv",
        "姓名,手机号\n张三,13800138000\n李四,13900139000\n",
        types=("text", "text"),
        means=("person_name", "phone"),
    ),
    Case(
        "phones-scientific.csv",
        "姓名,手机号\n张三,1.38E+10\n李四,1.39E+10\n",
        types=("text", "text"),
        codes={"scientific": 2},
    ),
    Case("english-booleans.csv", "item,done\na,TRUE\nb,false\nc,True\n", types=("text", "boolean")),
    Case("zero-one.csv", "item,done\na,1\nb,0\nc,1\n", types=("text", "integer")),
    Case(
        "negative-brackets.csv",
        "项目,余额\n甲,(1200)\n乙,300\n丙,-5\n",
        types=("text", "integer"),
        codes={"not_integer": 1},
    ),
    Case("big-numbers.csv", "a,n\nx,123456789012345678901234567890\ny,1\n", types=None, codes=None),
    Case("emails.csv", "姓名,邮箱\n张三,a@b.cn\n李四,c@d.org.cn\n王五,无\n", means=("person_name", "email")),
    Case(
        "invisible.csv",
        "名称,数\n甲\u200b,\u200b1\n\u00a0乙,2\u3000\n",
        types=("text", "integer"),
        codes=None,
    ),
    Case("formulas.csv", "名称,说明\n甲,=1+1\n乙,@SUM(A1)\n丙,普通\n丁,-x\n", codes={"formula": 3}),
    Case("all-empty-column.csv", "名称,空,数\n甲,,1\n乙,,2\n", types=("text", "text", "integer"), rows=2),
    Case("markers.csv", "名称,数\n甲,1\n乙,N/A\n丙,—\n丁,暂无\n戊,5\n", types=("text", "integer"), rows=5),
]
TEXTS = [*ENCODINGS, *DELIMITERS, *LAYOUT, *VALUES]
