"""A place for packs of a test."""

from __future__ import annotations

import pytest

OFFICE = """
office: data-bureau
title: {zh: 数据局, en: Data bureau}
division: "330100"
tier: city
posts:
  - {id: head, title: {zh: 局长, en: Head}, role: bureau, duties: {zh: 负责, en: Leads}}
"""
DATASET = """
dataset: parks
title: {zh: 公园, en: Parks}
owner: data-bureau
tier: city
theme: city
update: yearly
sharing: unconditional
opening: unconditional
key: [name]
fields:
  - {id: name, name: {zh: 名称, en: Name}, required: true}
  - {id: kind, name: {zh: 类型, en: Kind}}
"""


class Shelf:
    """A folder with packs."""

    def __init__(self, root):
        self.root = root

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def pack(self, name, *, manifest=None, **files):
        said = f"pack: {name}\ntitle: {{zh: 包, en: Pack}}\nowner: data-bureau\n"
        self.write(f"{name}/pack.yaml", manifest or said)
        for path, text in files.items():
            folder, _, stem = path.partition("__")
            self.write(f"{name}/{folder}/{stem.replace('_', '-')}.yaml", text)

    def load(self):
        from shuzhi.packs import loader

        return loader.load_packs(loader.find_packs([self.root]))

    def findings(self):
        return [
            (finding.file.removeprefix(f"{self.root}/"), finding.line, finding.rule)
            for finding in self.load()[1]
        ]


@pytest.fixture
def shelf(tmp_path):
    found = Shelf(tmp_path / "packs")
    found.pack("city/offices", offices__data_bureau=OFFICE)
    return found
