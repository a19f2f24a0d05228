"""What comes between a right password and being signed in: a code, another password, setting up the second factor.

Until the last step is done nobody is signed in; what is known so far lies in the session, for a few minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import segno
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.support.identity import passwords, second_factor, services, sessions, signing_in
from shuzhi.support.identity.errors import PasswordTooWeak, WrongCode
from shuzhi.support.identity.signing_in import Account
from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types import ErrorSummary, Field, Said
from shuzhi.terminals.staff.shell import refusal_above

KEY = "signing_in"
AUTHORIZE = "public:openid-authorize"
PATIENCE = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"
QR_SCALE = 5
KIOSK_SECONDS = 600


@dataclass(frozen=True)
class End:
    """The pages of one terminal: its sign-in page, where further steps are, where one goes who asked for no page."""

    page: str
    step_page: str
    start: str
    steps: str
    home: str


STAFF = End("staff/login.html", "staff/login_step.html", "staff:login", "staff:login_steps", "staff:home")
PUBLIC = End(
    "public/login.html", "public/login_step.html", "public:login", "public:login_steps", "public:forms"
)


def go_on(
    request: HttpRequest, account: Account, end: End, wanted: str, *, address: str, coded: bool = False
) -> HttpResponse:
    """Sign in, or go to the step that is left."""
    needs_code = not coded and second_factor.is_on(account.username)
    if needs_code or signing_in.steps_left(account):
        request.session.cycle_key()
        request.session[KEY] = {
            "username": account.username, "since": int(clock.now().timestamp()), "wanted": wanted, "coded": coded,
        }  # fmt: skip
        return HttpResponseRedirect(reverse(end.steps))
    request.session.pop(KEY, None)
    login(request, account, backend=BACKEND)  # the session gets a new number
    if preferences.kiosk(request):  # a kiosk whose script died forgets nobody late
        request.session.set_expiry(KIOSK_SECONDS)
    sessions.begin(
        request.session,
        username=account.username,
        address=address,
        browser=request.headers.get("User-Agent", ""),
        at=clock.now(),
    )
    return _onward(request, wanted)


def _onward(request: HttpRequest, wanted: str) -> HttpResponse:
    """To the page that was asked for.

    Where another site asked, and had been agreed to before, that page leads there at once. Our pages' policy lets no
    form's answer lead to another site, and a browser minds the whole way: so the way on begins anew, at a page.
    """
    if not wanted.startswith(reverse(AUTHORIZE)):
        return HttpResponseRedirect(wanted)
    return render(request, "public/login_onward.html", {"wanted": wanted})


def answer(request: HttpRequest, end: End, *, address: str) -> HttpResponse:
    """The step that is left, and what comes of it."""
    account, known = _known(request)
    if account is None:
        return HttpResponseRedirect(reverse(end.start))
    coded = bool(known["coded"])
    if not coded and second_factor.is_on(account.username):
        return _code(request, account, end, str(known["wanted"]), address)
    left = signing_in.steps_left(account)
    if "password" in left:
        return _password(request, account, end, str(known["wanted"]), address, coded=coded)
    if "second" in left:
        return _second(request, account, end)
    if request.method != "POST":  # after the codes of recovery were shown
        return HttpResponseRedirect(reverse(end.start))
    return go_on(request, account, end, str(known["wanted"]), address=address, coded=True)


def _code(request: HttpRequest, account: Account, end: End, wanted: str, address: str) -> HttpResponse:
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            found = signing_in.sign_in_with_code(
                username=account.username, address=address, code=_typed(request, "code"), at=clock.now()
            )
        except PlatformError as error:
            refusal = error
        else:
            if found is not None:
                return go_on(request, found, end, wanted, address=address, coded=True)
            refusal = WrongCode()
    return _step(
        request,
        end,
        title=Said("输入验证码", "Enter the code"),
        lead=Said(
            "打开手机上的验证码应用，输入 6 位数字。手机不在身边时，用一个恢复码。",
            "Open the app on your phone and enter its six digits. Without the phone, use a recovery code.",
        ),
        errors=refusal_above(refusal) if refusal else None,
        fields=(code_field(),),
        verb=Said("登录", "Sign in"),
        status=refusal.http_status if refusal else 200,
    )


def _password(
    request: HttpRequest, account: Account, end: End, wanted: str, address: str, *, coded: bool
) -> HttpResponse:
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            passwords.choose_password(
                username=account.username,
                former=None,
                password=chosen_password(request),
                by=services.actor_of(account),
                at=clock.now(),
            )
        except PlatformError as error:
            refusal = error
        else:
            return go_on(
                request,
                signing_in.account_in_use(account.username) or account,
                end,
                wanted,
                address=address,
                coded=coded,
            )
    return _step(
        request,
        end,
        title=Said("设置您自己的密码", "Choose your own password"),
        lead=Said(
            "您用的是管理员给的一次性密码，请换成只有您知道的密码。",
            "You used a password that an administrator gave you. Choose one that only you know.",
        ),
        errors=refusal_above(refusal) if refusal else None,
        fields=password_fields(),
        verb=Said("保存并继续", "Save and go on"),
        status=refusal.http_status if refusal else 200,
    )


def _second(request: HttpRequest, account: Account, end: End) -> HttpResponse:
    by, refusal = services.actor_of(account), None
    if request.method == "POST" and "code" in request.POST:
        try:
            codes = second_factor.confirm(code=_typed(request, "code"), by=by, at=clock.now())
        except PlatformError as error:
            refusal = error
        else:
            request.session[KEY] = {**request.session[KEY], "coded": True}
            return _step(
                request, end, title=Said("保存恢复码", "Keep the recovery codes"), codes=codes,
                verb=Said("已保存，继续登录", "Kept: sign in"),
            )  # fmt: skip
    enrolment = second_factor.begin(by=by, at=clock.now())
    return _step(
        request,
        end,
        title=Said("启用二次验证", "Set up the second factor"),
        lead=Said(
            "本单位要求这类账号登录时再输入一个验证码。",
            "Your node asks this account for a code at every sign-in.",
        ),
        errors=refusal_above(refusal) if refusal else None,
        enrolment=enrolment,
        qr=qr_of(enrolment.uri),
        fields=(code_field(),),
        verb=Said("启用", "Set up"),
        status=refusal.http_status if refusal else 200,
    )


def qr_of(text: str) -> SafeString:
    """A text as a QR code, drawn in the page."""
    drawn = segno.make(text, error="m").svg_inline(scale=QR_SCALE, dark="#000", light="#fff", border=2)
    return mark_safe(drawn)  # noqa: S308 - shapes that segno drew; the text is in none of them


def code_field() -> Field:
    """The question for a code."""
    return Field(
        name="code",
        label=Said("验证码", "Code"),
        autocomplete="one-time-code",
        inputmode="text",
        short=True,
    )


def password_fields() -> tuple[Field, ...]:
    """The questions for another password."""
    return (
        Field(
            name="password",
            label=Said("新密码", "New password"),
            control="password",
            autocomplete="new-password",
            hint=Said(
                f"至少 {passwords.SHORTEST} 个字符，不要用常见密码或姓名、账号。几个不相干的词最好记，也最难猜。",
                f"At least {passwords.SHORTEST} characters, no common one, not your name. A few unrelated words are easy to keep and hard to guess.",
            ),
        ),
        Field(
            name="again",
            label=Said("再输一遍", "Once more"),
            control="password",
            autocomplete="new-password",
        ),
    )


def chosen_password(request: HttpRequest) -> str:
    """The password that somebody wrote twice.

    Raises:
        PasswordTooWeak: not twice the same.
    """
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise PasswordTooWeak(reason="the two are not the same", reason_zh="两次输入不一致")
    return password


def _known(request: HttpRequest) -> tuple[Account | None, dict[str, object]]:
    known = request.session.get(KEY)
    if not isinstance(known, dict):
        return None, {}
    since = datetime.fromtimestamp(int(known["since"]), tz=UTC)
    if clock.now() - since > PATIENCE:
        del request.session[KEY]
        return None, {}
    return signing_in.account_in_use(str(known["username"])), known


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")[:100]


def _step(
    request: HttpRequest,
    end: End,
    *,
    title: Said,
    verb: Said,
    status: int = 200,
    errors: ErrorSummary | None = None,
    **parts: object,
) -> HttpResponse:
    context = {"title": title, "verb": verb, "errors": errors, "start": reverse(end.start), **parts}
    response = render(request, end.step_page, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
