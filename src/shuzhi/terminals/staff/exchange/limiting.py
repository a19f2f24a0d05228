"""Limiting a subscription (限定范围): to rows of the caller's own, and to its client certificates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import RowLimit, Subscription
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Choice, Confirm, Field, Said, say
from shuzhi.terminals.staff.exchange import subscription
from shuzhi.terminals.staff.shell import actor_of, said


@requires("exchange.limit")
@require_POST
def limit(request: HttpRequest, number: int) -> HttpResponse:
    """Take over what the form says; it holds from the next call on."""
    actor, given = actor_of(request), request.POST
    found = queries.readable_subscription(number, actor=actor)
    rows = RowLimit(
        division=given.get("division", "") or None,
        office=given.get("office", "") or None,
        clients=found.rows.clients if found.rows else None,
    )
    try:
        services.limit_rows(subscription=number, rows=rows if rows.fields else None, by=actor, at=now())
        services.bind_certificates(
            subscription=number, certificates=given.get("certificates", "").split(), by=actor, at=now()
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return subscription.show_again(request, number, refusal)
    messages.success(
        request, say(Said("已限定，下一次调用起生效。", "Limited; it holds from the next call on."))
    )
    return HttpResponseRedirect(reverse("staff:subscription", args=[number]))


def limiting(found: Subscription) -> Confirm | None:
    """The form; None where the register is not here to be told apart."""
    try:
        register = registers.declaration(queries.interface(found.interface).declaration.register_)
    except NoSuchRegister:
        return None
    every = [Choice("", Said("不限定", "No limit"))]
    every += [Choice(field.id, said(field.name)) for field in register.fields]
    rows = found.rows or RowLimit()
    return Confirm(
        title=Said("限定范围", "Limit it"),
        consequences=(
            Said(
                "只给调用部门自己的行，其余的行对它如同不存在。",
                "The calling office gets rows of its own; the others do not exist for it.",
            ),
            Said("下一次调用起生效。", "It holds from the next call on."),
        ),
        verb=Said("限定", "Limit"),
        action_url=reverse("staff:subscription_limit", args=[found.id]),
        back_url=reverse("staff:exchange"),
        fields=(
            Field(
                name="division",
                label=Said("按区划：哪个字段是行的区划代码", "By division: the field with a row's code"),
                control="select",
                choices=every,
                value=rows.division or "",
                required=False,
            ),
            Field(
                name="office",
                label=Said("按部门：哪个字段是行所属的部门", "By office: the field with a row's office"),
                control="select",
                choices=every,
                value=rows.office or "",
                required=False,
            ),
            Field(
                name="certificates",
                label=Said("只接受这些客户端证书", "Only these client certificates"),
                control="textarea",
                value="\n".join(found.certificates),
                hint=Said(
                    "SHA-256 指纹，一行一个，最多四个；不填不限",
                    "SHA-256 fingerprints, one a line, four at most",
                ),
                required=False,
            ),
        ),
    )
