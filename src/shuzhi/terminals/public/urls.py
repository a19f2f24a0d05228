"""The public terminal's addresses."""

from __future__ import annotations

from django.urls import path

from shuzhi.terminals.public import outside, signing_in
from shuzhi.terminals.public.about import views as about
from shuzhi.terminals.public.account.urls import ACCOUNT
from shuzhi.terminals.public.benefits import mine as my_benefits
from shuzhi.terminals.public.benefits import views as benefits
from shuzhi.terminals.public.credentials import checking, code, wallet
from shuzhi.terminals.public.developers import interfaces
from shuzhi.terminals.public.developers import views as developers
from shuzhi.terminals.public.discovery import describing
from shuzhi.terminals.public.discovery import views as discovery
from shuzhi.terminals.public.forms import views as forms
from shuzhi.terminals.public.halls.urls import HALLS
from shuzhi.terminals.public.home import views as home
from shuzhi.terminals.public.hotline import views as hotline
from shuzhi.terminals.public.matters import finding, guiding
from shuzhi.terminals.public.mine import (
    agreeing,
    cases,
    consents,
    dossiers,
    forgetting,
    matter_cases,
    messages,
    rating,
)
from shuzhi.terminals.public.offices import views as offices
from shuzhi.terminals.public.opendata import dataset, downloading, portal
from shuzhi.terminals.public.payments import views as my_payments
from shuzhi.terminals.public.requests import asking_for, contests, following, speaking

app_name = "public"

