"""`shuzhi packs new`: a pack to begin with, small and whole: it passes its checks and its own scenario."""

from __future__ import annotations

import re
from pathlib import Path

from shuzhi.packs.errors import PackExists, PackNameWrong
from shuzhi.packs.types import PACK_ID

MANIFEST = """\
pack: {pack}
title: {{zh: {name} 应用包, en: Pack {name}}}
summary: {{zh: 由 shuzhi packs new 生成，请改写, en: "Made by `shuzhi packs new`: write what it is for"}}
systems: []            # 支撑的系统，编号见 packs/platform/systems/systems.csv
owner: {owner}
basis:
  - {{title: 浙江省公共数据条例, since: 2022-03-01}}
needs: [catalog, sources, quality]
grade: bronze
version: "1"
synthetic: true
"""
GRADE = """\
grade: bronze
answers:
  - {{rule: scenarios, proof: {dataset}-collected}}
"""
DATASET = """\
dataset: {dataset}
title: {{zh: {name} 数据, en: Data of {name}}}
owner: {owner}
tier: city
theme: city
update: monthly
sharing: conditional
opening: none
synthetic: true
basis:
  - {{title: 浙江省公共数据条例, since: 2022-03-01}}
key: [number]
fields:
  - {{id: number, name: {{zh: 编号, en: Number}}, type: text, required: true}}
  - {{id: title, name: {{zh: 名称, en: Title}}, type: text}}
  - {{id: since, name: {{zh: 启用日期, en: In use since}}, type: date}}
rules:
  - id: title-present
    dimension: complete
    check: not_null
    field: title
    severity: error
    message: {{zh: 名称缺失, en: The title is missing}}
"""
SOURCE = """\
source: {dataset}
dataset: {dataset}
office: {owner}
kind: file
path: {dataset}.csv
root: samples
mode: full
"""
SAMPLE = """\
编号,名称,启用日期
0001,第一个,2024-05-01
0002,第二个,2025-03-12
0003,,2026-01-08
"""
SCENARIO = """\
scenario: {dataset}-collected
title: {{zh: 归集样例并发现问题数据, en: The sample is collected and its problem is found}}
date: 2026-11-20
given:
  - as: data-bureau/bureau
    publish entry: {{dataset: {dataset}}}
do:
  - as: {owner}/data_officer
    upload: {{source: {dataset}}}
  - as: {owner}/data_officer
    collect:
    keep: 批次
    expect: 批次.received = 3 and 批次.accepted = 3
then:
  - issues: {{dataset: {dataset}}}
    expect: count(result) = 1 and result[1].rule = "title-present"
  - audit: {{action: sources.}}
    expect: count(result) >= 2
"""
FILES = {
    "pack.yaml": MANIFEST,
    "grade.yaml": GRADE,
    "datasets/{dataset}.yaml": DATASET,
    "sources/{dataset}.yaml": SOURCE,
    "samples/{dataset}.csv": SAMPLE,
    "scenarios/{dataset}-collected.yaml": SCENARIO,
}


def scaffold(pack: str, *, into: Path, owner: str) -> Path:
    """Write a pack to begin with; returns its folder.

    Raises:
        PackNameWrong: the name is not field/name.
        PackExists: something is there already.
    """
    if not re.fullmatch(PACK_ID, pack) or not re.match(r"[a-z]", pack.partition("/")[2]):
        raise PackNameWrong(name=pack)
    folder = into / pack
    if folder.exists():
        raise PackExists(folder=folder)
    facts = {"pack": pack, "name": pack.partition("/")[2], "dataset": pack.partition("/")[2], "owner": owner}
    for name, text in FILES.items():
        file = folder / name.format(**facts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if name.endswith(".csv") else text.format(**facts), "utf-8")
    return folder
