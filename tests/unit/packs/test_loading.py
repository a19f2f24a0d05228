"""The checker lists every fault of every pack, with file and line."""

from __future__ import annotations

import json

import pytest
from tests.unit.packs.conftest import DATASET, OFFICE


def rules(shelf):
    return [rule for _, _, rule in shelf.findings()]


class TestSchemas:
    def test_packs_without_faults(self, shelf):
        shelf.pack("city/parks", datasets__parks=DATASET)
        packs, findings = shelf.load()

        assert findings == []
        assert [pack.manifest.pack for pack in packs] == ["city/offices", "city/parks"]

    def test_every_fault_of_every_pack(self, shelf):
        faulty = DATASET.replace("tier: city", "tier: moon").replace("theme: city", "colour: red")
        shelf.pack("a/one", datasets__parks=faulty)
        shelf.pack("b/two", manifest="pack: b/two\nowner: data-bureau\n", datasets__trees="dataset: Trees\n")

        found = shelf.findings()

        assert ("a/one/datasets/parks.yaml", 5, "schema-enum") in found
        assert ("a/one/datasets/parks.yaml", 6, "schema-extra_forbidden") in found
        assert ("a/one/datasets/parks.yaml", 2, "schema-missing") in found
        assert ("b/two/pack.yaml", 1, "schema-missing") in found
        assert ("b/two/datasets/trees.yaml", 1, "schema-string_pattern_mismatch") in found

    def test_messages_are_in_both_languages(self, shelf):
        shelf.pack("a/one", datasets__parks=DATASET.replace("tier: city", "tier: moon"))
        (finding,) = shelf.load()[1]

        assert finding.message.zh.startswith("tier：只能是 'nation'")
        assert "Input should be" in finding.message.en

    def test_what_refers_to_a_faulty_file_is_no_fault_as_well(self, shelf):
        rule = "{id: known, dimension: consistent, check: reference, field: kind, dataset: kinds, to: name, message: {zh: 无, en: none}}"
        shelf.pack(
            "a/one", datasets__parks=f"{DATASET}rules:\n  - {rule}\n", datasets__kinds="dataset: kinds\n"
        )

        assert {file for file, _, _ in shelf.findings()} == {"a/one/datasets/kinds.yaml"}


class TestFolders:
    def test_a_part_that_no_room_has(self, shelf):
        shelf.pack("a/one", templates__page="x: 1")

        assert shelf.findings() == [("a/one/templates", 1, "unknown-folder")]

    def test_a_pack_that_says_another_path(self, shelf):
        shelf.pack("a/one", manifest="title: {zh: 包, en: Pack}\npack: a/two\nowner: data-bureau\n")

        assert shelf.findings() == [("a/one/pack.yaml", 2, "pack-path")]

    def test_a_file_that_is_not_named_after_its_id(self, shelf):
        shelf.pack("a/one", datasets__gardens=DATASET)

        assert shelf.findings() == [("a/one/datasets/gardens.yaml", 2, "file-name")]

    def test_a_file_of_another_kind(self, shelf):
        shelf.pack("a/one", datasets__parks=DATASET)
        shelf.write("a/one/datasets/notes.yml", "a: 1")

        assert shelf.findings() == [("a/one/datasets/notes.yml", 1, "stray-file")]

    def test_an_id_declared_twice(self, shelf):
        shelf.pack("a/one", datasets__parks=DATASET)
        shelf.pack("b/two", datasets__parks=DATASET)

        assert shelf.findings() == [("b/two/datasets/parks.yaml", 2, "id-twice")]

    def test_a_pack_in_two_places(self, shelf, tmp_path):
        from shuzhi.packs import loader

        shelf.pack("a/one")
        shelf.root = tmp_path / "more"
        shelf.pack("a/one")
        folders = loader.find_packs([tmp_path / "packs", tmp_path / "more"])

        assert [finding.rule for finding in loader.load_packs(folders)[1]] == ["pack-twice"]

    def test_an_owner_that_is_no_office(self, shelf):
        shelf.pack("a/one", manifest="pack: a/one\ntitle: {zh: 包, en: P}\nowner: nobody\n")

        assert shelf.findings() == [("a/one/pack.yaml", 3, "owner-unknown")]


class TestDataSets:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (("owner: data-bureau", "owner: nobody"), "owner-unknown"),
            (("key: [name]", "key: [number]"), "key-unknown"),
            (("id: kind,", "id: name,"), "field-twice"),
            (("id: kind,", "id: kind, standard: uscd,"), "standard-unknown"),
        ],
    )
    def test_what_the_schema_alone_cannot_see(self, shelf, change, expected):
        shelf.pack("a/one", datasets__parks=DATASET.replace(*change))

        assert rules(shelf) == [expected]

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("check: not_null, field: number", "rule-field-unknown"),
            ("check: reference, field: kind, dataset: nothing, to: name", "rule-dataset-unknown"),
            ("check: in_codelist, field: kind, codelist: nothing", "rule-codelist-unknown"),
            ("check: in_codelist, field: kind", "rule-codelist-unknown"),
        ],
    )
    def test_rules_name_what_exists(self, shelf, rule, expected):
        line = f"rules:\n  - {{id: a-rule, dimension: complete, message: {{zh: 无, en: none}}, {rule}}}\n"
        shelf.pack("a/one", datasets__parks=DATASET + line)

        assert expected in rules(shelf)
        assert {line for _, line, rule in shelf.findings() if rule == expected} == {15}


