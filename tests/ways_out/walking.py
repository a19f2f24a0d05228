"""Every address, operation, command and hand-over of the platform, asked as every reader; what values leave is read off.

Nothing is listed that can be found: addresses come from Django's resolver, operations from the API, commands from
typer. Whoever adds one finds the walk at their door: values that the table does not expect fail it, and so does an
address that it cannot fill in.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

from django.test import Client

from tests.architecture.test_routes_have_policies import addresses
from tests.ways_out import world as worlds

READERS = ("officer", "tax", "leader", "bureau", "admin", None)
# Of systems that were admitted, by their token: see tests/unit/support/mediator and tests/unit/data/ledgers.
CONTRACTS = ("govstack/registration/", "govstack/registries/", "govstack/workflow/")
PAIRS = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>|{(\w+)}")
# Ways that need a question in the address besides the plain one.
ASKED = {
    "staff/search/": ["", f"?q={worlds.CODE}", "?q=卡纳里"],
    "staff/registers/<slug:register>/": ["", f"?q={worlds.CODE}", "?q=卡纳里"],
    "api/data/{dataset}/rows": ["", "?limit=5"],
}
# What is sent to an address that takes POST only; None: it changes something and tells no field's value.
POSTED: dict[str, Any] = {
    "staff/catalog/<slug:dataset>/export/": [
        {"purpose": worlds.EXPORT_PURPOSE, "basis": worlds.BASIS, "form": form}
        for form in ("csv", "xlsx", "json")
    ],
    "api/quality/batches/{batch}/check": [{}],
    "staff/logout/": None,
    "logout/": None,
    "staff/sources/<slug:source>/hand-in/": None,
    "staff/sources/register/": None,
    "staff/exchange/interfaces/<slug:interface>/request/": None,
    "staff/dossiers/<int:number>/steps/<slug:action>/": None,
    "staff/batches/<slug:batch>/collect/": None,
    "staff/catalog/<slug:dataset>/publish/": None,
    "staff/catalog/<slug:dataset>/open/": None,
    "staff/catalog/<slug:dataset>/withdraw/": None,
    "staff/registers/<slug:register>/build/": None,
    "staff/rules/<slug:rules>/replay/": None,  # the replay over a data set's rows is tried in the tests of its pages
    "staff/exchange/interfaces/<slug:interface>/publish/": None,
    "staff/exchange/interfaces/<slug:interface>/deprecate/": None,
    "staff/exchange/interfaces/<slug:interface>/sandbox/": [{}],
    "staff/exchange/nodes/<slug:node>/trust/": None,
    "staff/exchange/subscriptions/<int:number>/redeliver/": None,
    "staff/exchange/subscriptions/<int:number>/set-aside/": None,
    "staff/exchange/subscriptions/<int:number>/version/": None,
    "staff/exchange/subscriptions/<int:number>/key/": None,
    "staff/exchange/subscriptions/<int:number>/revoke/": None,
    "staff/exchange/subscriptions/<int:number>/limit/": None,
    "staff/benefits/<slug:policy>/run/": None,
    "staff/benefits/<slug:policy>/reconcile/": None,
    "staff/benefits/findings/<int:number>/<slug:what>/": None,
    "staff/matters/<slug:number>/<slug:what>/": None,
    "my/cases/<slug:number>/<slug:what>/": None,
    "api/cases/elsewhere": None,
    "api/cases/{number}/accept": None,
    "api/cases/{number}/reject": None,
    "api/cases/{number}/ask": None,
    "api/cases/{number}/correct": None,
    "api/cases/{number}/decide": None,
    "api/cases/{number}/deliver": None,
    "api/cases/{number}/withdraw": None,
    "api/cases/{number}/hand-over": None,
    "api/cases/{number}/object": None,
    "staff/hotline/take-in/": None,
    "staff/hotline/<slug:request_number>/<slug:what>/": None,
    "staff/sign-in/lift/": None,
    "staff/sign-in/end/": None,
    "staff/sign-in/sessions/end/": None,
    "staff/accounts/<str:username>/change/": None,
    "staff/accounts/<str:username>/password/": None,
    "staff/accounts/<str:username>/second/": None,
    "staff/accounts/<str:username>/close/": None,
    "staff/accounts/<str:username>/reopen/": None,
    "staff/secops/<int:number>/contain/": None,
    "staff/secops/<int:number>/dismiss/": None,
    "staff/secops/<int:number>/evidence/": None,  # of the audit log alone, which holds no values
    "staff/secops/report/": None,
    "staff/secops/assets/take/": None,
    "staff/secops/assets/review/": None,
    "staff/secops/access/admit/": None,
    "staff/secops/access/end/": None,
    "staff/secops/access/review/": None,
    "staff/secops/drills/plan/": None,
    "^staff/secops/drills/(?P<number>[0-9]{1,9})/(?P<what>start|inject|note|close)/$": None,
    "staff/secops/assessment/assess/": None,
    "staff/secops/assessment/state/": None,
    "data/requests/seen/": None,
    "data/<slug:name>/follow/": None,
    "preferences/language": None,
    "preferences/mode": None,
    "api/sources/{source}/files": None,
    "api/audit/who-saw": None,  # says who looked and why, not what they saw
    "api/exchange/interfaces/{interface}/publish": None,
    "api/exchange/interfaces/{interface}/withdraw": None,
    "api/exchange/interfaces/{interface}/deprecate": None,
    "api/exchange/interfaces/{interface}/sandbox": None,
    "api/exchange/subscriptions/{subscription}/redeliver": None,
    "api/exchange/subscriptions/{subscription}/version": None,
    "api/exchange/subscriptions/{subscription}/credential": None,
    "api/exchange/subscriptions/{subscription}/credential/renew": None,
    "api/exchange/subscriptions/{subscription}/revoke": None,
    "api/workflow/dossiers/{dossier}/actions/{action}": None,
    "api/workflow/processes/{process}/cases": None,
    "api/workflow/cases/{case}/cancel": None,
    "api/workflow/tasks/{task}/complete": None,
    "api/workflow/tasks/{task}/form": None,
    "api/workflow/tasks/{task}/{act}": None,
    "api/workflow/own/tasks/{task}/form": None,
    "api/workflow/own/tasks/{task}/confirm": None,
    "api/workflow/messages": None,
    "api/workflow/signals": None,
    "staff/cases/<int:number>/tasks/<int:task>/": None,
    "staff/cases/<int:number>/tasks/<int:task>/form/": None,
    "my/cases/<int:number>/tasks/<int:task>/": None,
    "my/rating/": None,
    "hotline/rating/": None,
    "my/account/sessions/end/": None,
    "my/account/sessions/end-all/": None,
    "my/account/acting/": None,
    "my/account/applications/<slug:client>/withdraw/": None,
    "openid/token": None,  # of one's own to whom one agreed: see tests/attacks/test_openid.py
    "openid/revoke": None,
    "my/account/delegations/give/": None,
    "my/account/delegations/accept/": None,
    "my/account/delegations/<int:number>/accept/": None,
    "my/account/delegations/<int:number>/end/": None,
    "halls/<slug:name>/book/": None,
    "halls/<slug:name>/appointments/<int:number>/cancel/": None,
    "kiosk/setup/": None,
    "staff/halls/<slug:hall>/<slug:name>/start/": None,
    "staff/halls/<slug:hall>/<slug:name>/<slug:what>/": None,
    "staff/items/<slug:kind>/<int:number>/<slug:what>/": None,
    "api/forms/{form_id}/evaluate": None,
    "api/forms/{form_id}/fillings": None,
    "api/forms/fillings/{filling}/answers": None,
    "api/forms/fillings/{filling}/files/{field}": None,
    "api/forms/fillings/{filling}/submission": None,
    "forms/<slug:form_id>/start/": None,  # a form is filled from one's own records: see the tests of its room
    "staff/forms/<slug:form_id>/start/": None,
    "my/credentials/uses/<int:use>/": None,  # of credentials one gets one's own: see the tests of their room
    "my/credentials/<slug:number>/part": None,
    "staff/credentials/<slug:number>/turn/": None,
    "staff/credentials/uses/<int:use>/": None,
    "staff/consents/<slug:name>/withdraw/": None,
    "staff/market/settle/": None,
    "staff/market/statements/<slug:number>/<slug:what>/": None,
    "my/messages/reach/": None,
    "my/messages/<int:number>/read/": None,
    "messages/receipts/sms": None,
    "payments/callbacks": None,
    "staff/archive/<slug:record>/<slug:what>/": None,  # a package is its own office's: see the tests of its room
    "staff/payments/reconcile/": None,
    "staff/payments/orders/<slug:order>/<slug:what>/": None,
    "api/payments/orders": None,
    "api/payments/payouts": None,
    "api/payments/orders/{order}/refunds": None,
    "api/payments/orders/{order}/pay-again": None,
    "api/payments/orders/{order}/close": None,
    "api/payments/statements/{day}": None,
    "api/credentials/verify": None,
    "api/credentials/": None,
    "api/credentials/{number}/state": None,
}


def params_of(world: worlds.World) -> dict[str, list[str]]:
    """What an address' parameters stand for; a new name has to be added here."""
    return {
        "dataset": [world.dataset], "batch": [world.batch], "source": [world.dataset], "register": [worlds.REGISTER], "pack": ["legal-entity"],
        "entity": [world.entity], "interface": [worlds.INTERFACE], "indicator_id": ["K12"], "indicator": ["K12"],
        "number": [str(world.dossier), "1", str(world.file[0])], "job": [str(world.file[1])], "rules": ["small-firm-benefit"], "part": ["d_eligible"], "replay": ["1"], "task": ["1"], "case": ["1"], "process": ["birth"], "loop_id": ["quality-issue"], "act": ["claim"], "kind": ["task"], "what": ["claim"], "dossier": [str(world.dossier)], "subscription": ["1", "2"],
        "node": ["zhejiang"], "code": ["330110", world.town], "form": ["csv", "json", "xlsx", "parquet"], "status": ["404"],
        "name": [world.dataset, worlds.OFFICE, "330100-2021"],
        "form_id": ["birth-registration"], "username": ["bureau"], "filling": ["F1"], "field": ["market", "proof"], "page_id": ["newborn"], "sha256": ["0" * 64],
        "hall": ["city-hall"], "client": ["app"],
        "use": ["1"], "link": ["x"], "which": ["0"], "order": ["P1"], "record": ["DA2026-00000001"], "day": ["2026-11-20"],
        "policy": ["job-stabilisation-2026"], "request_number": ["1"],
        "matter": ["passport"], "version": ["1.0"], "ext": ["json"],
        "action": [f"datastore_search?resource_id={_csv(world)}", f"package_show?id={world.dataset}"],
    }  # fmt: skip


