"""A pack without a fault that has something of everything: the mistakes are made in it."""

from __future__ import annotations

GROUND = {
    "city/node/pack.yaml": """\
pack: city/node
title: {zh: 节点, en: Node}
owner: data-bureau
""",
    "city/node/offices/data-bureau.yaml": """\
office: data-bureau
title: {zh: 大数据局, en: Data bureau}
division: "330100"
tier: city
posts:
  - {id: head, title: {zh: 局长, en: Head}, role: bureau, duties: {zh: 负责, en: leads}}
""",
    "city/node/offices/parks.yaml": """\
office: parks
title: {zh: 园林局, en: Parks}
division: "330100"
tier: city
""",
    "city/node/laws/greening.yaml": """\
law: greening
title: {zh: 城市绿化条例, en: Ordinance on urban greening}
kind: regulation
issuer: {zh: 国务院, en: State Council}
since: 1992-08-01
""",
    "city/node/loops/upkeep.yaml": """\
loop: upkeep
title: {zh: 养护, en: Upkeep}
start: open
states:
  - {id: open, title: {zh: 待办, en: Open}}
  - {id: doing, title: {zh: 在办, en: In hand}}
  - {id: done, title: {zh: 办结, en: Done}, final: true}
due: {working_days: 3, amber: 1}
actions:
  - {id: take, title: {zh: 受理, en: Take}, from: [open], to: doing, by: {who: office, roles: [data_officer]}}
  - {id: finish, title: {zh: 办结, en: Finish}, from: [doing], to: done, by: {who: office, roles: [data_officer]}}
basis:
  - {title: 城市绿化条例 第三条, since: 1992-08-01}
""",
}
GOOD = {
    "pack.yaml": """\
pack: city/parks
title: {zh: 公园, en: Parks}
systems: [S001]
owner: parks
basis:
  - {title: 城市绿化条例, since: 1992-08-01}
needs: [catalog, sources, city/node]
grade: bronze
version: "1.2"
""",
    "grade.yaml": """\
grade: bronze
answers:
  - {rule: scenarios, proof: collect-parks}
""",
    "codelists/park-kinds.yaml": """\
list: park-kinds
title: {zh: 公园类型, en: Kinds of parks}
standard: none
source: invented
versions:
  - version: "1"
    since: null
    codes:
      - {code: 01, zh: 综合公园, en: general}
      - {code: 02, zh: 专类公园, en: special}
""",
    "datasets/parks.yaml": """\
dataset: parks
title: {zh: 公园, en: Parks}
owner: parks
tier: city
theme: city
update: yearly
sharing: unconditional
opening: unconditional
basis:
  - {title: 城市绿化条例, since: 1992-08-01}
key: [number]
fields:
  - {id: number, name: {zh: 编号, en: Number}, required: true}
  - {id: name, name: {zh: 名称, en: Name}}
  - {id: kind, name: {zh: 类型, en: Kind}, standard: park-kinds}
  - {id: opened, name: {zh: 开放日期, en: Opened}, type: date}
rules:
  - id: name-present
    dimension: complete
    check: not_null
    field: name
    severity: error
    message: {zh: 名称缺失, en: The name is missing}
  - id: kind-known
    dimension: normative
    check: in_codelist
    field: kind
    codelist: park-kinds
    severity: warning
    message: {zh: 类型不对, en: The kind is unknown}
""",
    "sources/parks.yaml": """\
source: parks
dataset: parks
office: parks
kind: file
path: parks.csv
root: samples
mode: full
""",
    "samples/parks.csv": "编号,名称,类型,开放日期\n1,西湖公园,01,2001-05-01\n",
    "registers/green.yaml": """\
register: green
title: {zh: 绿地库, en: Green spaces}
owner: parks
label: name
sources:
  - dataset: parks
    fields: {number: number, name: name, kind: kind}
fields:
  - {id: number, name: {zh: 编号, en: Number}, identifier: true, compare: upper}
  - {id: name, name: {zh: 名称, en: Name}}
  - {id: kind, name: {zh: 类型, en: Kind}}
match:
  - {by: [number]}
""",
    "interfaces/park-by-number.yaml": """\
interface: park-by-number
title: {zh: 公园查询, en: A park by its number}
owner: parks
register: green
kind: record
by: [number]
fields: [number, name, kind]
clearance: L2
basis:
  - {title: 城市绿化条例, since: 1992-08-01}
""",
    "indicators/P1.yaml": """\
indicator: P1
title: {zh: 归集率, en: Catalogued}
group: {zh: 公园, en: Parks}
definition: {zh: 已编目的比例, en: share that is catalogued}
numerator: {zh: 已编目, en: catalogued}
denominator: {zh: 全部, en: all}
measure: catalogued
target: 0.9
source: {zh: 示例, en: Example}
""",
    "access-rules/at-night.yaml": """\
rule: at-night
title: {zh: 夜间访问, en: At night}
kind: hours
why: {zh: 夜间调用, en: calls at night}
least: 10
share: 0.1
history_least: 10
office: data-bureau
severity: medium
basis:
  - {title: 城市绿化条例, since: 1992-08-01}
""",
    "rules/entry.dmn": """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="entry" name="入园" namespace="urn:test:entry">
  <inputData id="i1" name="年龄"><variable id="v1" name="年龄" typeRef="number"/></inputData>
  <decision id="d1" name="免票">
    <variable id="v2" name="免票" typeRef="boolean"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <literalExpression id="e1"><text>年龄 &gt;= 60</text></literalExpression>
  </decision>
</definitions>
""",
    "scenarios/collect-parks.yaml": """\
scenario: collect-parks
title: {zh: 归集公园, en: Parks are collected}
systems: [S001]
date: 2026-11-20
given:
  - as: data-bureau/bureau
    publish entry: {dataset: parks}
do:
  - as: parks/data_officer
    upload: {source: parks}
    keep: 批次
  - as: parks/data_officer
    collect: {batch: =批次.id}
    expect: result.received = 1
  - as: public
    upload: {source: parks}
    refused: security.not_signed_in
then:
  - issues: {dataset: parks}
    expect: count(result) = 0
  - decide: {rules: entry, decision: 免票, given: {年龄: 70}}
    expect: result.value
""",
    "forms/visit.json": """\
{
  "id": "visit",
  "title": {"zh": "参观申请", "en": "A visit"},
  "owner": "parks",
  "basis": [{"title": "城市绿化条例", "since": "1992-08-01"}],
  "schema": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
      "number": {"type": "string", "maxLength": 20},
      "people": {"type": "integer", "minimum": 1, "maximum": 500},
      "reason": {"type": "string", "maxLength": 200}
    },
    "required": ["number", "people"]
  },
  "layout": {"pages": [{"id": "one", "title": {"zh": "申请", "en": "Application"}, "sections": [{"id": "s", "fields": [
    {"field": "number", "title": {"zh": "公园编号", "en": "Number of the park"}},
    {"field": "people", "title": {"zh": "人数", "en": "People"}},
    {"field": "reason", "title": {"zh": "事由", "en": "Reason"}}
  ]}]}]},
  "logic": {"visible": {"reason": "people > 50"}},
  "prefill": [{"id": "park", "register": "green", "by": "number", "fields": {"number": "number"}}]
}
""",
    "processes/visit.bpmn": """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" targetNamespace="urn:test">
  <process id="visit" name="参观" isExecutable="true">
    <startEvent id="start"/>
    <userTask id="look" name="审核" shuzhi:office="parks" shuzhi:roles="data_officer" shuzhi:form="visit" shuzhi:workingDays="3"/>
    <businessRuleTask id="rule" name="免票" shuzhi:rules="entry" shuzhi:decision="免票" shuzhi:result="免票"><extensionElements><shuzhi:input name="年龄" value="年龄"/></extensionElements></businessRuleTask>
    <exclusiveGateway id="gate" default="f4"/>
    <endEvent id="yes"/>
    <endEvent id="no"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="look"/>
    <sequenceFlow id="f2" sourceRef="look" targetRef="rule"/>
    <sequenceFlow id="f3" sourceRef="rule" targetRef="gate"/>
    <sequenceFlow id="f4" sourceRef="gate" targetRef="no"/>
    <sequenceFlow id="f5" sourceRef="gate" targetRef="yes"><conditionExpression>免票</conditionExpression></sequenceFlow>
  </process>
</definitions>
""",
    "agreements/tell-parks.yaml": """\
agreement: tell-parks
version: "1"
title: {zh: 告知园林局, en: Telling the parks office}
owner: parks
purpose: 核验
receivers: [data-bureau]
fields: {name: {zh: 名称, en: Name}}
days: 30
text: {zh: 同意, en: I agree}
basis:
  - {title: 城市绿化条例, since: 1992-08-01}
""",
    "harvests/other.yaml": """\
harvest: other
dataset: parks
node: shanghai
title: {zh: 上海, en: Shanghai}
source: {zh: 来源, en: Source}
tier: city
update: irregular
columns: {id: number, title: name}
themes: {}
theme: city
openings: {}
opening: conditional
licences: {}
formats: {}
""",
}
