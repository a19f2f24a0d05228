"""Looking into collected data: what is found, what is not, and what becomes of it."""

from __future__ import annotations

import json
import random
import uuid
from datetime import UTC, datetime

import pytest

AT = datetime(2026, 9, 18, 2, tzinfo=UTC)
ROWS = 3_000
MOBILE = "13805718888"


def identity(number: int) -> str:
    """A well-formed identity number of nobody: a division that was never given."""
    digits = f"990100{1950 + number % 60}{number % 12 + 1:02}{number % 28 + 1:02}{number % 999:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def field(name, zh, **more):
    return {"id": name, "name": {"zh": zh, "en": name}, **more}


class World:
    """An office that hands in a table."""

    def __init__(self, folder):
        self.folder = folder
        self.dataset = f"classing-{uuid.uuid4().hex[:10]}"

    def collect(self, fields, rows):
        from tests.unit.data.quality.world import BUREAU, OFFICER

        from shuzhi.data.catalog import services as catalog
        from shuzhi.data.catalog.types import DataSetDeclaration
        from shuzhi.data.sources import services as sources
        from shuzhi.data.sources.types import SourceDeclaration

        declaration = DataSetDeclaration.model_validate(
            {
                "dataset": self.dataset, "title": {"zh": "试验表", "en": "Trial"}, "owner": "market-regulation",
                "tier": "city", "theme": "market", "update": "irregular", "sharing": "conditional",
                "opening": "none", "key": [fields[0]["id"]], "fields": fields,
            }
        )  # fmt: skip
        catalog.propose_entry(declaration=declaration, by=OFFICER, at=AT)
        catalog.publish_entry(dataset=self.dataset, by=BUREAU, at=AT)
        source = SourceDeclaration.model_validate(
            {
                "source": self.dataset, "dataset": self.dataset, "office": "market-regulation", "kind": "file",
                "mode": "full",
            }
        )  # fmt: skip
        sources.register_source(declaration=source, by=OFFICER, at=AT)
        path = self.folder / f"{self.dataset}.csv"
        lines = [",".join(each["name"]["zh"] for each in fields), *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        batch = sources.receive_file(source=self.dataset, path=path, by=OFFICER, at=AT)
        got = sources.collect_batch(batch=batch.id, by=OFFICER, at=AT)
        assert got.accepted == len(rows), got

    def classify(self):
        from shuzhi.business.classification import services
        from shuzhi.pillars.security.types import system

        return services.classify(dataset=self.dataset, by=system("test"), at=AT)

    def reviews(self):
        from shuzhi.business.classification import queries

        return {each.field: each for each in queries.reviews(dataset=self.dataset)}


@pytest.fixture
def world(tmp_path, db):
    from shuzhi.foundation.packfiles import packs_root
    from shuzhi.packs.yaml import read
    from shuzhi.pillars.security.types import system
    from shuzhi.support.workflow import services as workflow
    from shuzhi.support.workflow.types import LoopDeclaration

    file = packs_root() / "platform" / "governance" / "loops" / "classification-review.yaml"
    workflow.install_loop(
        declaration=LoopDeclaration.model_validate(read(file).value), pack="platform/governance",
        by=system("test"), at=AT,
    )  # fmt: skip
    return World(tmp_path)


def act(review, action, note=""):
    from tests.unit.data.quality.world import OFFICER

    from shuzhi.business.classification import services
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services as identity_services
    from shuzhi.support.workflow import services as workflow

    identity_services.open_account(
        username="officer", person="陈静", office="market-regulation", division=None,
        roles=frozenset({Role.DATA_OFFICER}), password=None, by=system("test"), at=AT,
    )  # fmt: skip
    workflow.act(dossier=review.dossier, action=action, by=OFFICER, at=AT, note=note)
    payload = {"loop": services.LOOP, "dossier": review.dossier, "action": action}
    services.follow_dossier(payload, AT)


class TestFinding:
    def test_one_number_in_thousands_of_remarks_is_found_and_kept_nowhere(self, world):
        from django.db import connection

        from shuzhi.pillars.security.models import AuditEntry

        planted = identity(77)
        rows = [[str(n), f"第{n}件，已办结"] for n in range(ROWS)]
        rows[1234][1] = f"申请人身份证{planted}，已核对"
        world.collect([field("no", "编号"), field("note", "备注")], rows)

        assert world.classify() == 1
        found = world.reviews()["note"]
        assert [kind.value for kind in found.kinds] == ["resident_id"]
        assert "1 处" in found.said.zh
        assert found.asked_grade == "L3"
        with connection.cursor() as cursor:
            for table in ("classification_review", "workflow_dossier", "workflow_step"):
                if table not in connection.introspection.table_names():
                    continue
                cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
                assert not any(planted in text for (text,) in cursor.fetchall())
        assert planted not in json.dumps(list(AuditEntry.objects.values()), default=str)

    def test_numbers_that_only_look_alike_are_not(self, world):
        draw = random.Random(5)
        rows = [
            [
                str(n),
                str(draw.randrange(10**17, 10**18)),
                f"订单{draw.randrange(10**19, 10**20)}",
                f"4{n:010}",
            ]
            for n in range(500)
        ]
        rows[3][1] = identity(3)[:-1] + ("0" if identity(3)[-1] != "0" else "1")  # a wrong check digit
        rows[4][2] = "9" + identity(4)  # more digits before it
        world.collect(
            [field("no", "编号"), field("serial", "流水号"), field("order", "订单"), field("count", "计数")],
            rows,
        )
        world.classify()
        kinds = {name: {kind.value for kind in each.kinds} for name, each in world.reviews().items()}
        assert "resident_id" not in {kind for each in kinds.values() for kind in each}

    def test_names_health_and_whereabouts_of_persons(self, world):
        fields = [
            field("id_no", "身份证号", grade="L3", mask="partial"),
            field("person", "姓名"),
            field("illness", "诊断结果"),
            field("lng", "经度", type="decimal"),
            field("height", "身高", type="decimal"),
        ]
        names = ("王芳", "李娜", "张伟", "刘洋", "陈杰", "杨勇", "赵敏", "黄磊")
        rows = [[identity(n), names[n % 8], "高血压", "120.15", "170"] for n in range(300)]
        world.collect(fields, rows)
        world.classify()

        found = world.reviews()
        assert {name: each.kinds[0].value for name, each in found.items()} == {
            "person": "person_name", "illness": "health", "lng": "place",
        }  # fmt: skip

    def test_where_nothing_is_about_persons_a_place_is_a_place(self, world):
        rows = [[str(n), "120.15"] for n in range(50)]
        world.collect([field("no", "编号"), field("lng", "经度", type="decimal")], rows)
        assert world.classify() == 0

    def test_a_table_of_firms_is_not_about_their_representatives(self, world):
        fields = [
            field("uscc", "统一社会信用代码"),
            field("head", "法定代表人", grade="L2", mask="partial"),
            field("seat", "住所"),
        ]
        codes = ("91330182843963542R", "9133010014304617XG")
        rows = [[code, "王芳", "杭州市西湖区文三路90号"] for code in codes]
        world.collect(fields, rows)
        assert world.classify() == 0

    def test_what_is_protected_enough_is_not_raised(self, world):
        fields = [field("no", "编号"), field("mobile", "手机号", grade="L3", mask="partial")]
        world.collect(fields, [[str(n), MOBILE] for n in range(40)])
        assert world.classify() == 0

    def test_nothing_collected(self, world, db):
        from shuzhi.business.classification.errors import NothingCollected

        world.collect([field("no", "编号")], [])
        with pytest.raises(NothingCollected):
            world.classify()


class TestReview:
    @pytest.fixture
    def found(self, world):
        fields = [field("no", "编号"), field("mobile", "手机号", open=True)]
        world.collect(fields, [[str(n), MOBILE] for n in range(40)])
        assert world.classify() == 1
        return world

    def test_looking_again_raises_nothing_twice(self, found):
        assert found.classify() == 0

    def test_raising_grades_masks_closes_and_unpublishes(self, found):
        from shuzhi.data.catalog import queries as catalog
        from shuzhi.data.catalog.types import Status

        act(found.reviews()["mobile"], "raise")
        entry = catalog.entry(found.dataset)
        mobile = next(each for each in entry.schema_.fields if each.id == "mobile")
        assert (mobile.grade, mobile.mask, mobile.open) == ("L3", "partial", False)
        assert entry.status is Status.PROPOSED  # the bureau publishes it again
        assert not found.reviews()["mobile"].is_open
        assert found.classify() == 0

    def test_kept_with_a_reason_it_is_raised_again_only_for_another_kind(self, found):
        act(found.reviews()["mobile"], "keep", "企业对外公布的总机")
        assert found.reviews()["mobile"].outcome == "kept"
        assert found.classify() == 0

    def test_others_may_not(self, found):
        from tests.unit.data.quality.world import OFFICER, STRANGER

        from shuzhi.business.classification import services
        from shuzhi.pillars.security.errors import Forbidden
        from shuzhi.support.workflow import services as workflow

        with pytest.raises(Forbidden):
            services.classify(dataset=found.dataset, by=OFFICER, at=AT)
        with pytest.raises(Forbidden):
            workflow.act(dossier=found.reviews()["mobile"].dossier, action="raise", by=STRANGER, at=AT)