CODES = """
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
"""


class TestCodeLists:
    def test_a_rule_may_name_it(self, shelf):
        rule = "{id: a-rule, dimension: accurate, message: {zh: 无, en: none}, check: in_codelist, field: kind, codelist: park-kinds}"
        shelf.pack("a/one", codelists__park_kinds=CODES, datasets__parks=f"{DATASET}rules:\n  - {rule}\n")

        assert shelf.findings() == []

    def test_a_code_that_stands_twice_and_a_file_that_is_missing(self, shelf):
        shelf.pack("a/one", codelists__park_kinds=CODES.replace("02", "01"))
        shelf.pack(
            "b/two",
            codelists__trees=CODES.split("    codes:", maxsplit=1)[0].replace("park-kinds", "trees")
            + "    file: trees.csv\n",
        )

        assert shelf.findings() == [
            ("a/one/codelists/park-kinds.yaml", 11, "code-twice"),
            ("b/two/codelists/trees.yaml", 2, "codelist-broken"),
        ]

    def test_codes_are_texts_with_their_noughts(self, shelf):
        from shuzhi.pillars.standards.codelists import load

        shelf.pack("a/one", codelists__park_kinds=CODES)

        assert set(load(shelf.root / "a/one/codelists/park-kinds.yaml").latest.codes) == {"01", "02"}


class TestConsole:
    def test_the_product_s_own_packs_have_no_fault(self, db, capsys):
        code, said = run(capsys)

        assert (code, said["findings"]) == (0, [])
        assert said["packs"] > 15

    def test_faults_as_json_and_as_text(self, db, shelf, monkeypatch, capsys):
        from shuzhi.packs import services

        shelf.pack("a/one", templates__page="x: 1")
        monkeypatch.setattr(services, "pack_roots", lambda: [shelf.root])

        code, said = run(capsys)
        assert code == 1
        assert said["packs"] == 2
        assert said["findings"][0]["rule"] == "unknown-folder"
        assert said["findings"][0]["zh"]

        code, text = run(capsys, as_json=False)
        assert code == 1
        assert "a/one/templates:1: unknown-folder" in text

    def test_only_the_folders_asked_for(self, db, shelf, monkeypatch, capsys):
        from shuzhi.packs import services

        shelf.pack("a/one", templates__page="x: 1")
        monkeypatch.setattr(services, "pack_roots", lambda: [shelf.root])

        assert run(capsys, paths=[shelf.root / "city"])[0] == 0


def run(capsys, *, as_json=True, paths=None):
    import typer

    from shuzhi.terminals.console.packs import check

    with pytest.raises(typer.Exit) as left:
        check(paths, as_json=as_json)
    said = capsys.readouterr().out
    return left.value.exit_code, json.loads(said) if as_json else said


class TestInstalling:
    @pytest.fixture
    def install(self, db, shelf):
        from datetime import UTC, datetime

        from shuzhi.packs import services
        from shuzhi.pillars.security.types import Actor, Role

        who = Actor(name="account/admin", roles=frozenset({Role.ADMINISTRATOR}))

        def install(by=who):
            packs, findings = shelf.load()
            assert findings == []
            return services.install_packs(packs=packs, by=by, at=datetime(2026, 3, 2, tzinfo=UTC))

        return install

    def test_a_second_time_changes_nothing(self, install, shelf):
        from shuzhi.data.catalog import queries as catalog
        from shuzhi.pillars.organization import queries as organization

        shelf.pack("city/parks", datasets__parks=DATASET)

        assert install() == ["city/offices", "city/parks"]
        assert organization.office("data-bureau").title.zh == "数据局"
        assert catalog.entry("parks").status.value == "proposed"
        assert install() == []

    def test_only_what_changed_is_installed_again(self, install, shelf):
        from shuzhi.pillars.organization import models

        shelf.pack("city/parks", datasets__parks=DATASET)
        install()
        shelf.pack("city/offices", offices__data_bureau=OFFICE.replace("id: head", "id: chief"))

        assert install() == ["city/offices"]
        assert list(models.Post.objects.values_list("slug", flat=True)) == ["chief"]

    def test_all_or_nothing(self, install, shelf, monkeypatch):
        from shuzhi.packs import models, services
        from shuzhi.pillars.organization import queries as organization

        def broken(*args, **kwargs):
            raise RuntimeError

        shelf.pack("city/parks", datasets__parks=DATASET)
        monkeypatch.setattr(services, "_note_installed", broken)
        with pytest.raises(RuntimeError):
            install()

        assert organization.offices() == []
        assert not models.InstalledPack.objects.exists()

    def test_only_an_administrator_installs(self, install):
        from shuzhi.pillars.security.errors import Forbidden
        from shuzhi.pillars.security.types import Actor, Role

        with pytest.raises(Forbidden):
            install(by=Actor(name="account/zhou", roles=frozenset({Role.BUREAU})))

    def test_a_node_with_faulty_packs_installs_none(self, db, shelf, monkeypatch):
        from datetime import UTC, datetime

        from shuzhi.packs import services
        from shuzhi.packs.errors import PacksFaulty
        from shuzhi.pillars.security.types import system

        shelf.pack("a/one", templates__page="x: 1")
        monkeypatch.setattr(services, "pack_roots", lambda: [shelf.root])

        with pytest.raises(PacksFaulty, match="templates"):
            services.install_node_packs(by=system("test"), at=datetime(2026, 3, 2, tzinfo=UTC))
