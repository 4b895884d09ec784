"""What the adapters must answer, derived from the sandbox's own world by other ways than theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from legacy_adapters.records.cards import BankRecord, CardFunctionRecord, CardFunctionStatus, CardRecord
from legacy_adapters.records.cases import DisputeRecord, InspectionRecord, WorkInjuryRecord
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord
from legacy_adapters.records.people import InsuranceRecord, InsuranceStatus, LifeStatus, PersonRecord
from legacy_adapters.records.provenance import EmployerReference, Provenance
from legacy_adapters.sandbox.databases import hangzhou, huangshan, huangshan_labour
from legacy_adapters.sandbox.population.careers import payments_of
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import (
    Card,
    CardFunction,
    City,
    Dispute,
    Injury,
    Inspection,
    Insurance,
    Pension,
    Person,
    Register,
    World,
)
from legacy_adapters.sandbox.services import hangzhou_core, hangzhou_pensions, huangshan_injuries
from tests.legacy_adapters.support.systems import AS_OF

BANKS = {"95588": "工商银行", "95599": "农业银行", "95533": "建设银行", "95566": "中国银行"}
SUBJECTS = ("劳动报酬", "确认劳动关系", "解除劳动合同", "工伤待遇", "社会保险", "工作时间与休假")


class Expected:
    """One city's world as records, by normalised id number."""

    def __init__(self, world: World, city: City) -> None:
        self.world = world
        self.city = city
        self.register: Register = world.hangzhou if city is City.HANGZHOU else world.huangshan
        self._employers = {employer.number: employer for employer in self.register.employers}
        self._people = {person.number: person for person in self.register.people}

    @property
    def ids(self) -> list[str]:
        """Everybody's id number, once, deleted entries' as well."""
        return list(dict.fromkeys(normalise_id_number(person.id_number) for person in self.register.people))

    def people(self) -> dict[str, list[PersonRecord]]:
        return _group((record.national_id, record) for record in map(self.person, self._present()))

    def person(self, person: Person) -> PersonRecord:
        is_hangzhou = self.city is City.HANGZHOU
        return PersonRecord(
            normalise_id_number(person.id_number),
            str(hangzhou.personal_number(person.number)) if is_hangzhou else huangshan.person_number(person.number),
            person.name if is_hangzhou else huangshan.register_name(person.name),
            person.sex,
            None if person.birth_date in ("", "1990-02-29") else person.birth_date,
            person.life_status,
            self._life_raw(person),
            f"{person.residence[:4]}00" if person.residence else None,
            moment(person.updated_at),
            self.provenance("hangzhou_database" if is_hangzhou else "huangshan_database"),
        )

    def insurances(self) -> dict[str, list[InsuranceRecord]]:
        pairs = []
        for insurance in self.register.insurances:
            person = self._people[insurance.person]
            if not person.deleted:
                pairs.append((normalise_id_number(person.id_number), self.insurance(insurance, person)))
        return _group(pairs)

    def insurance(self, insurance: Insurance, person: Person) -> InsuranceRecord:
        is_hangzhou = self.city is City.HANGZHOU
        schemes = hangzhou.SCHEME_CODES if is_hangzhou else huangshan.SCHEME_WORDS
        statuses = hangzhou.INSURANCE_STATUS_CODES if is_hangzhou else huangshan.INSURANCE_STATUS_WORDS
        employer = None if insurance.employer is None else self._employers[insurance.employer]
        return InsuranceRecord(
            normalise_id_number(person.id_number),
            insurance.scheme,
            schemes[insurance.scheme],
            insurance.status,
            statuses[insurance.status],
            insurance.started_on,
            insurance.ended_on,
            None if employer is None else EmployerReference(employer.name, employer.credit_code),
            self.provenance("hangzhou_database" if is_hangzhou else "huangshan_database"),
        )

    def insured_persons(self, credit_code: str) -> int:
        numbers = {employer.number for employer in self._employers.values() if employer.credit_code == credit_code}
        active = (
            insurance.person
            for insurance in self.register.insurances
            if insurance.employer in numbers and insurance.status is InsuranceStatus.ACTIVE
        )
        return len(set(active))

    def cards(self) -> dict[str, list[CardRecord]]:
        cards = [
            card for card in self.register.cards if self.city is City.HUANGSHAN or not self._people[card.person].deleted
        ]
        return _group((record.national_id, record) for record in map(self.card, cards))

    def card(self, card: Card) -> CardRecord:
        is_hangzhou = self.city is City.HANGZHOU
        id_number = self._people[card.person].id_number if is_hangzhou else card.id_number
        return CardRecord(
            normalise_id_number(id_number),
            card.number,
            card.issued_on,
            card.expires_on,
            _function(card.social, hangzhou.CARD_STATUS_CODES[card.social.status]),
            None if card.bank is None else _function(card.bank, self._bank_letter(card)),
            None if card.bank_code is None else BankRecord(card.bank_code, BANKS[card.bank_code]),
            self.provenance("hangzhou_database" if is_hangzhou else "huangshan_card_service"),
        )

    def pensions(self) -> dict[str, list[PensionRecord]]:
        return _group((record.national_id, record) for record in map(self.pension, self.register.pensions))

    def pension(self, pension: Pension) -> PensionRecord:
        is_hangzhou = self.city is City.HANGZHOU
        codes = hangzhou if is_hangzhou else huangshan
        schemes = codes.PENSION_SCHEME_CODES if is_hangzhou else codes.PENSION_SCHEME_WORDS
        statuses = codes.PENSION_STATUS_CODES if is_hangzhou else codes.PENSION_STATUS_WORDS
        id_number = pension.id_number if is_hangzhou else self._people[pension.person].id_number
        return PensionRecord(
            normalise_id_number(id_number),
            pension.number,
            pension.scheme,
            schemes[pension.scheme],
            pension.status,
            statuses[pension.status],
            # Huangshan keeps the month only.
            pension.started_on if is_hangzhou else f"{pension.started_on[:7]}-01",
            None if pension.ended_month is None else last_day(pension.ended_month),
            pension.amount_fen,
            pension.due_on,
            pension.last_passed_on,
            pension.method,
            None if pension.last_passed_on is None else pension.passed_elsewhere,
            self.provenance("hangzhou_core_service" if is_hangzhou else "huangshan_database"),
        )

    def payments(self, pension: Pension) -> tuple[PaymentRecord, ...]:
        words = hangzhou_pensions.PAYMENT_STATUS_CODES if self.city is City.HANGZHOU else huangshan.PAYMENT_STATUS_WORDS
        return tuple(
            PaymentRecord(pension.number, payment.month, payment.amount_fen, payment.status, words[payment.status])
            for payment in payments_of(pension, self.world.parameters.today)
        )

    def injuries(self) -> dict[str, list[WorkInjuryRecord]]:
        records = map(self.injury, self.register.injuries)
        return _newest_first(_group((record.injured, record) for record in records))

    def injury(self, injury: Injury) -> WorkInjuryRecord:
        is_hangzhou = self.city is City.HANGZHOU
        statuses = hangzhou_core._STATUS_CODES if is_hangzhou else huangshan_injuries._STATUS_WORDS
        conclusions = hangzhou_core._CONCLUSION_CODES if is_hangzhou else huangshan_injuries._CONCLUSION_WORDS
        employer = self._employers[injury.employer]
        return WorkInjuryRecord(
            injury.number,
            injury.status,
            statuses[injury.status],
            injury.filed_on,
            injury.closed_on,
            EmployerReference(employer.name, employer.credit_code),
            normalise_id_number(injury.id_number),
            injury.accident_at[:10],
            injury.part,
            injury.conclusion,
            None if injury.conclusion is None else conclusions[injury.conclusion],
            None if injury.grade == 11 else injury.grade,
            injury.appraisal_number,
            self.provenance("hangzhou_core_service" if is_hangzhou else "huangshan_injury_service"),
        )

    def disputes(self) -> dict[str, list[DisputeRecord]]:
        records = map(self.dispute, self.register.disputes)
        return _newest_first(_group((record.applicant, record) for record in records))

    def dispute(self, dispute: Dispute) -> DisputeRecord:
        return DisputeRecord(
            dispute.number,
            dispute.status,
            str(huangshan_labour.DISPUTE_STATES[dispute.status]),
            dispute.filed_on,
            dispute.closed_on,
            normalise_id_number(dispute.id_number),
            EmployerReference(dispute.respondent, dispute.credit_code),
            SUBJECTS[dispute.subject - 1],
            self.provenance("huangshan_labour_database"),
        )

    def inspection(self, inspection: Inspection) -> InspectionRecord:
        return InspectionRecord(
            inspection.number,
            inspection.status,
            str(huangshan_labour.INSPECTION_STATES[inspection.status]),
            inspection.filed_on,
            inspection.closed_on,
            EmployerReference(inspection.employer, inspection.credit_code),
            inspection.subject,
            inspection.workers,
            self.provenance("huangshan_labour_database"),
        )

    def provenance(self, system: str) -> Provenance:
        return Provenance(system, str(self.city), AS_OF)

    def _present(self) -> list[Person]:
        return [person for person in self.register.people if not person.deleted]

    def _life_raw(self, person: Person) -> str:
        if self.city is City.HUANGSHAN:
            return huangshan.LIFE_WORDS[person.life_status]
        is_three = person.life_status is LifeStatus.ALIVE and person.number % 9 == 0
        return "3" if is_three else hangzhou.LIFE_CODES[person.life_status]

    def _bank_letter(self, card: Card) -> str:
        letter = hangzhou.BANK_STATUS_LETTERS[card.bank.status]
        is_replaced = self.city is City.HANGZHOU and letter == "G" and int(card.number[-1]) % 2 == 0
        return "T" if is_replaced else letter


def moment(written: str) -> str:
    """`2026-10-31 08:00:00` on the city's clock."""
    return f"{written.replace(' ', 'T')}+08:00"


def last_day(month: str) -> str:
    """The last day of `2026-10`."""
    days = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}
    leap = month[5:] == "02" and int(month[:4]) % 4 == 0
    return f"{month}-{'29' if leap else days.get(month[5:], '31')}"


def unordered(answer: Mapping[str, Iterable[object]]) -> dict[str, list[str]]:
    """An answer whose lists are compared without their order."""
    return {key: sorted(map(repr, records)) for key, records in answer.items()}


def _function(function: CardFunction, raw: str) -> CardFunctionRecord:
    is_temporary = function.status is CardFunctionStatus.TEMPORARY_LOSS
    return CardFunctionRecord(
        function.status, raw, moment(function.since), moment(function.expires_at) if is_temporary else None
    )


def _group(pairs) -> dict[str, list]:
    groups = defaultdict(list)
    for key, record in pairs:
        groups[key].append(record)
    return dict(groups)


def _newest_first(groups: dict[str, list]) -> dict[str, list]:
    return {key: sorted(records, key=lambda record: record.opened_on, reverse=True) for key, records in groups.items()}
