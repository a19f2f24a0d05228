"""Services of the demonstration: a policy has found firms and waits for one's tap; the hotline has some requests."""

from __future__ import annotations

from typing import Any

from shuzhi.business.benefits import queries as benefits
from shuzhi.business.benefits import services as benefit_services
from shuzhi.business.benefits.types import State
from shuzhi.business.incidents import queries as incidents
from shuzhi.business.incidents import services as incident_services
from shuzhi.business.incidents.jobs import new_code
from shuzhi.business.incidents.services.taking_in import Told
from shuzhi.business.incidents.types import Channel
from shuzhi.business.market import services as market
from shuzhi.demo.people import RUNNER
from shuzhi.demo.types import Run
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity

USERNAME, DESK = "firm", "hotline-12345"
CALLS = (
    Told(
        "夜间施工噪音扰民",
        "凌晨两点仍在打桩，附近老人无法休息。（演示数据）",
        "余杭区文一西路 88 号",
        "13800001234",
    ),
    Told("小区门口路灯不亮", "三盏路灯都不亮，晚上看不清路。（演示数据）", "西湖区文三路 20 号", ""),
    Told("公司拖欠工资两个月", "一直说没钱。（演示数据）", "滨江区江南大道 1 号", "13900005678"),
)


def run_services(run: Run) -> dict[str, Any]:
    """Run every policy in force today, open the account of a firm that was found, and take some calls."""
    found = {one.id: _run_policy(one.id, run) for one in benefits.policies()}
    return {"policies": found, "firm": _open_firm(run), "requests": _take_calls(run)}


def _run_policy(policy: str, run: Run) -> dict[str, int]:
    try:
        made = benefit_services.run_policy(policy=policy, by=RUNNER, at=run.at)
    except (
        PlatformError
    ) as refusal:  # not in force today, or nothing was collected: the demonstration goes on
        run.say(f"! {policy}: {refusal.message_zh} {refusal}")
        return {"found": 0}
    return {"records": made.rows, "found": made.eligible, "new": made.fresh}


def _open_firm(run: Run) -> bool:
    """An account for the first firm that money is set aside for."""
    for one in benefits.policies():
        for finding in benefits.findings(one.id, state=State.RESERVED, size=1):
            identity.open_account(
                username=USERNAME, person=finding.name, person_en="A firm's clerk", office=None, division=None,
                roles=frozenset({Role.RESIDENT}), password=identity.DEMO_PASSWORD, is_demo=True, by=RUNNER, at=run.at,
            )  # fmt: skip
            try:
                market.bind_account(
                    username=USERNAME, scheme=one.declared.who.scheme, value=finding.recipient,
                    evidence="演示：企业身份由合成的登记数据给出", by=RUNNER, at=run.at,
                )  # fmt: skip
            except PlatformError:  # bound to another firm by an earlier run
                return False
            return True
    return False


def _take_calls(run: Run) -> int:
    if not any(desk.desk == DESK for desk in incidents.desks()):
        return 0
    if incidents.count_requests(DESK):
        return incidents.count_requests(DESK)
    by = run.speakers.of(incidents.desk(DESK).office, Role.DATA_OFFICER)
    taken = [
        incident_services.take_in(
            desk=DESK, channel=Channel.CALL, told=told, code=new_code(), by=by, at=run.at
        )
        for told in CALLS
    ]
    incident_services.dispatch(number=taken[0].request.number, office=None, note="", by=by, at=run.at)
    return len(taken)
