"""The public terminal's addresses."""

from __future__ import annotations

from django.urls import path

from shuzhi.terminals.public import signing_in
from shuzhi.terminals.public.about import views as about
from shuzhi.terminals.public.benefits import mine as my_benefits
from shuzhi.terminals.public.benefits import views as benefits
from shuzhi.terminals.public.developers import interfaces
from shuzhi.terminals.public.developers import views as developers
from shuzhi.terminals.public.discovery import views as discovery
from shuzhi.terminals.public.forms import views as forms
from shuzhi.terminals.public.home import views as home
from shuzhi.terminals.public.hotline import views as hotline
from shuzhi.terminals.public.mine import agreeing, consents
from shuzhi.terminals.public.offices import views as offices
from shuzhi.terminals.public.opendata import dataset, downloading, portal

app_name = "public"

urlpatterns = [
    path("", home.home, name="home"),
    path("data/", portal.portal, name="data"),
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
    path("my/who-saw/", consents.who_saw, name="my-who-saw"),
    path("my/benefits/", my_benefits.my_benefits, name="my-benefits"),
    path("my/benefits/<int:number>/", my_benefits.my_benefit, name="my-benefit"),
    path("my/benefits/why-not/<slug:policy>/", my_benefits.why_not, name="my-benefit-why-not"),
    path("benefits/", benefits.policies, name="benefits"),
    path("benefits/<slug:policy>/", benefits.policy, name="benefit"),
    path("hotline/", hotline.status, name="hotline"),
    path("forms/", forms.forms, name="forms"),
    path("forms/fillings/<slug:filling>/pages/<slug:page_id>/", forms.filling_page, name="filling_page"),
    path("forms/fillings/<slug:filling>/check/", forms.filling_check, name="filling_check"),
    path("forms/fillings/<slug:filling>/done/", forms.filling_done, name="filling_done"),
    path("forms/<slug:form_id>/", forms.form, name="form"),
    path("forms/<slug:form_id>/start/", forms.start, name="form_start"),
    path("login/", signing_in.sign_in, name="login"),
    path("logout/", signing_in.sign_out, name="logout"),
    path("about/", about.about, name="about"),
    path("catalog", discovery.negotiated, name="catalog"),
    path("catalog.ttl", discovery.dcat, {"form": "ttl"}, name="catalog-turtle"),
    path("catalog.jsonld", discovery.dcat, {"form": "jsonld"}, name="catalog-json-ld"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("robots.txt", discovery.robots, name="robots"),
]
