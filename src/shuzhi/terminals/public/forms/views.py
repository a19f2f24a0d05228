"""The forms there are, one's own, and the way through one."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.types import AT_WORK, Channel, FormDeclaration, State
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.filling import answering, downloading
from shuzhi.terminals.filling.answering import End

END = End("public/forms_base.html", "public")


@open_to_public("which forms there are is no secret; one's own stand below them")
def forms(request: HttpRequest) -> HttpResponse:
    """Every form for residents and firms, and what one has begun or submitted."""
    return render(request, "public/forms.html", _list(request))


@open_to_public("what a form asks, and of whom, is no secret")
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    """What the form is for, what is known already, what has to be at hand; one button."""
    declared = queries.form(form_id).declaration
    return render(request, "public/form.html", _described(request, declared))


@requires("forms.fill")
@require_POST
def start(request: HttpRequest, form_id: str) -> HttpResponse:
    """Begin, or go on with one's draft."""
    actor = request.actor  # type: ignore[attr-defined]
    channel = Channel.KIOSK if request.POST.get("channel") == "kiosk" else Channel.PUBLIC
    try:
        begun = services.open_form(form=form_id, by=actor, at=now(), channel=channel)
    except PlatformError as refused:
        if refused.http_status != 403:  # noqa: PLR2004 - not for this person: said where they asked
            raise
        context = _described(request, queries.form(form_id).declaration)
        context["refused"] = Said(refused.message_zh, str(refused))
        return render(request, "public/form.html", context, status=403)
    first = queries.form_of(begun).declaration.layout.pages[0].id
    return HttpResponseRedirect(reverse("public:filling_page", args=(begun.number, first)))


@requires("forms.fill")
def filling_page(request: HttpRequest, filling: str, page_id: str) -> HttpResponse:
    """One page of a form."""
    return answering.show_page(request, END, filling, page_id)


@requires("forms.fill")
def filling_check(request: HttpRequest, filling: str) -> HttpResponse:
    """Everything once more, and submitting."""
    return answering.show_check(request, END, filling)


@requires("forms.fill")
def filling_done(request: HttpRequest, filling: str) -> HttpResponse:
    """The receipt."""
    return answering.show_done(request, END, filling)


@requires("forms.fill")
def filling_file(request: HttpRequest, filling: str, field: str, sha256: str) -> FileResponse:
    """One's own file again, as a download."""
    return downloading.send_file(request, filling, field, sha256)


def _list(request: HttpRequest) -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    mine = queries.fillings(by=actor) if policy.allows("forms.fill", by=actor) else []
    begun = [
        (
            each,
            reverse(
                "public:filling_page",
                args=(each.number, queries.form_of(each).declaration.layout.pages[0].id),
            ),
        )
        for each in mine
        if each.state is State.DRAFT and each.channel not in AT_WORK
    ]
    done = [
        (each, reverse("public:filling_done", args=(each.number,)))
        for each in mine
        if each.state is State.SUBMITTED and each.channel not in AT_WORK
    ]
    open_now = [each for each in queries.forms() if set(each.audience) & {"resident", "firm"}]
    return {"place_now": "forms", "forms": open_now, "begun": begun, "done": done}


def _described(request: HttpRequest, declared: FormDeclaration) -> dict[str, object]:
    known = {name for each in declared.prefill for name in each.fields}
    fields = [field for _, _, field in declared.placed]
    return {
        "place_now": "forms",
        "form": declared,
        "known": [field.title for field in fields if field.field in known],
        "asked": [
            field.title
            for field in fields
            if field.field not in known and field.field not in declared.logic.value
        ],
        "may_fill": policy.allows("forms.fill", by=request.actor),  # type: ignore[attr-defined]
        "next": reverse("public:form", args=(declared.id,)),
    }