urlpatterns = [
    path("", home.home, name="home"),
    path("data/", portal.portal, name="data"),
    path("data/feed.atom", describing.feed, {"form": "atom"}, name="feed-atom"),
    path("data/feed.rss", describing.feed, {"form": "rss"}, name="feed-rss"),
    path("data/requests/", asking_for.requests, name="data-requests"),
    path("data/requests/new/", asking_for.ask, name="data-ask-new"),
    path("data/requests/seen/", asking_for.seen, name="data-seen"),
    path("data/requests/<int:number>/", asking_for.one, name="data-request"),
    path("data/uses/", speaking.uses, name="data-uses"),
    path("data/uses/new/", speaking.new_use, name="data-new-use"),
    path("data/contests/", contests.listing, name="data-contests"),
    path("data/contests/<slug:name>/", contests.one, name="data-contest"),
    path("data/unfollow/<str:link>/", following.stop, name="data-unfollow"),
    path("data/<slug:name>/request/", asking_for.ask, name="data-ask"),
    path("data/<slug:name>/feedback/", speaking.feedback, name="data-feedback"),
    path("data/<slug:name>/follow/", asking_for.follow, name="data-follow"),
    path("data/<slug:name>/feed.atom", describing.feed, {"form": "atom"}, name="dataset-feed"),
    path("data/<slug:name>/datapackage.json", describing.datapackage, name="datapackage"),
    path("data/<slug:name>/download/csv-metadata.json", describing.csv_metadata, name="csv-metadata"),
    path("data/<slug:name>/", dataset.dataset, name="dataset"),
    path("data/<slug:name>/download/<slug:form>", downloading.download, name="download"),
    path("offices/", offices.offices, name="offices"),
    path("offices/<slug:name>/", offices.office, name="office"),
    path("developers/", developers.developers, name="developers"),
    path("developers/interfaces/<slug:name>/", interfaces.interface, name="interface"),
    path("developers/interfaces/<slug:name>/openapi.json", interfaces.openapi, name="interface-openapi"),
    path("my/", consents.mine, name="my"),
    path("my/agreements/<slug:name>/", agreeing.agree, name="my-agreement"),
    path("my/consents/<slug:name>/withdraw/", agreeing.withdraw, name="my-withdrawal"),
    path("my/cases/", cases.cases, name="my-cases"),
    path("my/cases/dossiers/<int:number>/", dossiers.dossier, name="my-dossier"),
    path("my/rating/", rating.rate, name="my-rating"),
    path("my/cases/<int:number>/", cases.case, name="my-case"),
    path("my/cases/new/<slug:matter>/", matter_cases.new, name="my-new-case"),
    path("my/cases/<slug:number>/", matter_cases.case, name="my-matter-case"),
    path(
        "my/cases/<slug:number>/elsewhere.json", matter_cases.credential_elsewhere, name="my-case-credential"
    ),
    path("my/cases/<slug:number>/<slug:what>/", matter_cases.act, name="my-matter-act"),
    path("my/cases/<int:number>/tasks/<int:task>/", cases.act, name="my-case-task"),
    *ACCOUNT,
    *HALLS,
    path("my/who-saw/", consents.who_saw, name="my-who-saw"),
    path("my/statement/", forgetting.statement, name="my-statement"),
    path("my/forgetting/", forgetting.forget, name="my-forgetting"),
    path("my/payments/", my_payments.my_payments, name="my-payments"),
    path("my/payments/together/<slug:case>/", my_payments.pay_together, name="pay-together"),
    path("my/payments/<slug:order>/", my_payments.my_payment, name="my-payment"),
    path("my/benefits/", my_benefits.my_benefits, name="my-benefits"),
    path("my/benefits/<int:number>/", my_benefits.my_benefit, name="my-benefit"),
    path("my/benefits/why-not/<slug:policy>/", my_benefits.why_not, name="my-benefit-why-not"),
    path("matters/", finding.find, name="matters"),
    path("matters/journeys/", finding.journeys, name="journeys"),
    path("matters/<slug:matter>/", guiding.guide, name="matter"),
    path("benefits/", benefits.policies, name="benefits"),
    path("benefits/<slug:policy>/", benefits.policy, name="benefit"),
    path("hotline/", hotline.status, name="hotline"),
    path("hotline/rating/", hotline.rate, name="hotline-rating"),
    path("verify/", checking.verify, name="verify"),
    path("my/messages/", messages.inbox, name="my-messages"),
    path("my/messages/reach/", messages.reach, name="my-reach"),
    path("my/messages/<int:number>/read/", messages.read, name="my-message-read"),
    path("my/code/", code.code, name="my-code"),
    path("my/code/codes.json", code.fresh, name="my-codes"),
    path("my/credentials/", wallet.wallet, name="my-credentials"),
    path("my/credentials/uses/<int:use>/", wallet.answer, name="my-credential-use"),
    path("my/credentials/<slug:number>/", wallet.one, name="my-credential"),
    path("my/credentials/<slug:number>/pdf", wallet.paper, name="my-credential-pdf"),
    path("my/credentials/<slug:number>/part", wallet.part, name="my-credential-part"),
    path("forms/", forms.forms, name="forms"),
    path("forms/fillings/<slug:filling>/pages/<slug:page_id>/", forms.filling_page, name="filling_page"),
    path("forms/fillings/<slug:filling>/check/", forms.filling_check, name="filling_check"),
    path(
        "forms/fillings/<slug:filling>/files/<slug:field>/<slug:sha256>/",
        forms.filling_file,
        name="filling_file",
    ),
    path("forms/fillings/<slug:filling>/done/", forms.filling_done, name="filling_done"),
    path("forms/<slug:form_id>/", forms.form, name="form"),
    path("forms/<slug:form_id>/start/", forms.start, name="form_start"),
    path("login/", signing_in.sign_in, name="login"),
    path("login/steps/", signing_in.steps, name="login_steps"),
    path("login/outside/", outside.begin, name="outside"),
    path("login/outside/back/", outside.back, name="outside-back"),
    path("logout/", signing_in.sign_out, name="logout"),
    path("about/", about.about, name="about"),
    path("catalog", discovery.negotiated, name="catalog"),
    path("catalog.ttl", discovery.dcat, {"form": "ttl"}, name="catalog-turtle"),
    path("catalog.jsonld", discovery.dcat, {"form": "jsonld"}, name="catalog-json-ld"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("robots.txt", discovery.robots, name="robots"),
]
