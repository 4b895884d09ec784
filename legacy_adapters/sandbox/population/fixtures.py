"""The people and employers that tests and guides name, each a trap of its own, in both cities' spellings.

| person | Hangzhou | Huangshan |
|---|---|---|
| 张三 | register and card clean, pension filed under the old 15-digit number | clean; work-injury case |
| 陈晓 | number ends in X | x in the register, full width on the card and in a dispute |
| 吴天 | born on 29 February 1990, which never was | |
| 周敏 | right check digit; a pension | wrong check digit; a pension as well |
| 阿依·古丽, 王䶮 | dot and rare character | ・ and ? (the exporter's doing) |
| 李四, 王五 | 李四 | 王五, another birth date, under the same number |
| 赵敏 | first number | re-assigned number |
| 沈静 | a pension in payment | another one in payment |
"""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.records.pensions import PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex
from legacy_adapters.sandbox.population.credit_codes import compose_organisation_code
from legacy_adapters.sandbox.population.drafts import RegisterDraft
from legacy_adapters.sandbox.population.employers import add_employer
from legacy_adapters.sandbox.population.national_ids import compose_id_number, old_form
from legacy_adapters.sandbox.population.world import (
    HANGZHOU,
    HUANGSHAN,
    Card,
    CardFunction,
    Dispute,
    Employer,
    Injury,
    Inspection,
    Insurance,
    Pension,
    Person,
    Place,
)

ZHANG_SAN = "330199195805120015"
CHEN_XIAO = "34109919720601003X"
CHEN_XIAO_FULL_WIDTH = "３４１０９９１９７２０６０１００３Ｘ"
WU_TIAN = "341099199002290016"
ZHOU_MIN = "341099196307200022"
ZHOU_MIN_MISTYPED = "341099196307200023"
LI_SI = "330199198601010133"
ZHAO_MIN = "330199197503150189"
ZHAO_MIN_REASSIGNED = compose_id_number("341099", "19750315", 18)
A_YI = compose_id_number("330199", "19880808", 4)
WANG_YAN = compose_id_number("330199", "19910921", 5)
SHEN_JING = compose_id_number("330199", "19600308", 6)

BOTH_CITIES_EMPLOYER = "91330199MA0000001W"
HUANGSHAN_EMPLOYER = "91341099MA0000002B"
PUBLIC_BODY = "12330199MB0000003A"

_ZHIZAO = Employer(0, "新安江智造有限公司", BOTH_CITIES_EMPLOYER, "MA0000001")
_TEA = Employer(0, "黄山云谷茶业有限公司", HUANGSHAN_EMPLOYER, "MA0000002")
_PUBLIC = Employer(0, "钱江公共服务中心", PUBLIC_BODY, "MB0000003")
_UNCODED = Employer(0, "徽州竹木制品厂", None, compose_organisation_code("MA000004"))

_UPDATED = "2025-12-05 09:10:00"


