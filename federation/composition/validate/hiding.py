"""The words for what the API schema leaves out: who hid it, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from federation.composition.contract import Contract
from federation.composition.report import quoted


@dataclass(frozen=True, slots=True)
class Hiding:
    """Parts of sentences.

    Attributes:
        hidden: what is the matter with the element.
        hide_too, hide_both: advice where something visible needs what is hidden, or the other way about.
        show: the beginning of advice: what helps besides changing the element.
    """

    hidden: str
    hide_too: str
    hide_both: str
    show: str


BY_DIRECTIVE = Hiding(
    "is @inaccessible",
    hide_too="Mark it @inaccessible too.",
    hide_both="Hide both or none.",
    show="Remove @inaccessible, ",
)


def by_contract(contract: Contract) -> Hiding:
    """Give the words for what a contract hides; they name its tags."""
    sorts = (("included", contract.include), ("excluded", contract.exclude))
    tags = [f"{sort} tags {quoted(sorted(names))}" for sort, names in sorts if names]
    named = f" ({'; '.join(tags)})" if tags else ""
    advice = "Tag both so that both are seen or both are hidden."
    return Hiding(f"is hidden by the contract{named}", advice, advice, show="Tag it so that it is seen, ")
