"""Exports: who gets what, the register of them, and finding whose copy leaked."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace

import openpyxl
import pytest
from tests.unit.data.exports import world
from tests.unit.data.exports.world import AT, BUREAU, OTHER, PHONE, RESIDENT, officer

from shuzhi.data.exports import queries, services
from shuzhi.data.exports.errors import NoSuchForm, NothingAllowed, PurposeMissing
from shuzhi.data.exports.tracing import find_leaker
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Grade, Role
from shuzhi.pillars.security.watermarks import canonical


def exported(dataset, folder, *, by=None, form="csv", purpose="核验", basis="条例"):
    return services.export_dataset(
        dataset=dataset, form=form, purpose=purpose, basis=basis, folder=folder, by=by or officer(), at=AT
    )


def read(file):
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


class TestExport:
    def test_each_field_goes_out_as_the_policy_says(self, firms, tmp_path):
        made, file = exported(firms, tmp_path)
        row = read(file)[7]
        assert (row["code"], row["name"], row["phone"], row["capital"]) == (
            "c7",
            "张三7",
            PHONE,
            "70000.0000000000",
        )
        assert row["resident"] not in {"", RESIDENT}
        assert canonical(row["address"]) == "文一西路7号(7幢)"
        assert (made.clear[:2], made.masked, made.withheld) == (("code", "district"), ("resident",), ())
        assert (made.rows, made.marked, made.receiver) == (400, ("address",), "account/chen")
        assert made.carriers > 300

    def test_all_forms_say_the_same(self, firms, tmp_path):
        _, sheet = exported(firms, tmp_path, form="xlsx")
        _, text = exported(firms, tmp_path, form="json")
        cells = [
            row[0] for row in openpyxl.load_workbook(sheet).active.iter_rows(min_row=2, values_only=True)
        ]
        assert cells == [row["code"] for row in json.loads(text.read_text("utf-8"))]

    def test_it_is_registered_and_audited_with_purpose_and_basis(self, firms, tmp_path):
        made, _ = exported(firms, tmp_path)
        assert queries.exports(dataset=firms) == [made]
        entry = security.AuditEntry.objects.get(action="exports.exported", target=f"dataset/{firms}")
        assert (entry.actor, entry.purpose, entry.basis) == ("account/chen", "核验", "条例")
        assert entry.facts["sha256"] == made.sha256

    @pytest.mark.parametrize("facts", [{"purpose": " "}, {"basis": ""}])
    def test_without_purpose_or_basis_nothing_leaves(self, firms, tmp_path, facts):
        with pytest.raises(PurposeMissing):
            exported(firms, tmp_path, **facts)
        assert not queries.exports(dataset=firms)

    def test_another_offices_officer_asks_through_the_exchange(self, firms, tmp_path):
        with pytest.raises(Forbidden):
            exported(firms, tmp_path, by=OTHER)

    def test_unknown_forms_are_refused(self, firms, tmp_path):
        with pytest.raises(NoSuchForm):
            exported(firms, tmp_path, form="exe")

    def test_rows_of_other_divisions_stay(self, tmp_path, db):
        dataset = world.plant(tmp_path, policy={"scope": {"division": "district"}})
        _, file = exported(dataset, tmp_path, by=officer("du", division="330110"))
        assert {row["district"] for row in read(file)} == {"330110"}
        _, file = exported(dataset, tmp_path, by=officer("no", division=None))
        assert read(file) == []

    def test_a_data_set_may_refuse_the_whole_way(self, tmp_path, db):
        dataset = world.plant(tmp_path, policy={"refuse": ["export"]})
        with pytest.raises(NothingAllowed) as refused:
            exported(dataset, tmp_path, by=BUREAU)
        assert "数据安全法" in refused.value.message_zh


class TestBatchAndModel:
    def test_a_batch_file_gives_an_office_what_its_clearance_allows(self, firms, tmp_path):
        receiver = Actor("office/taxation", "税务局", "taxation", purpose="核验", basis="条例")
        made, file = services.deliver_batch(
            dataset=firms,
            form="csv",
            receiver=receiver,
            clearance=Grade.L2,
            folder=tmp_path,
            by=BUREAU,
            at=AT,
        )
        row = read(file)[0]
        assert row["name"] == "张三0"
        assert row["phone"] != PHONE
        assert (len(row["phone"]), made.office, made.channel) == (11, "taxation", "batch")

    def test_a_model_gets_no_core_data_and_the_log_knows(self, firms):
        given = services.rows_for_model(
            dataset=firms, model="lightgbm", purpose="预测", basis="条例", by=officer(), at=AT
        )
        rows = list(given.rows)
        assert "resident" not in given.columns
        assert (len(rows), given.masked) == (400, ("phone",))
        assert {RESIDENT, PHONE}.isdisjoint(str(value) for row in rows for value in row.values())
        assert security.AuditEntry.objects.filter(action="exports.fed", target=f"dataset/{firms}").exists()

    def test_a_data_set_may_be_kept_from_models(self, tmp_path, db):
        dataset = world.plant(tmp_path, policy={"refuse": ["model"]})
        with pytest.raises(NothingAllowed):
            services.rows_for_model(
                dataset=dataset, model="x", purpose="预测", basis="条例", by=officer(), at=AT
            )


class TestFindLeaker:
    @pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
    def test_names_the_receiver_from_a_part_of_a_file_of_any_form(self, firms, tmp_path, form):
        for number in range(5):
            exported(firms, tmp_path, by=officer(f"innocent-{number}"))
        made, file = exported(firms, tmp_path, by=officer("leaker"), form=form)
        if form == "csv":
            lines = file.read_text("utf-8").splitlines()
            file.write_text("\n".join([lines[0], *sorted(lines[1:])[::2]]), "utf-8")
        leads = find_leaker(sample=file, by=BUREAU, at=AT)
        assert [lead.export for lead in leads if lead.is_found] == [made]
        assert leads[0].probability > 0.999

    def test_names_nobody_for_the_offices_own_file(self, firms, tmp_path):
        exported(firms, tmp_path)
        leads = find_leaker(sample=tmp_path / f"{firms}.csv", by=BUREAU, at=AT)
        original = tmp_path / "own.csv"
        original.write_text("\n".join(["a,b,c,d,e,f,address", *world.rows(400)]), "utf-8")
        assert leads[0].is_found
        assert not [lead for lead in find_leaker(sample=original, by=BUREAU, at=AT) if lead.is_found]

    def test_only_the_bureau_traces(self, firms, tmp_path):
        _, file = exported(firms, tmp_path)
        with pytest.raises(Forbidden):
            find_leaker(sample=file, by=officer(), at=AT)

    def test_names_the_office_from_200_rows_sorted_with_columns_dropped(self, firms, tmp_path):
        offices = ("taxation", "housing-fund", "planning", "civil-affairs", "transport")
        for office in offices:
            exported(
                firms,
                tmp_path,
                by=officer(f"of-{office}", office="data-bureau", roles=frozenset({Role.BUREAU})),
            )
        receiver = officer("receiver", office="taxation")
        made, file = services.deliver_batch(
            dataset=firms, form="csv", receiver=replace(receiver, purpose="核验", basis="条例"), clearance=Grade.L3,
            folder=tmp_path, by=BUREAU, at=AT,
        )  # fmt: skip
        with file.open(encoding="utf-8", newline="") as whole:
            head, *rows = csv.reader(whole)
        kept = [head.index(name) for name in ("district", "address")]
        part = sorted(([row[place] for place in kept] for row in rows), key=lambda row: row[::-1])[100:300]
        leak = tmp_path / "leak.csv"
        with leak.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([["x", "y"], *part])
        for sample in (leak, *self.changed(head, rows, tmp_path)):
            leads = [lead for lead in find_leaker(sample=sample, by=BUREAU, at=AT) if lead.is_found]
            assert [(lead.export.id, lead.export.office) for lead in leads] == [(made.id, "taxation")], sample

    def changed(self, head, rows, folder):
        """200 rows in another order, 5 % of them edited, numbers written otherwise, as other forms and encodings."""
        chance = random.Random(5)
        part = chance.sample(rows, 200)
        place, capital = head.index("address"), head.index("capital")
        for row in chance.sample(part, 10):
            row[place] = f"改过的地址{row[place][:3]}"
        for row in part:
            row[capital] = f"{float(row[capital] or 0):,.2f}" if row[capital][:1].isdigit() else "—"
        workbook = openpyxl.Workbook()
        for row in [[name.upper() for name in head], *part]:
            workbook.active.append(row)
        workbook.save(folder / "leak.xlsx")
        yield folder / "leak.xlsx"
        text = "\n".join("\t".join([*reversed(row), "x"]) for row in [head, *part])
        (folder / "leak.tsv").write_text(text, "gb18030")
        yield folder / "leak.tsv"
