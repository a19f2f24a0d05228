"""Opening and withdrawing: who may, what goes out, what stays in."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.unit.data.opendata import world
from tests.unit.data.opendata.world import APPROVER, AT, BUREAU, CLOSED, GRADED, LATER, OFFICER, STRANGER

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.errors import NotCatalogued
from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.errors import NotOpen, NotOpenable
from shuzhi.foundation.files import file_store
from shuzhi.pillars.security.errors import Forbidden

pytestmark = pytest.mark.django_db


def content(dataset, form):
    with file_store().open(queries.release(dataset).file(form).sha256) as stream:
        return stream.read()


class TestOpen:
    def test_counts_rows_and_names_columns(self, opened):
        release = queries.release(opened)

        assert release.rows == len(world.ROWS)
        assert release.number == 1
        columns = [column.id for column in release.columns]
        assert columns == [
            "code",
            "name",
            "district",
            "stars",
            "area",
            "rent",
            "rent__currency",
            "opened",
            "seen",
            "covered",
            "phone",
        ]
        assert release.masked == ("phone",)

    def test_a_data_set_that_is_not_published_is_refused(self, planted):
        catalog.withdraw_entry(dataset=planted, by=BUREAU, at=AT, reason="test")
        with pytest.raises(NotCatalogued):
            world.open_it(planted)

    def test_the_opening_class_none_is_refused(self, tmp_path):
        with pytest.raises(NotOpenable, match="none"):
            world.open_it(world.plant(tmp_path, opening="none"))

    def test_a_graded_field_without_mask_is_refused(self, tmp_path):
        fields = [*world.FIELDS[:-3], {**world.FIELDS[9], "mask": "none"}, *world.FIELDS[10:]]
        with pytest.raises(NotOpenable, match="phone"):
            world.open_it(world.plant(tmp_path, fields=fields))

    @pytest.mark.parametrize("by", [OFFICER, STRANGER])
    def test_only_the_owners_approver_or_the_bureau_opens(self, planted, by):
        with pytest.raises(Forbidden):
            services.open_dataset(dataset=planted, by=by, at=AT)
        services.open_dataset(dataset=planted, by=BUREAU, at=AT)

    def test_a_new_release_replaces_the_old_one(self, opened):
        first = queries.release(opened)
        second = services.open_dataset(dataset=opened, by=APPROVER, at=LATER)

        assert (second.number, queries.release(opened).id) == (2, second.id)
        assert [each.number for each in queries.history(opened)] == [2, 1]
        assert queries.history(opened)[1].id == first.id


class TestFiles:
    def test_every_format_holds_every_row(self, opened):
        rows = list(csv.DictReader(io.StringIO(content(opened, "csv").decode())))
        assert [row["code"] for row in rows] == ["m1", "m2", "m3", "m4"]
        assert len(json.loads(content(opened, "json"))) == 4
        assert pq.read_table(io.BytesIO(content(opened, "parquet"))).num_rows == 4
        sheet = openpyxl.load_workbook(io.BytesIO(content(opened, "xlsx"))).active
        assert sheet.max_row == 5

    def test_formulas_are_neutralised_where_a_spreadsheet_reads_them(self, opened):
        names = [row["name"] for row in csv.DictReader(io.StringIO(content(opened, "csv").decode()))]
        assert names[1:3] == ["'=1+1 市场", "'@良渚 Market 100%"]
        sheet = openpyxl.load_workbook(io.BytesIO(content(opened, "xlsx"))).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert "'=1+1 市场" in [cell.value for cell in cells]

    @pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
    def test_closed_and_graded_values_are_in_no_file(self, opened, form):
        data = content(opened, form)
        if form == "parquet":
            data = str(pq.read_table(io.BytesIO(data)).to_pylist()).encode()
        if form == "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(data)).active
            data = str(list(sheet.values)).encode()
        assert b"138****5678" in data
        assert CLOSED.encode() not in data
        assert GRADED.encode() not in data

    def test_the_same_rows_make_the_same_files(self, opened):
        # A workbook holds the time at which it was written.
        first = {file.format: file.sha256 for file in queries.release(opened).files if file.format != "xlsx"}
        world.open_it(opened, at=LATER)
        again = {file.format: file.sha256 for file in queries.release(opened).files if file.format != "xlsx"}
        assert again == first


class TestWithdraw:
    def test_rows_and_files_are_gone(self, opened):
        services.withdraw_release(dataset=opened, by=APPROVER, at=LATER, reason="复核")

        with pytest.raises(NotOpen):
            queries.release(opened)
        assert opened not in queries.releases()
        assert opened not in queries.open_fields()

    def test_a_stranger_cannot_withdraw(self, opened):
        with pytest.raises(Forbidden):
            services.withdraw_release(dataset=opened, by=STRANGER, at=LATER, reason="x")

    def test_what_the_catalog_withdraws_is_served_no_longer(self, opened):
        catalog.withdraw_entry(dataset=opened, by=BUREAU, at=LATER, reason="x")
        with pytest.raises(NotOpen):
            queries.release(opened)

    def test_a_field_that_is_closed_later_takes_its_release_with_it(self, opened):
        closed = [{**each, "open": False} if each["id"] == "name" else each for each in world.FIELDS]
        world.publish(opened, fields=closed)

        with pytest.raises(NotOpen):
            queries.release(opened)
        release = world.open_it(opened, at=LATER)
        assert "name" not in [column.id for column in release.columns]

    def test_a_field_that_is_graded_later_takes_its_release_with_it(self, opened):
        graded = [
            {**each, "grade": "L2", "mask": "partial"} if each["id"] == "name" else each
            for each in world.FIELDS
        ]
        world.publish(opened, fields=graded)
        with pytest.raises(NotOpen):
            queries.release(opened)
