"""Row scopes (行范围): which rows are a caller's, put together once when its key is read, and judged in the database.

Three may speak, and all that is said must hold: the register's policy, the interface, and what was set at approval. A row
that is not the caller's never leaves the database, so that it can't be told from one that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shuzhi.data.exchange.gateway.terms import Terms

# To be joined to questions `w` with a column `scope`, and to be asked of an entity `e`.
SCOPE = """
CROSS JOIN LATERAL (
    SELECT (w.scope::jsonb -> 'nothing')::bool AS nothing,
           ARRAY(SELECT jsonb_array_elements_text(w.scope::jsonb -> 'places')) AS places,
           ARRAY(SELECT jsonb_array_elements_text(w.scope::jsonb -> 'under')) AS under,
           ARRAY(SELECT jsonb_array_elements_text(w.scope::jsonb -> 'but_not')) AS but_not,
           ARRAY(SELECT jsonb_array_elements_text(w.scope::jsonb -> 'holders')) AS holders,
           w.scope::jsonb ->> 'office' AS office,
           w.scope::jsonb -> 'clients' AS clients,
           w.scope::jsonb -> 'consent' AS consent,
           (w.scope::jsonb ->> 'at')::timestamptz AS at
) s
"""
# Whether the person that `e` is about agreed, for this caller and purpose and at this time, to what `n` names.
_AGREED = """
EXISTS (
    SELECT FROM security_consent a
    WHERE a.scheme = s.consent ->> 'scheme' AND a.value = upper(btrim(e.golden ->> (s.consent ->> 'field')))
      AND a.topic = n.topic AND a.office = s.office AND a.purpose = s.consent ->> 'purpose'
      AND a.since <= s.at AND s.at < a.until AND (n.field IS NULL OR n.field = ANY (a.fields))
)
"""
# The golden record without the fields that need a consent and have none.
GIVEN = f"""
CASE WHEN s.consent IS NULL THEN e.golden ELSE e.golden - ARRAY(
    SELECT n.field FROM jsonb_to_recordset(s.consent -> 'fields') AS n (topic text, field text) WHERE NOT {_AGREED}
) END
"""  # noqa: S608 - of constants only
ADMITS = f"""
NOT s.nothing
AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(s.consent -> 'rows') AS n (topic text, field text) WHERE NOT {_AGREED}
)
AND NOT EXISTS (
    SELECT FROM unnest(s.places) AS p (field)
    WHERE ((e.golden ->> p.field) ^@ ANY (s.under) AND NOT (e.golden ->> p.field) ^@ ANY (s.but_not)) IS NOT TRUE
)
AND NOT EXISTS (SELECT FROM unnest(s.holders) AS h (field) WHERE (e.golden ->> h.field) IS DISTINCT FROM s.office)
AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(s.clients) AS c (register text, by text, office text)
    WHERE NOT EXISTS (
        SELECT FROM registers_identifier i JOIN registers_entity k ON k.id = i.entity_id
        WHERE i.register = c.register AND i.scheme = c.by AND i.value = e.golden ->> c.by
          AND k.register = c.register AND k.retired_at IS NULL AND k.golden ->> c.office = s.office
    )
)
"""  # noqa: S608 - of constants only


def compile_scope(
    terms: Terms,
    *,
    office: str,
    purpose: str,
    rows: Mapping[str, Any] | None,
    ground: Mapping[str, Any] | None,
) -> str | None:
    """The caller's scope as the statements read it; None where nothing limits it.

    `rows` was set at approval, `ground` are the codes of the office's division. Without a ground nothing is given where
    rows are told apart by division.
    """
    limits = [limit for limit in (terms.rows, rows) if limit]
    declared = _declared(terms, office)
    places = _named("division", *limits, declared)
    holders = _named("office", *limits, declared)
    clients = [limit["clients"] for limit in limits if limit.get("clients")]
    nothing = bool(declared.get("person"))  # an office is no person in charge
    consent = _consent(terms, purpose)
    if not (places or holders or clients or nothing or consent):
        return None
    codes = (ground or {}) if places else {}
    scope = {
        "nothing": nothing or bool(places and not codes.get("under")),
        "places": places,
        "under": codes.get("under", []),
        "but_not": codes.get("but_not", []),
        "holders": holders,
        "office": office,
        "clients": clients,
    }
    if consent:
        scope["consent"] = consent
    return msgspec.json.encode(scope).decode()


def at_time(scope: str, at: datetime) -> str:
    """A scope as it is asked at a moment: consents have their time."""
    return f'{scope[:-1]},"at":"{at.isoformat()}"}}'


def _consent(terms: Terms, purpose: str) -> dict[str, Any] | None:
    """Whose consent to what the rows and fields need; None where none is needed or nobody is said to give it.

    A kind that tells of rows without delivering them (verification, aggregate) tells only of those where all that it
    tells may be told.
    """
    policy = terms.policy or {}
    subject, whole = policy.get("subject"), policy.get("consent")
    topics = terms.topics
    if subject is None or not topics:
        return None
    needs = [
        {"topic": topic, "field": name} for name, asked in sorted(topics.items()) for topic in sorted(asked)
    ]
    return {
        "scheme": subject.get("scheme") or subject["field"],
        "field": subject["field"],
        "purpose": purpose,
        "rows": [{"topic": whole, "field": None}] * bool(whole)
        + [each for each in needs if each["field"] in terms.told],
        "fields": needs,
    }


def needs_ground(terms: Mapping[str, Any] | None, rows: Mapping[str, Any] | None) -> bool:
    """Whether rows are told apart by division."""
    terms = terms or {}
    policy = (terms.get("policy") or {}).get("scope")
    return any((limit or {}).get("division") for limit in (terms.get("rows"), rows, policy))


def _declared(terms: Terms, office: str) -> Mapping[str, Any]:
    """What the register's policy says; its owner looks after the rows of every office and person."""
    scope: dict[str, Any] = (terms.policy or {}).get("scope") or {}
    return {"division": scope.get("division")} if office == terms.owner else scope


def _named(what: str, *limits: Mapping[str, Any]) -> list[str]:
    return sorted({str(limit[what]) for limit in limits if limit.get(what)})
