"""The packs' data sets against the files they describe: every column of a file is declared, and every required field is there."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from lxml import etree

from shuzhi.demo.population import generate

PACKS = Path(__file__).resolve().parents[3] / "packs"
SOURCES = sorted(PACKS.glob("*/*/sources/*.yaml"))
SAMPLES = [path for path in SOURCES if "root: samples" in path.read_text("utf-8")]
SYNTHETIC_SAMPLES = {"unemployment-insurance-year", "income-records"}
POPULATION = [path for path in SOURCES if "root: population" in path.read_text("utf-8")]


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    folder = tmp_path_factory.mktemp("declared")
    generate(7, 300, 600, date(2026, 11, 20), folder)
    return folder


def declared(source):
    """The data set that a source feeds."""
    name = yaml.safe_load(source.read_text("utf-8"))["dataset"]
    found = [path for path in PACKS.glob("*/*/datasets/*.yaml") if path.stem == name]
    assert len(found) == 1, name
    return yaml.safe_load(found[0].read_text("utf-8"))


def field_of(dataset, column):
    """The field that a column's caption stands for."""
    fields = [f for f in dataset["fields"] if column in {f["name"]["zh"], *f.get("aliases", [])}]
    assert len(fields) == 1, column
    return fields[0]


def columns_of(path, table):
    """The captions of a file; of two header rows the lower one, where it says anything."""
    match path.suffix:
        case ".csv" | ".tsv":
            return _delimited_columns(path)
        case ".xlsx":
            rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=3, max_row=4, values_only=True))
            return [low or high for high, low in zip(*rows, strict=True)]
        case ".jsonl":
            lines = path.read_text("utf-8").splitlines()
            return list(dict.fromkeys(name for line in lines for name in json.loads(line)))
        case ".geojson":
            feature = json.loads(path.read_text("utf-8"))["features"][0]
            return [*feature["properties"], "geometry"]
        case ".xml":
            return [cell.tag for cell in etree.parse(str(path)).getroot()[0]]
    base = sqlite3.connect(path)
    names = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    base.close()
    return names


def _delimited_columns(path):
    encoding = (
        "utf-16" if path.suffix == ".tsv" else "gbk" if path.parent.name == "market-regulation" else "utf-8"
    )
    with path.open(encoding=encoding, newline="") as text:
        rows = csv.reader(text, delimiter="\t" if path.suffix == ".tsv" else ",")
        first = next(rows)
        return first if len(first) > 1 else next(rows)


def assert_describes(source, root):
    """Every column is some field; every required field has a column, unless rows are only deleted."""
    about, dataset = yaml.safe_load(source.read_text("utf-8")), declared(source)

    fields = {field_of(dataset, column)["id"] for column in columns_of(root / about["path"], about["table"])}

    wanted = {f["id"] for f in dataset["fields"] if f.get("required")}
    assert fields >= (set(dataset["key"]) if about["mode"] == "delete" else wanted)


@pytest.mark.parametrize("source", SAMPLES, ids=lambda path: path.stem)
def test_data_sets_describe_their_samples(source):
    assert_describes(source, source.parent.parent / "samples")


@pytest.mark.parametrize("source", POPULATION, ids=lambda path: path.stem)
def test_data_sets_describe_the_synthetic_extracts(source, population):
    assert_describes(source, population)


def test_every_extract_has_a_source(population):
    files = {file["path"] for file in json.loads((population / "manifest.json").read_text("utf-8"))["files"]}

    assert files == {yaml.safe_load(path.read_text("utf-8"))["path"] for path in POPULATION}


def test_synthetic_data_sets_say_so_and_real_ones_do_not():
    of_services = {declared(path)["dataset"] for path in SOURCES if "services" in path.parts}
    synthetic = {declared(path)["dataset"] for path in POPULATION} | SYNTHETIC_SAMPLES | of_services

    for path in SOURCES:
        dataset = declared(path)
        assert dataset["synthetic"] == (dataset["dataset"] in synthetic)
        assert ("演示数据" in dataset["summary"]["zh"]) == dataset["synthetic"]


def test_persons_are_never_open():
    for path in SOURCES:
        for field in declared(path)["fields"]:
            assert field["grade"] == "L1" or not field.get("open", False), (path, field["id"])
            assert field["grade"] in {"L1", "L2"} or field["mask"] != "none", (path, field["id"])


def test_given_files_are_where_the_sources_say(shared_data):
    for path in SOURCES:
        about = yaml.safe_load(path.read_text("utf-8"))
        if about["root"] == "given" and about.get("path"):  # without one its rows come through the gateway
            assert (shared_data / about["path"]).is_file(), path


def test_samples_name_their_source_and_licence():
    for folder in {path.parent.parent / "samples" for path in SAMPLES}:
        text = (folder / "SOURCE.md").read_text("utf-8")
        for word in ("**Source.**", "**Licence.**", "**Dirt.**", "**Changes.**"):
            assert word in text, folder
        files = [p.name for p in folder.iterdir() if p.is_file() and p.name != "SOURCE.md"]
        assert all(name in text for name in files), folder
