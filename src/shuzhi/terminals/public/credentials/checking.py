"""Checking (核验): by text, by file, by camera; whoever is shown a credential may check it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.credentials import queries, services
from shuzhi.support.credentials.errors import NoSuchCredential
from shuzhi.support.credentials.types import Found
from shuzhi.terminals.design.types import Crumbs, ErrorSummary, Field, Link, Said

HOME = (Link(Said("首页", "Home"), "/"),)
LONGEST = 2_000_000


@open_to_public("whoever is shown a credential may check it; nothing is kept")
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and what was found."""
    found: Found | None = None
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            found = services.verify(document=_document(request), at=now())
        except PlatformError as error:
            refusal = error
    text = Field(
        name="text",
        label=Said("或粘贴证照、码的内容", "Or paste a credential or code"),
        hint=Said("以 { 或 SZ1: 开头的一段文字。", "A text that begins with { or SZ1:."),
        control="textarea",
        required=False,
    )
    file = Field(
        name="file", label=Said("选择证照文件（JSON 或 PDF）", "A credential's file, JSON or PDF"), control="file", required=False
    )  # fmt: skip
    context = {
        "crumbs": Crumbs(HOME),
        "text": text,
        "file": file,
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
        "shown": [shown(each) for each in (found.parts or (found,))] if found else [],
        "until": found.until if found and found.form == "code" else None,
    }
    return render(request, "public/verify.html", context, status=refusal.http_status if refusal else 200)


def shown(found: Found) -> dict[str, object]:
    """A credential as it was shown, its fields called by their names."""
    facts, office, hidden = labelled(found.number, dict(found.shows))
    return {
        "title": found.title,
        "number": found.number,
        "issuer": found.issuer,
        "office": office,
        "facts": facts,
        "hidden": hidden,
        "until": found.until,
        "issued_at": found.issued_at,
        "form": found.form,
    }


def labelled(number: str, shows: dict[str, object]) -> tuple[list[dict[str, object]], Words | None, bool]:
    """Facts with their titles, the issuing office, and whether something is not shown."""
    try:
        kind = queries.kind_of(number)
    except NoSuchCredential:  # of another node
        return (
            [{"name": Words(zh=name, en=name), "value": value} for name, value in shows.items()],
            None,
            False,
        )
    facts = [{"name": each.title, "value": shows[each.id]} for each in kind.fields if each.id in shows]
    if "holder" in shows:
        holder = str(shows["holder"]).partition("/")[2]
        facts.append({"name": Words(zh="持证人号码", en="Holder's number"), "value": holder})
    return facts, organization.office_titles().get(kind.office), len(facts) <= len(kind.fields)


def _document(request: HttpRequest) -> str | bytes:
    file = request.FILES.get("file")
    if file is not None and file.size is not None and file.size <= LONGEST:
        content: bytes = file.read()
        return content
    return request.POST.get("text", "")[:LONGEST]
