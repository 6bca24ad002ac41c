"""What is declared as JSON: as the ledger keeps each change."""

from __future__ import annotations

from typing import Any

from minutebook import money
from minutebook.calls.source import Source
from minutebook.plans.plan import Plan
from minutebook.plans.terms import Account, Server, Term


def body_of(declared: Plan | Account | Server | Source) -> dict[str, Any]:
    """A declaration as JSON, complete."""
    match declared:
        case Plan():
            return {
                **declared.to_body(),
                "from": declared.from_day and declared.from_day.isoformat(),
            }
        case Account():
            closed = declared.closed and {"closed": declared.closed.isoformat()}
            return {
                "name": declared.title,
                "debit_limit": money.text(declared.debit_limit),
                "terms": [term_body(term) for term in declared.terms],
                "match": list(declared.matches),
                **(closed or {}),
            }
        case Server():
            retired = declared.retired and declared.retired.isoformat()
            return {
                "account": declared.account,
                "deployed": declared.deployed.isoformat(),
                "retired": retired,
            }
        case Source():
            return source_body(declared)


def term_body(term: Term) -> dict[str, Any]:
    """A term as JSON; silent keys are absent."""
    said = {"plan": term.plan, "channels": term.channels, "override": term.override}
    return {
        "from": term.from_day.isoformat(),
        **{key: value for key, value in said.items() if value is not None},
    }


def source_body(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return {
        "format": source.format,
        "zone": source.zone,
        "server": source.server,
        "country": source.country,
        "international_prefix": source.international_prefix,
        "national_prefix": source.national_prefix,
        "tech_prefixes": list(source.tech_prefixes),
        "max_call_hours": source.max_call_hours,
        "options": source.options,
    }
