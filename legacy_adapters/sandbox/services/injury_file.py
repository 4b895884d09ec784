"""The work injuries of one city, found by person, employer and number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Employer, Injury, Register


class InjuryFile:
    """Rows made once by `render(injury, employer)`; newest first."""

    def __init__(self, register: Register, render: Callable[[Injury, Employer], str]) -> None:
        employers = {employer.number: employer for employer in register.employers}
        self._by_number: dict[str, str] = {}
        self._by_person: dict[str, list[str]] = defaultdict(list)
        self._by_employer: dict[str, list[str]] = defaultdict(list)
        for injury in sorted(register.injuries, key=lambda injury: (injury.filed_on, injury.number), reverse=True):
            employer = employers[injury.employer]
            row = self._by_number[injury.number] = render(injury, employer)
            self._by_person[normalise_id_number(injury.id_number)].append(row)
            if employer.credit_code is not None:
                self._by_employer[employer.credit_code].append(row)

    def of_person(self, id_number: str) -> list[str]:
        """Rows of an injured worker, however the number is spelled."""
        return self._by_person.get(normalise_id_number(id_number), [])

    def of_employer(self, credit_code: str) -> list[str]:
        """Rows of an employer."""
        return self._by_employer.get(credit_code.strip(), [])

    def by_number(self, number: str) -> list[str]:
        """The one row of that number, or none."""
        row = self._by_number.get(number.strip())
        return [] if row is None else [row]
