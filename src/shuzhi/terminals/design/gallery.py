"""The page that shows every part (`/staff/design/`), and one page of each frame; their data are invented."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design import samples
from shuzhi.terminals.design.types import Progress, Said
from shuzhi.terminals.design.views import refuse

STEP, WHOLE = 5200, 31509
ERRORS = (403, 404, 500)


@open_to_public("shows parts only, no data")
def parts(request: HttpRequest) -> HttpResponse:
    """Every part once, in the staff frame."""
    return render(request, "staff/design.html", samples.all_parts(request.GET.dict()))


@open_to_public("shows parts only, no data")
def progress(request: HttpRequest) -> HttpResponse:
    """The next state of the sample progress: each look does some more."""
    done = request.GET.get("done", "0")
    return render(
        request, "design/progress.html", {"part": sample_progress(int(done) if done.isdecimal() else 0)}
    )


def sample_progress(done: int) -> Progress:
    """A collection that has come this far."""
    done = min(done, WHOLE)
    return Progress(
        id="sample-progress",
        label=Said("归集 企业登记", "Collecting business registrations"),
        done=done,
        total=WHOLE,
        unit=Said("行", "rows"),
        poll_url=f"/staff/design/progress?done={done + STEP}",
        seconds_spent=done / 900,
        seconds_left=(WHOLE - done) / 900,
        doing=Said("正在核对统一社会信用代码", "Checking credit codes"),
    )


@open_to_public("shows parts only, no data")
def public_page(request: HttpRequest) -> HttpResponse:
    """The public frame with a home page's skeleton."""
    return render(request, "public/design.html", samples.public_home())


@open_to_public("shows parts only, no data")
def cockpit_page(request: HttpRequest) -> HttpResponse:
    """The cockpit frame with tiles, map, alerts and moments."""
    return render(request, "cockpit/design.html", samples.cockpit())


@open_to_public("shows parts only, no data")
def refusal_page(request: HttpRequest) -> HttpResponse:
    """A refusal that explains itself; answered with its own status."""
    return refuse(request, samples.REFUSAL)


@open_to_public("shows parts only, no data")
def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """The pages of 403, 404 and 500 as anyone would meet them."""
    if status not in ERRORS:
        raise Http404
    return render(request, f"errors/{status}.html", {"request_id": "01J8W5T3"}, status=status)
