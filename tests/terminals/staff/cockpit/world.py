"""A small city: a leader's post, a register counted by place, values of two days, and something that is off."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from tests.unit.data.exchange import world as exchange
from tests.unit.data.quality import world as quality

from shuzhi.business.indicators import models as indicators
from shuzhi.data.registers import models as registers
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import models as organization
from shuzhi.support.identity.models import Account
from shuzhi.support.workflow import services as workflow

TOWN, DISTRICT = "330110005", "330110"
PASSWORD = "a long enough password"
COUNTS = {"330102": 40, "330105": 55, "330106": 31, "330109": 60, DISTRICT: 27, "330127": 3, None: 4}


def build_city() -> Client:
    """Everything a cockpit shows; gives back the leader's browser."""
    organization.Office.objects.create(
        id="city-office",
        title_zh="市政府办公厅",
        title_en="General Office",
        division="330100",
        tier="city",
        pack="test",
    )
    organization.Post.objects.create(
        office_id="city-office",
        slug="captain",
        title_zh="驾驶舱机长",
        title_en="Cockpit captain",
        role="leader",
    )
    account = Account(
        username="leader",
        person="许峰",
        person_en="Xu Feng",
        office="city-office",
        division="330100",
        roles=["leader"],
    )
    account.set_password(PASSWORD)
    account.save()
    exchange.install_register()
    exchange.install_dataset(synthetic=True)
    add_firms(3)
    for field, counted in (("division", COUNTS), ("town", {TOWN: 20, "330110001": 5})):
        for place, records in counted.items():
            registers.Tally.objects.create(
                register="legal-entity", day=day_of(now()) - timedelta(days=2), field=field, value=place,
                source="firms-registration", records=records, disputed=records // 10,
            )  # fmt: skip
    keep_values(0, Decimal("0.5"))
    keep_values(1, Decimal("0.9"))
    quality.install_loop()
    open_dossier(days_ago=30)
    client = Client()
    client.force_login(account)
    return client


def add_firms(count: int) -> None:
    for number in range(count):
        exchange.add_firm(
            f"t-{number}",
            exchange.FIRM | {"uscc": f"{number:018}", "name": f"五常公司{number}", "town": TOWN},
        )


def keep_values(days_ago: int, value: Decimal) -> None:
    at = now() - timedelta(days=days_ago)
    for name in ("K12", "K13", "K14", "K15", "K16"):
        counted = [f"dataset/d{n}" for n in range(int(value * 10))]
        indicators.IndicatorValue.objects.create(
            indicator=name, day=day_of(at), numerator=len(counted), denominator=10, value=value, counted=counted,
            missing=["dataset/firms-registration", "dataset/firms-registration#code", *(f"dataset/m{n}" for n in range(28))],
            computed_at=at,
        )  # fmt: skip


def open_dossier(*, days_ago: int) -> int:
    from shuzhi.foundation.words import Words

    return workflow.open_dossier(
        loop="quality-issue", subject="dataset/firms-registration", title=Words(zh="代码有误", en="Wrong codes"),
        office="city-office", requester=None, by=exchange.PLATFORM, at=now() - timedelta(days=days_ago),
    ).id  # fmt: skip
