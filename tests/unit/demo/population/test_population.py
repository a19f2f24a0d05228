"""The population from outside: its files, read as any program would read them, against its known truth."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from datetime import date

import openpyxl
import pytest
from lxml import etree
from typer.testing import CliRunner

from shuzhi.demo.population import generate
from shuzhi.demo.population.console import app
from shuzhi.demo.population.damage import KINDS
from shuzhi.demo.population.errors import FolderNotEmpty, PopulationTooLarge
from shuzhi.demo.population.extracts.market_regulation import COLUMNS, registration, second_day
from shuzhi.demo.population.firms import firm
from shuzhi.demo.population.places import DISTRICT_WEIGHTS, district_code, towns
from shuzhi.demo.population.truth import read_truth
from shuzhi.demo.population.types import LABEL

DAY = date(2026, 11, 20)
FIRMS, PERSONS = 1_200, 2_500


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    folder = tmp_path_factory.mktemp("population")
    return folder, generate(7, FIRMS, PERSONS, DAY, folder)


@pytest.fixture(scope="module")
def truth(population):
    facts = defaultdict(list)
    for fact in read_truth(population[0]):
        facts[fact["extract"]].append(fact)
    return facts


def read_rows(folder, file):
    """The rows of one extract as lists of text, by a reader that knows nothing of the generator."""
    path = folder / file.path
    if file.format in {"csv", "tsv"}:
        with path.open(encoding=file.encoding, newline="") as text:
            lines = list(csv.reader(text, delimiter="," if file.format == "csv" else "\t"))
        return lines[file.header_rows :]
    if file.format == "xlsx":
        sheet = openpyxl.load_workbook(path, read_only=False).active
        return [list(row) for row in sheet.iter_rows(min_row=file.header_rows + 1, values_only=True)]
    if file.format == "jsonl":
        return [list(json.loads(line).values()) for line in path.read_text(file.encoding).splitlines()]
    if file.format == "xml":
        return [[cell.text for cell in record] for record in etree.parse(str(path)).getroot()]
    base = sqlite3.connect(path)
    rows = [list(row) for row in base.execute("SELECT * FROM births")]
    base.close()
    return rows


class TestFiles:
    def test_every_extract_is_there_with_its_rows_and_digest(self, population):
        folder, manifest = population

        assert [file.extract for file in manifest.files] == [
            "firms", "taxpayers", "insured", "firms-changes", "firms-corrections", "firms-deletions", "residents",
            "marriages", "births",
        ]  # fmt: skip
        for file in manifest.files:
            assert len(read_rows(folder, file)) == file.rows > 0, file.path
            content = (folder / file.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file.sha256
            assert len(content) == file.size

    def test_every_row_and_every_file_says_that_it_is_synthetic(self, population):
        folder, manifest = population

        for file in manifest.files:
            assert all(LABEL in row for row in read_rows(folder, file)), file.path
        for name in ("market-regulation/firms.csv", "market-regulation/firms-changes.csv"):
            assert LABEL in (folder / name).read_text("gbk").splitlines()[0]
        assert LABEL in (folder / "public-security/residents.tsv").read_text("utf-16").splitlines()[0]
        assert LABEL in (folder / "civil-affairs/marriages.xml").read_text("utf-8").splitlines()[1]
        assert "演示数据" in (folder / "说明-README.txt").read_text("utf-8")
        assert json.loads((folder / "manifest.json").read_text("utf-8"))["label"] == LABEL

    def test_formats_are_as_dirty_as_promised(self, population):
        folder, _ = population

        assert (folder / "market-regulation/firms.csv").read_bytes().count(b"\r\n") > FIRMS
        assert (folder / "public-security/residents.tsv").read_bytes()[:2] == b"\xff\xfe"
        sheet = openpyxl.load_workbook(folder / "taxation/taxpayers.xlsx").active
        assert {"A1:I1", "A2:I2", "A3:C3", "D3:F3", "G3:H3", "I3:I4"} == {
            str(r) for r in sheet.merged_cells.ranges
        }
        assert sheet["A4"].value == "纳税人识别号"
        assert sheet["D5"].is_date or isinstance(sheet["D5"].value, str)

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(self, tmp_path):
        first = generate(3, 80, 150, DAY, tmp_path / "a")
        second = generate(3, 80, 150, DAY, tmp_path / "b")
        other = generate(4, 80, 150, DAY, tmp_path / "c")

        assert first == second
        assert (tmp_path / "a/truth.jsonl").read_bytes() == (tmp_path / "b/truth.jsonl").read_bytes()
        assert not {f.sha256 for f in first.files} & {f.sha256 for f in other.files}

    def test_a_new_population_replaces_an_old_one_and_nothing_else(self, tmp_path):
        generate(3, 80, 150, DAY, tmp_path / "a")
        again = generate(4, 80, 150, DAY, tmp_path / "a")
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "letter.txt").write_text("keep me")

        assert again.file("births").rows == len(read_rows(tmp_path / "a", again.file("births")))
        with pytest.raises(FolderNotEmpty):
            generate(3, 80, 150, DAY, tmp_path / "mine")
        assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"

    def test_an_empty_population_is_a_population(self, tmp_path):
        manifest = generate(3, 0, 0, DAY, tmp_path)

        assert manifest.file("residents").rows == 0
        assert manifest.file("firms-changes").rows == 1

    def test_refuses_what_no_sheet_can_hold(self, tmp_path):
        with pytest.raises(PopulationTooLarge):
            generate(3, 1_000_001, 0, DAY, tmp_path)


class TestTruth:
    def test_knows_every_row_of_every_extract_exactly_once(self, population, truth):
        _, manifest = population

        for file in manifest.files:
            assert [fact["row"] for fact in truth[file.extract]] == list(range(1, file.rows + 1))
        assert sum(map(len, truth.values())) == manifest.rows

    def test_agrees_with_the_manifest_about_errors(self, population, truth):
        _, manifest = population

        for file in manifest.files:
            counted = Counter(error for fact in truth[file.extract] for error in fact["errors"])
            assert counted == file.errors
            assert set(counted) <= set(KINDS)
            assert sum(fact["blocking"] for fact in truth[file.extract]) == file.blocking
            assert all(
                fact["blocking"] == any(KINDS[error].blocking for error in fact["errors"])
                for fact in truth[file.extract]
            )

    @pytest.mark.parametrize(("extract", "place"), [("firms", 1), ("taxpayers", 0)])
    def test_codes_are_valid_exactly_where_truth_says_so(self, is_uscc, population, truth, extract, place):
        folder, manifest = population
        broken = {"code_wrong", "code_missing"}
        untidy = {"code_lower", "code_spaces", "code_fullwidth"}

        for row, fact in zip(read_rows(folder, manifest.file(extract)), truth[extract], strict=True):
            assert is_uscc(fact["key"])
            typed = row[place] or ""
            if not set(fact["errors"]) & (broken | untidy):
                assert typed == fact["key"]
            elif "code_missing" in fact["errors"]:
                assert typed == ""
            elif "code_wrong" in fact["errors"]:
                assert not is_uscc(typed)
            else:
                assert typed != fact["key"]
                tidy = "".join(chr(ord(c) - 0xFEE0) if c >= "！" else c for c in typed if c != " ")
                assert tidy.upper() == fact["key"]

    def test_resident_numbers_are_valid_exactly_where_truth_says_so(
        self, is_resident_number, population, truth
    ):
        folder, manifest = population

        for row, fact in zip(read_rows(folder, manifest.file("residents")), truth["residents"], strict=True):
            number = fact["key"]
            assert is_resident_number(number)
            assert number[14] == "9"
            if not any(error.startswith("id_") for error in fact["errors"]):
                assert row[1] == number
                assert (row[2] == "男") == (int(number[16]) % 2 == 1) or "sex_mismatch" in fact["errors"]
            elif "id_transposed" in fact["errors"]:
                assert not is_resident_number(row[1])

    def test_every_entity_has_one_code(self, truth):
        for extract in ("firms", "residents"):
            codes = {(fact["entity"], fact["key"]) for fact in truth[extract]}
            assert len(codes) == len({entity for entity, _ in codes}) == len({key for _, key in codes})

    def test_repeated_rows_name_their_originals(self, population, truth):
        folder, manifest = population
        rows = read_rows(folder, manifest.file("firms"))
        repeats = [fact for fact in truth["firms"] if fact["repeats"]]

        assert repeats
        for fact in repeats:
            original = truth["firms"][fact["repeats"] - 1]
            assert original["entity"] == fact["entity"]
            same = rows[fact["row"] - 1] == rows[fact["repeats"] - 1]
            assert same == ("duplicate_exact" in fact["errors"])

    def test_ragged_rows_have_a_cell_too_many_and_no_others(self, population, truth):
        folder, manifest = population

        for row, fact in zip(read_rows(folder, manifest.file("firms")), truth["firms"], strict=True):
            assert (len(row) > len(COLUMNS)) == ("ragged" in fact["errors"])

    def test_employers_without_a_code_are_known_by_name_and_place(self, population, truth):
        folder, _ = population
        lines = (folder / "human-resources/insured.jsonl").read_text("utf-8").splitlines()
        absent = [
            json.loads(line)
            for line, fact in zip(lines, truth["insured"], strict=True)
            if "code_absent" in fact["errors"]
        ]

        assert len(absent) > len(lines) * 0.1
        assert all("统一社会信用代码" not in row and row["参保区划"] for row in absent)


class TestSecondDay:
    def test_corrections_repair_rows_that_could_not_be_accepted(self, truth):
        blocked = {fact["entity"] for fact in truth["firms"] if fact["blocking"]}
        repaired = [fact["entity"] for fact in truth["firms-corrections"]]

        assert len(repaired) == len(set(repaired))
        assert len(blocked) * 0.4 < len(repaired) < len(blocked)
        assert set(repaired) < blocked
        assert not any(fact["errors"] for fact in truth["firms-corrections"])

    def test_the_three_files_speak_of_different_firms(self, truth):
        names = ("firms-changes", "firms-corrections", "firms-deletions")
        entities = [fact["entity"] for name in names for fact in truth[name]]

        assert len(entities) == len(set(entities))
        assert {fact["op"] for fact in truth["firms-deletions"]} == {"delete"}

    def test_changes_hold_new_renamed_cancelled_moved_firms_and_other_capital(self):
        fates = Counter(fate for fate, _, _ in second_day(7, FIRMS, DAY))

        assert set(fates) == {"corrected", "new", "renamed", "capital", "moved", "cancelled", "deleted"}
        for fate, before, after in second_day(7, FIRMS, DAY):
            assert before.uscc == after.uscc
            assert (before == after) == (fate in {"corrected", "deleted"}), fate

    def test_a_change_is_approved_on_the_second_day(self, population):
        folder, manifest = population

        assert {row[3] for row in read_rows(folder, manifest.file("firms-changes"))} == {"2026-11-21"}


class TestFirms:
    def test_a_firm_is_known_from_its_number_alone(self):
        assert firm(7, 1234, DAY) == firm(7, 1234, DAY)
        assert registration(7, firm(7, 1234, DAY), DAY) == registration(7, firm(7, 1234, DAY), DAY)

    def test_all_current_districts_are_used(self):
        assert set(towns()) == set(DISTRICT_WEIGHTS)
        assert {firm(7, number, DAY).address.town.district for number in range(1_000)} == set(
            DISTRICT_WEIGHTS
        )

    @pytest.mark.parametrize(
        ("district", "town", "day", "code"),
        [
            ("330110", "仓前街道", date(2000, 1, 1), "330184"),
            ("330110", "仓前街道", date(2020, 1, 1), "330110"),
            ("330113", "临平街道", date(2020, 1, 1), "330110"),
            ("330113", "临平街道", date(2022, 1, 1), "330113"),
            ("330105", "武林街道", date(2020, 1, 1), "330103"),
            ("330114", "下沙街道", date(2020, 1, 1), "330104"),
            ("330114", "义蓬街道", date(2020, 1, 1), "330109"),
            ("330112", "玲珑街道", date(2016, 1, 1), "330185"),
        ],
    )
    def test_the_code_carries_the_division_of_its_time(self, district, town, day, code):
        found = next(t for t in towns()[district] if t.name == town)

        assert district_code(found, day) == code


class TestConsole:
    def test_writes_the_population_and_prints_the_manifest(self, tmp_path):
        options = ["--seed", "3", "--firms", "40", "--persons", "60", "--day", "2026-11-20", "--json"]

        result = CliRunner().invoke(app, ["generate", "--into", str(tmp_path / "x"), *options])

        assert result.exit_code == 0
        assert json.loads(result.stdout) == json.loads((tmp_path / "x/manifest.json").read_text("utf-8"))

    def test_refuses_in_both_languages(self, tmp_path):
        (tmp_path / "letter.txt").write_text("keep me")

        result = CliRunner().invoke(app, ["generate", "--into", str(tmp_path)])

        assert result.exit_code == 1
        assert "空文件夹" in result.stderr
        assert "empty folder" in result.stderr
