"""Employers of both cities. Some have a branch in the other city and stand in both registers under one code."""

from __future__ import annotations

from legacy_adapters.sandbox.population.credit_codes import compose_credit_code, compose_organisation_code
from legacy_adapters.sandbox.population.drafts import RegisterDraft
from legacy_adapters.sandbox.population.names import invent_employer_name
from legacy_adapters.sandbox.population.world import Employer

_PEOPLE_PER_EMPLOYER = 40
_SHARED_EVERY = 20
_UNCODED_EVERY = 50


def add_employers(drafts: tuple[RegisterDraft, RegisterDraft], people: int) -> None:
    """Fill both registers; every 20th employer is in both, every 50th still without a credit code."""
    for draft, other in (drafts, drafts[::-1]):
        for serial in range(1, max(12, people // _PEOPLE_PER_EMPLOYER) + 1):
            employer = _invent(draft, serial)
            add_employer(draft, employer)
            if serial % _SHARED_EVERY == 0:
                add_employer(other, employer)


def add_employer(draft: RegisterDraft, employer: Employer) -> None:
    """Enter an employer under the city's own next number."""
    number = len(draft.employers) + 1
    draft.employers.append(Employer(number, employer.name, employer.credit_code, employer.organisation_code))


def _invent(draft: RegisterDraft, serial: int) -> Employer:
    city_letter = "A" if draft.city.startswith("33") else "B"
    organisation_code = compose_organisation_code(f"M{city_letter}9{serial:05d}")
    credit_code = compose_credit_code("91", draft.place.area, organisation_code)
    coded = serial % _UNCODED_EVERY != 0
    name = invent_employer_name(draft.random, draft.place.name)
    return Employer(0, name, credit_code if coded else None, organisation_code)
