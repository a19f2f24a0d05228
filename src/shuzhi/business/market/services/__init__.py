from shuzhi.business.market.services.accounts import (
    admit_client,
    bind_account,
    end_client,
    know_holder,
    register_individual,
)
from shuzhi.business.market.services.agreements import (
    delete_agreement,
    delete_policy,
    save_agreement,
    save_policy,
)
from shuzhi.business.market.services.consents import (
    apply_consent,
    end_consents_of,
    give_consent,
    record_for,
    show_consent,
    withdraw_consent,
)
from shuzhi.business.market.services.duties import follow_expired, tell_receivers
from shuzhi.business.market.services.forgetting import forget_me
from shuzhi.business.market.services.settling import (
    credit,
    dispute,
    make_statement,
    make_statements,
    sign_contract,
)

__all__ = [
    "admit_client",
    "apply_consent",
    "bind_account",
    "credit",
    "delete_agreement",
    "delete_policy",
    "dispute",
    "end_client",
    "end_consents_of",
    "follow_expired",
    "forget_me",
    "give_consent",
    "know_holder",
    "make_statement",
    "make_statements",
    "record_for",
    "register_individual",
    "save_agreement",
    "save_policy",
    "show_consent",
    "sign_contract",
    "tell_receivers",
    "withdraw_consent",
]
