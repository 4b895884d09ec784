"""Hangzhou's core service, its operations on letters of entrusted investigation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from legacy_adapters.records.assists import AssistState
from legacy_adapters.sandbox.databases.hangzhou import digits
from legacy_adapters.sandbox.services.assist_file import Assist, AssistFile, AssistResult
from legacy_adapters.sandbox.services.hangzhou_answers import (
    ALREADY_SO,
    BAD_ARGUMENT,
    LETTER_KNOWN,
    NO_LETTER,
    WRONG_STATE,
    Arguments,
    Handler,
    Refusal,
    all_rows,
    row,
)
from legacy_adapters.sandbox.services.hangzhou_serials import Done, Serials

_LETTER = ("BLC101", "BLC102", "BLC103", "BLC104", "BLC105", "BLC106", "AAC147", "AAC003")
ASSIST_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "queryAssist": ("token", "BLC100?", "BLC101?", "BLC102?"),
    "createAssist": ("token", *_LETTER, "AAZ127?", "BLC107", "BLC108", "BLC109", "BLC110?", "serial"),
    "acceptAssist": ("token", "BLC100", "BLC111", "BLC112", "serial"),
    "replyAssist": ("token", "BLC100", "BLC113", "BLC114", "BLC115", "BLC116?", "serial"),
}
_SUBJECTS = ("1", "2")
_STATES = {AssistState.REGISTERED: "1", AssistState.ACCEPTED: "2", AssistState.REPLIED: "3"}
_VERDICTS = ("1", "2", "3")


class AssistDesk:
    """Answers for the letters."""

    def __init__(self, assists: AssistFile, serials: Serials) -> None:
        self._assists = assists
        self._serials = serials
        self.handlers: Mapping[str, Handler] = {
            "queryAssist": self._query,
            "createAssist": self._create,
            "acceptAssist": self._accept,
            "replyAssist": self._reply,
        }

    def _query(self, arguments: Arguments) -> str:
        if arguments.get("BLC100"):
            assist = self._assists.get(arguments["BLC100"])
        else:
            assist = self._assists.by_letter(arguments.get("BLC102", ""), arguments.get("BLC101", ""))
        return all_rows([] if assist is None else [_assist_row(assist)], NO_LETTER)

    def _create(self, arguments: Arguments) -> str:
        def effect() -> Done | Refusal:
            if arguments["BLC106"] not in _SUBJECTS or not arguments["BLC101"] or not arguments["BLC107"].strip():
                return BAD_ARGUMENT
            if self._assists.by_letter(arguments["BLC102"], arguments["BLC101"]) is not None:
                return LETTER_KNOWN
            assist = Assist(
                number=self._assists.next_number(),
                letter_number=arguments["BLC101"],
                requesting_city=arguments["BLC102"],
                requesting_office=arguments["BLC103"],
                addressed_city=arguments["BLC104"],
                addressed_office=arguments["BLC105"],
                subject=arguments["BLC106"],
                id_number=arguments["AAC147"],
                name=arguments["AAC003"],
                case_number=arguments.get("AAZ127", ""),
                questions=arguments["BLC107"],
                legal_basis=arguments["BLC108"],
                due_on=arguments["BLC109"],
                digests=arguments.get("BLC110", ""),
                registered_on=digits(self._assists.today()),
            )
            self._assists.keep(assist)
            return Done([(assist.number, assist)], assist.number)

        return self._serials.write("createAssist", arguments["BLC101"], arguments["serial"], effect)

    def _accept(self, arguments: Arguments) -> str:
        return self._advance(
            "acceptAssist",
            arguments,
            lambda assist: self._assists.accept(assist, arguments["BLC111"], arguments["BLC112"]),
        )

    def _reply(self, arguments: Arguments) -> str:
        findings = arguments["BLC113"].splitlines()

        def reply(assist: Assist) -> Assist | AssistResult | Refusal:
            is_complete = len(findings) == len(assist.questions.splitlines())
            if not is_complete or any(finding.partition("|")[0] not in _VERDICTS for finding in findings):
                return BAD_ARGUMENT
            return self._assists.reply(assist, arguments["BLC113"], arguments["BLC114"], arguments["BLC115"])

        return self._advance("replyAssist", arguments, reply)

    def _advance(
        self, operation: str, arguments: Arguments, advance: Callable[[Assist], Assist | AssistResult | Refusal]
    ) -> str:
        number = arguments["BLC100"].strip()

        def effect() -> Done | Refusal:
            assist = self._assists.get(number)
            if assist is None:
                return NO_LETTER
            match advance(assist):
                case Assist() as advanced:
                    self._assists.keep(advanced)
                    return Done([(advanced.number, advanced)], advanced.number)
                case AssistResult.ALREADY:
                    return ALREADY_SO
                case AssistResult.WRONG_STATE:
                    return WRONG_STATE
                case Refusal() as refusal:
                    return refusal

        return self._serials.write(operation, number, arguments["serial"], effect)


def _assist_row(assist: Assist) -> str:
    return row(
        (
            ("BLC100", assist.number),
            ("BLC101", assist.letter_number),
            ("BLC102", assist.requesting_city),
            ("BLC104", assist.addressed_city),
            ("BLC106", assist.subject),
            ("AAC147", assist.id_number),
            ("BLC109", assist.due_on),
            ("BLC117", assist.registered_on),
            ("BLC118", _STATES[assist.state]),
            ("BLC112", assist.accepted_on),
            ("BLC115", assist.replied_on),
        )
    )
