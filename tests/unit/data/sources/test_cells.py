"""Cells and headers: the same content reads as the same value, whatever it looks like."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.data.catalog.types import FieldDeclaration
from shuzhi.foundation.words import Words


def reader(kind="text", *, required=False, **more):
    from shuzhi.data.sources.cells import CellReader

    field = FieldDeclaration(id="f", name=Words(zh="字段", en="Field"), type=kind, **more)
    return CellReader(field, required=required)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_whole_numbers_survive(number):
    read = reader("integer")
    assert read(str(number)).value == number
    assert read(f" {number:,} ").written == read(str(number)).written


@given(st.decimals(min_value=-(10**20), max_value=10**20, places=10, allow_nan=False, allow_infinity=False))
def test_decimals_survive_exactly_and_compare_by_value(number):
    read = reader("decimal")
    assert read(f"{number:f}").value == number
    assert read(f"{number:f}").written == read(f"{number:f}0").written


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_compare_by_the_day_however_written(day):
    read = reader("date")
    written = {
        read(text).written for text in (f"{day}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y年%m月%d日}")
    }
    assert written == {f"f={day}"}


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    for kind in ("text", "integer", "decimal", "date", "datetime", "boolean", "amount", "geometry"):
        cell = reader(kind)(text)
        assert cell.unfit is None or cell.value is None


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("integer", "1.5", "not_integer"),
        ("integer", "9223372036854775808", "too_large"),
        ("integer", "1,00", "not_integer"),
        ("decimal", "9999999999999999999999999999.99999999999", "too_large"),
        ("decimal", "1e40", "too_large"),
        ("decimal", "NaN", "not_decimal"),
        ("date", "02/03/2019", "not_date"),
        ("datetime", "2019-02-30", "not_datetime"),
        ("datetime", "0001-01-01 00:00", "not_datetime"),
        ("boolean", "maybe", "not_boolean"),
        ("geometry", "[1]", "not_geometry"),
        ("text", "a\0b", "nul_byte"),
    ],
)
def test_says_why_a_cell_is_unfit(kind, text, reason):
    assert reader(kind)(text).unfit == reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("40.783987340000003", "40.78398734"),
        ("0.00000000005", "0"),  # half to even
        ("0.00000000015", "0.0000000002"),
        ("-73.95912345675000001", "-73.9591234568"),
        ("0.00000000000000000000000001", "0"),
    ],
)
def test_more_than_ten_decimal_places_are_rounded_and_counted(text, value):
    cell = reader("decimal")(text)
    assert (cell.value, cell.repaired) == (Decimal(value), True)
    assert cell.written == reader("decimal")(value).written
    assert not reader("decimal")(value).repaired


def test_a_day_where_a_moment_is_due_is_its_first_moment_in_china_and_counted():
    day, moment = reader("datetime")("2019/2/3"), reader("datetime")("2019-02-03 00:00:00")
    assert (day.value, day.written, day.repaired) == (moment.value, moment.written, True)
    assert day.value.isoformat() == "2019-02-02T16:00:00+00:00"
    assert not moment.repaired


def test_empty_means_empty_and_may_be_required():
    assert reader(nulls=("N/A",))("N/A") == reader()(None) == reader()("　 ")
    assert reader(required=True)(" ").unfit == "required"
    assert reader("amount", required=True)("-").unfit == "required"


def test_amounts_compare_by_value_and_currency():
    read = reader("amount")
    assert read("534(万元人民币)").written == read("5,340,000元").written
    assert read("534万美元").written != read("534万元").written
    assert read("534(万元人民币)").value == (Decimal(5340000), "CNY", "534(万元人民币)")


class TestBind:
    def declared(self):
        from tests.unit.data.sources.sending import declare

        return declare("firms")

    def bind(self, *columns, mode="full"):
        from shuzhi.data.sources.binding import bind
        from shuzhi.data.sources.types import Mode

        return bind(columns, self.declared(), Mode(mode))

    def test_finds_fields_by_id_name_and_alias_however_spaced(self):
        bound = self.bind("ＮＡＭＥ", " 信用 代码", "Founded on", "注册 资金", "phone")
        assert [item.position for item in bound.fields] == [0, 1, 2, 3, 4]
        assert bound.notices == ()

    def test_refuses_two_columns_for_one_field(self):
        from shuzhi.data.sources.errors import ColumnsAmbiguous

        with pytest.raises(ColumnsAmbiguous, match="uscc"):
            self.bind("name", "uscc", "信用代码")

    def test_a_deletion_needs_its_key_alone(self):
        assert [item.field.id for item in self.bind("信用代码", "name", mode="delete").fields] == ["uscc"]
