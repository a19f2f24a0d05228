"""What a verifier elsewhere fetches: keys, status lists, kinds, the authority's certificate, the verifier itself."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.credentials import printing, queries, trust
from shuzhi.support.credentials.formats import statuslist
from shuzhi.support.credentials.formats.keys import key_set

WHY = "what anyone needs to check a credential; it names nobody"
VERIFIER = Path(__file__).with_name("verify_credential.py")


@require_safe
@open_to_public(WHY)
def keys(request: HttpRequest) -> HttpResponse:
    """The issuer's public keys (JWT VC issuer metadata)."""
    del request
    return JsonResponse(key_set(trust.issuer(), trust.published_keys()))


@require_safe
@open_to_public(WHY)
def status(request: HttpRequest, which: int) -> HttpResponse:
    """A status list of this moment."""
    del request
    if which >= queries.lists():
        raise Http404
    answer = HttpResponse(queries.status_list(which, at=now()), content_type=f"application/{statuslist.TYPE}")
    answer["Cache-Control"] = "no-cache"  # what was revoked a moment ago must be in it
    return answer


@require_safe
@open_to_public(WHY)
def kind(request: HttpRequest, name: str) -> HttpResponse:
    """What a kind says and by which law (SD-JWT VC type metadata)."""
    del request
    found = queries.kind(name)
    shown = [{"lang": tag, "name": text} for tag, text in found.title.tagged.items()]
    claims = [
        {
            "path": [each.id],
            "sd": "always",
            "display": [{"lang": tag, "label": text} for tag, text in each.title.tagged.items()],
        }
        for each in found.fields
    ]
    told = {
        "vct": f"{trust.issuer()}/credentials/kinds/{name}",
        "name": found.title.en,
        "display": shown,
        "claims": claims,
    }
    return JsonResponse(told | {"basis": [each.title for each in found.basis]})


@require_safe
@open_to_public(WHY)
def authority(request: HttpRequest) -> HttpResponse:
    """Certificates of the authority behind the seals on PDF files."""
    del request
    return HttpResponse(b"".join(printing.authority()), content_type="application/x-pem-file")


@require_safe
@open_to_public(WHY)
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier in one file, for whoever trusts nobody."""
    del request
    answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{VERIFIER.name}"'
    return answer


app_name = "credentials"
urlpatterns = [
    path(".well-known/jwt-vc-issuer", keys, name="metadata"),
    path("credentials/keys", keys, name="keys"),
    path("credentials/status/<int:which>", status, name="status"),
    path("credentials/kinds/<slug:name>", kind, name="kind"),
    path("credentials/authority.pem", authority, name="authority"),
    path("credentials/verify_credential.py", verifier, name="verifier"),
]