def _csv(world: worlds.World) -> str:
    from shuzhi.data.opendata.types import resource_id

    return resource_id(world.dataset, "csv")


def routes() -> list[str]:
    """Every address of the web process, its API's operations one by one."""
    from django.urls import get_resolver

    from shuzhi.node.api import api

    found = [
        where
        for where, view in addresses(get_resolver().url_patterns)
        if not getattr(view, "__module__", "").startswith("ninja.") and where != "api/"
    ]
    for prefix, router in api._routers:
        found += ["api" + prefix.rstrip("/") + path for path in router.path_operations]
    return sorted({where.replace("^", "").replace("$", "") for where in found})


def filled(route: str, world: worlds.World) -> list[str]:
    """An address with its parameters filled in, in every way that the walk knows."""
    params, made = params_of(world), [route]
    for names in PAIRS.findall(route):
        name = next(filter(None, names))
        made = [PAIRS.sub(lambda _, v=value: v, one, count=1) for one in made for value in params[name]]
    return [plain(one) + question for one in made for question in ASKED.get(route, [""])]


def plain(pattern: str) -> str:
    """One address that a pattern matches: of several spellings the first, and the ending that may be left out."""
    first = re.sub(r"\(\?:([^|)]*)\|[^)]*\)|\[(\w)\w*\]", r"\1\2", pattern)
    return first.replace("\\d", "").replace("/?", "/").replace("\\.", ".")


