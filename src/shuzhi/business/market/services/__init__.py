from shuzhi.business.market.services.accounts import (
    admit_client,
    bind_account,
    end_client,
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
    withdraw_consent,
)

__all__ = [
    "admit_client",
    "apply_consent",
    "bind_account",
    "delete_agreement",
    "delete_policy",
    "end_client",
    "end_consents_of",
    "give_consent",
    "record_for",
    "register_individual",
    "save_agreement",
    "save_policy",
    "withdraw_consent",
]
