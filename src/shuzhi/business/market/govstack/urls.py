"""The contract's addresses; with and without the slash at the end."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from shuzhi.business.market.govstack import config, hooks, service
from shuzhi.business.market.govstack.asking import Handler, Operation, address

ORG = frozenset({"org", "admin"})
INDIVIDUALS = frozenset({"org", "admin", "individual"})
CONSUMER = frozenset({"consumer"})
INDIVIDUAL = frozenset({"individual"})
AUDITOR = frozenset({"auditor"})
EVERYONE: frozenset[str] = frozenset()  # what people are asked to agree to is for everyone to read

app_name = "govstack_consent"


def _at(place: str, name: str, scopes: frozenset[str], **handlers: Handler) -> URLPattern:
    """An address; its parameters stand in braces as in the contract."""
    pattern = place.replace("{", "(?P<").replace("}", ">[^/]{1,200})")
    operations = {method.upper(): Operation(each, scopes) for method, each in handlers.items()}
    return re_path(f"^{pattern}/?$", address(operations), name=name)


RECORD = "service/individual/record/"

urlpatterns = [
    _at("config/policy", "policies", ORG, post=config.policy_create),
    _at("config/policy/{name}", "policy", ORG,
        get=config.policy_read, put=config.policy_update, delete=config.policy_delete),
    _at("config/policy/{name}/revisions", "policy-revisions", ORG, get=config.policy_revisions),
    _at("config/policies", "policy-list", ORG, get=config.policy_list),
    _at("config/data-agreement", "agreements", ORG, post=config.agreement_create),
    _at("config/data-agreement/{name}", "agreement", ORG,
        get=config.agreement_read, put=config.agreement_update, delete=config.agreement_delete),
    _at("config/data-agreements", "agreement-list", ORG, get=config.agreement_list),
    _at("config/individual", "config-individuals", ORG, post=config.individual_create),
    _at("config/individual/{name}", "config-individual", ORG, get=config.individual_read),
    _at("config/individuals", "config-individual-list", ORG, get=config.individual_list),
    _at("config/webhook", "webhooks", ORG, post=hooks.webhook_create),
    _at("config/webhook/{name}", "webhook", ORG,
        get=hooks.webhook_read, put=hooks.webhook_update, delete=hooks.webhook_delete),
    _at("config/webhooks", "webhook-list", ORG, get=hooks.webhook_list),
    _at("service/data-agreement/{name}", "service-agreement", EVERYONE, get=config.agreement_read),
    _at("service/policy/{name}", "service-policy", EVERYONE, get=config.policy_read),
    _at("service/individuals", "service-individual-list", INDIVIDUALS, get=config.individual_list),
    _at("service/verification/data-agreements", "verify-agreements", CONSUMER, get=service.verification_agreements),
    _at("service/verification/consent-records", "verify-records", CONSUMER, get=service.verification_records),
    _at("service/verification/consent-record/{name}", "verify-record", CONSUMER,
        get=service.verification_record),
    _at(RECORD + "data-agreement/{name}", "record-of", INDIVIDUAL,
        post=service.record_create, get=service.record_read),
    _at(RECORD + "data-agreement/{name}/all", "records-of", INDIVIDUAL, get=service.record_list_of),
    _at(RECORD + "consent-record/draft", "record-draft", INDIVIDUAL, post=service.record_draft),
    _at(RECORD + "consent-record", "records", INDIVIDUAL, post=service.record_signed, get=service.record_list),
    _at(RECORD + "consent-record/{name}", "record", INDIVIDUAL, put=service.record_update),
    _at(RECORD + "consent-record/{name}/signature", "signature", INDIVIDUAL,
        post=service.signature_create, put=service.signature_update),
    _at("service/individual/record", "forget", INDIVIDUAL, delete=service.record_delete_all),
    _at("service/individual", "individuals", INDIVIDUALS, post=config.individual_create),
    _at("service/individual/{name}", "individual", INDIVIDUALS,
        get=config.individual_read, put=config.individual_update),
    _at("audit/consent-records", "audit-records", AUDITOR, get=service.audit_records),
    _at("audit/consent-record/{name}", "audit-record", AUDITOR, get=service.audit_record),
    _at("audit/data-agreements", "audit-agreements", AUDITOR, get=service.audit_agreements),
    _at("audit/data-agreement/{name}", "audit-agreement", AUDITOR, get=service.audit_agreement),
]  # fmt: skip