def walk_web(
    world: worlds.World, readers: tuple[str | None, ...] = READERS
) -> Iterator[tuple[str, str, str]]:
    """Reader, address and what left, for every address that gave anything."""
    for reader in readers:
        client = Client(raise_request_exception=False)
        if reader:
            from shuzhi.support.identity.models import Account

            client.force_login(Account.objects.get(username=reader))
        for route in routes():
            if not route.endswith("logout/"):
                seen = "".join(_asked(client, route, world))
                yield reader or "public", route, worlds.shape(seen)


def _asked(client: Client, route: str, world: worlds.World) -> Iterator[str]:
    for address in filled(route, world):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the API's library
            answer = client.get(f"/{address}")
        if answer.status_code == 405:
            yield "" if route in POSTED or route.startswith(CONTRACTS) else _unheard_of(route)
        assert answer.status_code < 500, (address, answer.status_code)
        yield text_of(answer)
        for body in POSTED.get(route) or []:
            yield text_of(client.post(f"/{address}", body))


def _unheard_of(route: str) -> str:
    """Every value there is: the walk ends with the address named, and looks at the others before."""
    return f"say in POSTED what to send to {route}: " + " ".join(value for _, value in worlds.ALL.values())


def text_of(answer: Any) -> str:
    """Everything readable in an answer, whatever it is packed in."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        import openpyxl

        rows = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
        return "\n" + "\n".join("," + ",".join(str(cell) for cell in row) + "," for row in rows)
    if body[:4] == b"PAR1":
        import pyarrow.parquet as pq

        return str(pq.read_table(io.BytesIO(body)).to_pylist())
    text = html.unescape(body.decode("utf-8", "replace"))
    return text.encode().decode("unicode_escape", "ignore") + text if "\\u" in text else text
