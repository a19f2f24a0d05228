"""Where the payment gateway sends its callbacks."""

from __future__ import annotations

import json

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import services
from shuzhi.support.payments.errors import NotSignedByGateway
from shuzhi.support.payments.sandbox import shared_secret


@csrf_exempt
@require_POST
@open_to_public("the gateway signs its callbacks; what it did not sign is refused")
def callbacks(request: HttpRequest) -> JsonResponse:
    """What the gateway tells of a charge, a refund or a payout."""
    try:
        told = json.loads(request.body)
        noted = services.take_callback(
            secret=shared_secret(settings().home),
            path=request.path,
            body=request.body,
            headers=request.headers,
            told=dict(told),
            by=system("payments"),
            at=now(),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"noted": False}, status=400)
    except NotSignedByGateway as refusal:
        return JsonResponse(refusal.as_dict(), status=refusal.http_status)
    return JsonResponse({"noted": noted})


app_name = "payments"
urlpatterns = [path("callbacks", callbacks, name="payment-callbacks")]
