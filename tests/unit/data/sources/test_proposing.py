"""From a file's profile to a proposed data set."""

from __future__ import annotations

import pytest


@pytest.fixture
def proposal(tmp_path):
    from shuzhi.data.sources import services
    from shuzhi.data.sources.reading import profile_file
    from shuzhi.foundation.words import Words

    path = tmp_path / "people.csv"
    rows = ["统一社会信用代码,姓名,公民身份号码,手机号,注册资金,人数,登记日期,经营范围"]
    for n, code in enumerate(("91330182843963542R", "9133010014304617XG", "913301001430573626")):
        rows.append(
            f"{code},张小明,11010519491231002X,1380000111{n},{n + 5}(万元人民币),{n},2026-01-0{n + 1},N/A"
        )
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return services.propose_schema(
        profile_file(path),
        dataset="firm-contacts",
        title=Words(zh="联系人", en="Contacts"),
        office="market-regulation",
    )


def test_binds_types_and_standards(proposal):
    fields = {field.id: field for field in proposal.fields}
    assert fields["uscc"].standard == "uscc"
    assert fields["resident_id"].standard == "resident_id"
    assert fields["uscc"].name.en == "Unified social credit code"
    assert {field.name.zh: field.type.value for field in proposal.fields}["注册资金"] == "amount"
    assert {field.name.zh: field.type.value for field in proposal.fields}["登记日期"] == "date"
    assert {field.name.zh: field.type.value for field in proposal.fields}["人数"] == "integer"
    assert "jing_ying_fan_wei" in fields
    assert "uscc" in proposal.key


def test_is_conservative(proposal):
    assert proposal.sharing.value == "conditional"
    assert proposal.opening.value == "none"
    assert not any(field.open for field in proposal.fields)
    grades = {field.id: (field.grade.value, field.mask.value) for field in proposal.fields}
    assert grades["resident_id"] == ("L3", "partial")
    assert grades["mobile"] == ("L3", "partial")
    assert grades["uscc"] == ("L2", "none")


@pytest.mark.django_db
def test_goes_into_the_catalog_as_a_proposal(proposal):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.catalog import services

    assert services.propose_entry(declaration=proposal, by=OFFICER, at=AT).status.value == "proposed"
