"""The files that departments really hand in; skipped where they are not on the machine."""

from __future__ import annotations

import time

import pytest

from shuzhi.data.sources.reading import open_table, profile_file


def facts(profile):
    return profile.format, profile.encoding, profile.header_row, profile.rows, profile.broken_rows


def column(profile, name):
    return next(column for column in profile.columns if column.name == name)


@pytest.mark.parametrize(("suffix", "encoding"), [("xls", None), ("csv", "utf-8")])
def test_universities_are_counted_against_their_captions(shared_data, suffix, encoding):
    profile = profile_file(shared_data / "moe_universities" / f"全国普通高等学校名单.{suffix}")

    assert facts(profile) == (suffix, encoding, 3, 2631, 0)
    assert [c.name for c in profile.columns] == [
        "序号", "学校名称", "学校标识码", "主管部门", "所在地", "办学层次", "备注", "分组",
    ]  # fmt: skip
    assert len(profile.captions) == 31
    assert sum(caption.declared for caption in profile.captions) == 2631
    assert all(caption.declared == caption.counted for caption in profile.captions)
    assert column(profile, "学校标识码").type == "text"
    assert ("学校标识码",) in profile.candidate_keys


def test_universities_are_the_same_from_both_files(shared_data):
    folder = shared_data / "moe_universities"
    xls, text = (
        {row.values[2]: row.values for row in open_table(folder / f"全国普通高等学校名单.{suffix}")}
        for suffix in ("xls", "csv")
    )

    assert len(xls) == 2631
    assert xls.keys() == text.keys()


def test_firms(shared_data):
    path = shared_data / "enterprises_hangzhou" / "hangzhou_enterprises_1980_2019.csv"
    started = time.perf_counter()
    profile = profile_file(path)
    assert time.perf_counter() - started < 30  # 1.5 s alone; a shared machine may be busy

    assert facts(profile) == ("csv", "utf-8", 1, 31509, 0)
    assert profile.duplicate_rows == 2
    assert ("统一社会信用代码",) in profile.candidate_keys
    assert column(profile, "企业类型").null_markers == {"N/A": 28502}
    assert [c.semantic for c in profile.columns][:3] == ["organization_name", "uscc", "date"]
    assert column(profile, "注册资金").semantic == "amount"
    assert column(profile, "注册地址").semantic == "address"
    assert not any(c.personal_data for c in profile.columns if c.name != "经营范围")


@pytest.mark.parametrize(
    ("name", "rows"), [("附件3_全部_4326条_热点问题", 4326), ("附件4_全部_2816条_留言与答复", 2816)]
)
def test_messages(shared_data, name, rows):
    profile = profile_file(shared_data / "gov_messages_taidi2020" / f"{name}.xlsx")

    assert facts(profile) == ("xlsx", None, 1, rows, 0)
    assert (column(profile, "留言时间").type, column(profile, "留言时间").semantic) == ("datetime", "date")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("raw/GB_2002_2011_cw.xls", ("xls", None, 4, 1522, 0)),
        ("raw/GB_1986_1994_cw.xlsx", ("xlsx", None, 1, 1303, 0)),
        ("raw/GB_1994_2002_cw.csv", ("csv", "utf-8-sig", 1, 1113, 0)),
        ("raw/GB_2011_2017_raw.csv", ("csv", "utf-8-sig", 1, 1401, 0)),
        ("国民经济行业分类_2017.json", ("json", "utf-8", None, 1971, 0)),
        ("国民经济行业分类_2011.json", ("json", "utf-8", None, 1642, 1)),
    ],
)
def test_industry_tables(shared_data, name, expected):
    assert facts(profile_file(shared_data / "gbt4754" / name)) == expected


def test_a_header_over_merged_cells(shared_data):
    profile = profile_file(shared_data / "gbt4754" / "raw" / "GB_2002_2011_cw.xls")

    assert [c.name for c in profile.columns] == [
        "GB/T 4754—2011", "GB/T 4754—2011_2", "GB/T 4754—2002", "GB/T 4754—2002_2", "说明",
    ]  # fmt: skip
    assert profile.problem_counts == {
        "duplicate_row": 18
    }  # the ministry repeats the former codes under several new ones


def test_service_requests_are_the_same_from_csv_and_xlsx(shared_data):
    folder = shared_data / "service_requests_311"
    pairs = zip(
        open_table(folder / "baltimore311_sample.csv"),
        open_table(folder / "baltimore311_sample.xlsx"),
        strict=True,
    )
    rounded = {"Latitude": 0, "Longitude": 0}
    for text, sheet in pairs:
        assert text.values[:19] + text.values[21:] == sheet.values[:19] + sheet.values[21:]
        assert text.number == sheet.number
        rounded["Latitude"] += text.values[19] != sheet.values[19]
        rounded["Longitude"] += text.values[20] != sheet.values[20]

    assert rounded == {"Latitude": 33, "Longitude": 74}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("service_requests_311/nyc311_incident_zip_98814_dirty.csv", ("csv", "utf-8", 1, 98814, 0)),
        ("hangzhou_geojson/hangzhou_2015_longwosion_utf8bom.json", ("geojson", "utf-8-sig", None, 13, 0)),
        ("opendata_catalogs/dados_gov_br_package_search_first160of800.json", ("json", "utf-8", None, 160, 0)),
        ("opendata_catalogs/datagov_us_americorps_dcat_us.csv", ("csv", "utf-8", 1, 48, 0)),
        ("air_quality/PRSA_Data_Gucheng_20130301-20170228.csv", ("csv", "utf-8", 1, 35064, 0)),
        ("air_quality/cnemc_stations_20180220T07.geojson", ("geojson", "utf-8", None, 1495, 0)),
        ("telemetry/metr_la_speed_207sensors_2016steps.csv", ("csv", "utf-8", 1, 2016, 0)),
        ("admin_divisions/nbs2023/streets.csv", ("csv", "utf-8", 1, 41352, 0)),
        ("admin_divisions/mca2026_official/historical_changes_v1.json", ("json", "utf-8", None, 5276, 0)),
        ("industry_chain/company.json", ("jsonl", "utf-8", None, 4654, 0)),
    ],
)
def test_other_real_files(shared_data, name, expected):
    assert facts(profile_file(shared_data / name)) == expected
