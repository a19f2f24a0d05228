"""The main job from a department's file to the leader's figures, in the order in which a bureau does it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from shuzhi.demo import benefits, exchange, findings, people, residents, steps
from shuzhi.demo.types import Run, Say
from shuzhi.packs import services as packs
from shuzhi.packs.errors import PacksFaulty

SEED = 20210409
FIRMS, PERSONS = 3000, 5000
# The population's own day is fixed, so that its files, and with them the batches, are the same on every run.
POPULATION_DAY = date(2026, 11, 20)


def run_demo(*, home: Path, given: Path | None, at: datetime, say: Say) -> dict[str, Any]:
    """Run the main job and return its figures as one document.

    Everything is idempotent: a second run finds the same batches, changes nothing that is already so, and
    is quick. With `given` the files that may not ship are read from that folder as well.

    Raises:
        PacksFaulty: a pack of the node does not pass its checks.
        NothingGiven: the given folder holds none of the expected files.
    """
    started = perf_counter()
    loaded, faults = packs.load_node_packs()
    if faults:
        raise PacksFaulty(
            count=len(faults), first=f"{faults[0].file}:{faults[0].line} {faults[0].message.zh}"
        )
    run = Run(packs=loaded, given=given, population=home / "demo" / "population", at=at, say=say)
    absent = steps.require_given(run)
    run.step("packs", "安装应用包 Install packs", _install)
    run.step("population", "生成演示人口（合成） Generate the synthetic population", _generate)
    run.step("catalog", "编制并发布目录 Propose and publish the catalog", steps.publish_catalog)
    run.step("sources", "归集各部门文件 Collect the departments' files", steps.collect)
    run.step("harvest", "汇聚其他城市的目录 Harvest other cities' catalogs", steps.harvest)
    run.step("quality", "质量检查与整改 Check quality, correct, close", steps.check_quality)
    run.step("registers", "生成基础库 Build the registers", steps.build_registers)
    run.step("residents", "开立办事人账号 Open a resident's account", residents.open_resident)
    run.step("exchange", "申请、审批、调用接口 Request, approve and call interfaces", exchange.share)
    run.step("opendata", "向社会开放 Open to the public", steps.open_data)
    run.step(
        "benefits",
        "匹配惠企政策、受理热线诉求 Run a benefit policy, take hotline requests in",
        benefits.run_services,
    )
    run.step("kpis", "计算指标 Compute the indicators", steps.measure)
    run.step("findings", "核对 Reconcile", findings.find)
    run.step("audit", "校验审计日志 Verify the audit log", steps.verify_audit)
    run.seconds["total"] = round(perf_counter() - started, 3)
    return _document(run) | {"absent": absent}


def _install(run: Run) -> dict[str, Any]:
    changed = packs.install_packs(packs=run.packs, by=people.RUNNER, at=run.at)
    from shuzhi.support.identity.services import DEMO_PASSWORD

    accounts = people.open_accounts(run.packs, password=DEMO_PASSWORD, at=run.at) if changed else None
    return {"packs": len(run.packs), "changed": changed, "accounts": accounts}


def _generate(run: Run) -> dict[str, Any]:
    from shuzhi.demo.population.generate import MANIFEST, generate

    if (run.population / MANIFEST).is_file():
        return {"generated": False}
    manifest = generate(SEED, FIRMS, PERSONS, POPULATION_DAY, run.population)
    return {"generated": True, "firms": FIRMS, "persons": PERSONS, "files": len(manifest.files)}


def _document(run: Run) -> dict[str, Any]:
    order = (
        "sources",
        "findings",
        "catalog",
        "quality",
        "registers",
        "exchange",
        "opendata",
        "audit",
        "kpis",
    )
    return {name: run.figures.get(name) for name in order} | {
        "packs": run.figures.get("packs"),
        "harvest": run.figures.get("harvest"),
        "population": run.figures.get("population"),
        "synthetic": sorted(findings.synthetic_datasets()),
        "seconds": run.seconds,
    }
