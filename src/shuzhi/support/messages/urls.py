"""Where gateways send their receipts."""

from __future__ import annotations

import json

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.messages import receipts
from shuzhi.support.messages.channels.signatures import SIGNATURE, STAMP
from shuzhi.support.messages.channels.sms import secret_of
from shuzhi.support.messages.errors import ReceiptRefused


@csrf_exempt
@require_POST
@open_to_public("the gateway signs its receipts; what it did not sign is refused")
def sms(request: HttpRequest) -> JsonResponse:
    """A receipt of the SMS gateway."""
    try:
        told = json.loads(request.body)
        noted = receipts.take(
            secret=secret_of(settings().home),
            body=request.body,
            stamp=request.headers.get(STAMP, ""),
            signature=request.headers.get(SIGNATURE, ""),
            told=told if isinstance(told, dict) else {},
            at=now(),
        )
    except (ValueError, RecursionError):
        return JsonResponse({"noted": False}, status=400)
    except ReceiptRefused as refusal:
        return JsonResponse(refusal.as_dict(), status=refusal.http_status)
    return JsonResponse({"noted": noted})


app_name = "messages"
urlpatterns = [path("sms", sms, name="sms-receipt")]
