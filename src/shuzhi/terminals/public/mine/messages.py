"""My messages (我的消息): the inbox, and how I want to be reached."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.errors import NotSignedIn
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.messages import queries, services
from shuzhi.support.messages.types import CHANNEL_TITLES, Channel
from shuzhi.terminals.design.types import Choice, Crumbs, ErrorSummary, Field, Said, say
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.mine.consents import HOME, WHY

CHOICES = (Channel.MAIL, Channel.SMS)


@open_to_public(WHY)
def inbox(request: HttpRequest) -> HttpResponse:
    """My messages, the newest first; reading one marks it."""
    return _inbox(request, None)


@require_POST
@open_to_public(WHY)
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Mark a message as read."""
    services.mark_read(message=number, by=_me(request), at=now())
    return HttpResponseRedirect(reverse("public:my-messages"))


@require_POST
@open_to_public(WHY)
def reach(request: HttpRequest) -> HttpResponse:
    """Keep where I am reached."""
    by = _me(request)
    wanted = set(request.POST.getlist("wanted"))
    try:
        services.keep_contact(
            recipient=by.name,
            mail=storable(request.POST.get("mail", "").strip())[:254],
            phone=storable(request.POST.get("phone", "").strip())[:20],
            declined=[each.value for each in CHOICES if each.value not in wanted],
            by=by,
            at=now(),
        )
    except PlatformError as refusal:
        return _inbox(request, refusal)
    notices.success(request, say(Said("已保存。", "Saved.")))
    return HttpResponseRedirect(reverse("public:my-messages"))


def _inbox(request: HttpRequest, refusal: PlatformError | None) -> HttpResponse:
    by, number = _me(request), asking.page(request)
    found, unread = queries.inbox(by, first=(number - 1) * queries.PAGE)
    mail, phone, declined = queries.contact(by)
    given = request.POST if refusal else None
    wanted = (
        given.getlist("wanted") if given else [each.value for each in CHOICES if each.value not in declined]
    )
    context = {
        "place_now": "my",
        "crumbs": Crumbs(HOME),
        "found": found,
        "unread": unread,
        "page": number,
        "more": len(found) == queries.PAGE,
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
        "fields": (
            Field(
                name="mail", label=Said("邮箱", "Mail"), control="email", required=False, autocomplete="email",
                value=given.get("mail", "") if given else mail,
            ),
            Field(
                name="phone", label=Said("手机", "Mobile"), control="tel", required=False, autocomplete="tel",
                value=given.get("phone", "") if given else phone,
            ),
            Field(
                name="wanted", label=Said("也用这些方式通知我", "Also tell me by"), control="checkbox", value=wanted,
                hint=Said("办理结果等必须送达的通知不受影响。", "Decisions are sent in any case."),
                choices=[Choice(each.value, Said(CHANNEL_TITLES[each].zh, CHANNEL_TITLES[each].en)) for each in CHOICES],
            ),
        ),
    }  # fmt: skip
    return render(request, "public/messages.html", context, status=refusal.http_status if refusal else 200)


def _me(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by == PUBLIC:
        raise NotSignedIn(permission="read your messages", permission_zh="查看本人的消息")
    return by