def add_fixture_employers(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    """They come first, so that many invented people work there."""
    for employer in (_ZHIZAO, _PUBLIC, _UNCODED):
        add_employer(hangzhou, employer)
    for employer in (_ZHIZAO, _TEA, _UNCODED):
        add_employer(huangshan, employer)


def add_fixtures(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    """The people with all that is known of them; numbers count from 1 in the order below."""
    alive = LifeStatus.ALIVE
    home = partial(_district, (hangzhou.place, huangshan.place))
    hangzhou.people += [
        Person(1, ZHANG_SAN, "张三", Sex.MALE, "1958-05-12", alive, home("341002"), _UPDATED),
        Person(2, CHEN_XIAO, "陈晓", Sex.MALE, "1972-06-01", alive, home("330106"), _UPDATED),
        Person(3, WU_TIAN, "吴天", Sex.MALE, "1990-02-29", alive, home("330109"), _UPDATED),
        Person(4, ZHOU_MIN, "周敏", Sex.FEMALE, "1963-07-20", alive, home("341021"), _UPDATED),
        Person(5, A_YI, "阿依·古丽", Sex.FEMALE, "1988-08-08", alive, home("330114"), _UPDATED),
        Person(6, WANG_YAN, "王䶮", Sex.MALE, "1991-09-21", alive, home("330102"), _UPDATED),
        Person(7, LI_SI, "李四", Sex.MALE, "1986-01-01", alive, home("330108"), _UPDATED),
        Person(8, ZHAO_MIN, "赵敏", Sex.FEMALE, "1975-03-15", alive, home("330105"), _UPDATED),
        Person(9, SHEN_JING, "沈静", Sex.FEMALE, "1960-03-08", alive, home("330106"), _UPDATED),
    ]
    huangshan.people += [
        Person(1, ZHANG_SAN, "张三", Sex.MALE, "1958-05-12", alive, home("341002"), _UPDATED),
        Person(2, CHEN_XIAO.lower(), "陈晓", Sex.MALE, "1972-06-01", alive, home("341004"), _UPDATED, employer=1),
        Person(3, ZHOU_MIN_MISTYPED, "周敏", Sex.FEMALE, "1963-07-20", alive, home("341021"), _UPDATED),
        Person(4, A_YI, "阿依·古丽", Sex.FEMALE, "1988-08-08", alive, home("341023"), _UPDATED),
        Person(5, WANG_YAN, "王䶮", Sex.MALE, "1991-09-21", alive, home("341022"), _UPDATED),
        Person(6, LI_SI, "王五", Sex.MALE, "1986-10-01", alive, home("341003"), _UPDATED, employer=1),
        Person(7, ZHAO_MIN_REASSIGNED, "赵敏", Sex.FEMALE, "1975-03-15", alive, home("341002"), _UPDATED, employer=2),
        Person(8, SHEN_JING, "沈静", Sex.FEMALE, "1960-03-08", alive, home("341002"), _UPDATED),
    ]
    _add_insurances(hangzhou, huangshan)
    _add_pensions(hangzhou, huangshan)
    _add_cards(hangzhou, huangshan)
    _add_cases(hangzhou, huangshan)


def _district(places: tuple[Place, Place], district: str) -> str:
    """The same district where other cities are played: of the same city's, the one at the same position."""
    for place, own in zip(places, (HANGZHOU, HUANGSHAN), strict=True):
        if district in own.districts:
            return place.districts[own.districts.index(district) % len(place.districts)]
    raise ValueError(district)


def _add_insurances(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    pension, injury = InsuranceScheme.EMPLOYEE_PENSION, InsuranceScheme.WORK_INJURY
    public = InsuranceScheme.PUBLIC_INSTITUTION_PENSION
    active, terminated = InsuranceStatus.ACTIVE, InsuranceStatus.TERMINATED
    hangzhou.insurances += [
        Insurance(1, pension, terminated, "1992-07-01", "2018-05-12", 1),
        Insurance(2, pension, active, "2001-03-01", None, 1),
        Insurance(2, injury, active, "2004-01-01", None, 1),
        Insurance(6, public, active, "2014-09-01", None, 2),
        Insurance(7, pension, active, "2008-07-01", None, 1),
        Insurance(7, injury, active, "2008-07-01", None, 1),
        Insurance(8, pension, InsuranceStatus.SUSPENDED, "1998-04-01", None, 3),
    ]
    huangshan.insurances += [
        Insurance(1, injury, terminated, "2015-03-01", "2018-05-12", 1),
        Insurance(2, injury, active, "2019-06-01", None, 1),
        Insurance(6, pension, active, "2010-02-01", None, 1),
        Insurance(6, injury, active, "2010-02-01", None, 1),
        Insurance(7, pension, active, "2016-11-01", None, 2),
    ]


def _add_pensions(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    hangzhou.pensions += [
        replace(
            _pension("P00000001", hangzhou.people[0], 523_140, "2026-12-05"),
            id_number=old_form(ZHANG_SAN),
            started_on="2018-06-01",
        ),
        _pension("P00000004", hangzhou.people[3], 381_275, "2026-11-30"),
        replace(_pension("P00000009", hangzhou.people[8], 402_610, "2027-03-31"), started_on="2015-04-01"),
    ]
    huangshan.pensions += [
        _pension("DY00000003", huangshan.people[2], 164_320, "2026-12-20"),
        replace(_pension("DY00000008", huangshan.people[7], 187_950, "2027-03-31"), started_on="2019-11-01"),
    ]


def _pension(number: str, person: Person, amount_fen: int, due_on: str) -> Pension:
    return Pension(
        number=number,
        person=person.number,
        id_number=person.id_number,
        name=person.name,
        scheme=PensionScheme.EMPLOYEE_PENSION,
        status=PensionStatus.PAYING,
        started_on="2018-08-01",
        ended_month=None,
        amount_fen=amount_fen,
        residence=person.residence,
        due_on=due_on,
        last_passed_on=f"{int(due_on[:4]) - 1}{due_on[4:]}",
        method="窗口",
        passed_elsewhere=person.number == 1,
        updated_at=_UPDATED,
    )


def _add_cards(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    first, second = hangzhou.place.card_letter, huangshan.place.card_letter
    hangzhou.cards += [
        _card(f"{first}00000019", hangzhou.people[0], ZHANG_SAN, "2019-04-02", "95588"),
        _card(f"{first}00000020", hangzhou.people[1], CHEN_XIAO, "2020-08-17", "95599"),
        _card(f"{first}00000021", hangzhou.people[6], LI_SI, "2021-01-11", None),
        _card(f"{first}00000022", hangzhou.people[4], A_YI, "2022-05-23", "95533"),
    ]
    huangshan.cards += [
        _card(f"{second}00000001", huangshan.people[0], ZHANG_SAN, "2020-10-15", "95566"),
        _card(f"{second}00000002", huangshan.people[1], CHEN_XIAO_FULL_WIDTH, "2018-03-06", "95588"),
        _card(f"{second}00000003", huangshan.people[5], LI_SI, "2017-12-01", None),
        _card(f"{second}00000004", huangshan.people[3], A_YI, "2023-02-14", "95599"),
        _card(f"{second}00000005", huangshan.people[4], WANG_YAN, "2023-02-14", "95599"),
    ]


def _card(number: str, person: Person, id_number: str, issued_on: str, bank_code: str | None) -> Card:
    normal = CardFunction(CardFunctionStatus.NORMAL, f"{issued_on} 10:00:00", None)
    expires_on = f"{int(issued_on[:4]) + 10}{issued_on[4:]}"
    bank = None if bank_code is None else normal
    return Card(number, person.number, id_number, person.name, issued_on, expires_on, normal, bank, bank_code)


def _add_cases(hangzhou: RegisterDraft, huangshan: RegisterDraft) -> None:
    hangzhou.injuries.append(_injury_under_way(hangzhou.place.case_letters))
    huangshan.injuries.append(_closed_injury(huangshan.place.case_letters))
    _add_labour_cases(huangshan)


def _injury_under_way(letters: str) -> Injury:
    return Injury(
        number=f"{letters}GS202500001",
        person=7,
        id_number=LI_SI,
        name="李四",
        employer=1,
        accident_at="2025-04-08 09:20",
        part="右手",
        filed_on="2025-04-15",
        accepted_on="2025-04-21",
        conclusion=None,
        concluded_on=None,
        grade=None,
        appraisal_number=None,
        status=CaseStatus.IN_PROGRESS,
        closed_on=None,
        updated_at="2025-04-21 15:00:00",
    )


def _closed_injury(letters: str) -> Injury:
    return Injury(
        number=f"{letters}GS201700001",
        person=1,
        id_number=ZHANG_SAN,
        name="张三",
        employer=1,
        accident_at="2017-03-06 14:30",
        part="左前臂",
        filed_on="2017-03-10",
        accepted_on="2017-03-17",
        conclusion=InjuryConclusion.WORK_INJURY,
        concluded_on="2017-05-02",
        grade=7,
        appraisal_number="JD201700001",
        status=CaseStatus.CLOSED,
        closed_on="2017-11-20",
        updated_at="2017-11-20 16:30:00",
    )


def _add_labour_cases(huangshan: RegisterDraft) -> None:
    letters = huangshan.place.case_letters
    in_progress = CaseStatus.IN_PROGRESS
    huangshan.disputes += [
        Dispute(
            f"{letters}ZC202500001",
            LI_SI,
            "王五",
            _ZHIZAO.name,
            BOTH_CITIES_EMPLOYER,
            1,
            "2025-09-03",
            None,
            in_progress,
        ),
        Dispute(
            f"{letters}ZC202400002",
            CHEN_XIAO_FULL_WIDTH,
            "陈晓",
            _TEA.name,
            None,
            5,
            "2024-06-12",
            "2024-07-26",
            CaseStatus.CLOSED,
        ),
    ]
    huangshan.inspections.append(
        Inspection(
            f"{letters}JC202500001", _ZHIZAO.name, BOTH_CITIES_EMPLOYER, "拖欠工资", 12, "2025-10-13", None, in_progress
        )
    )
