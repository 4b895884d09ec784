"""The domains there are, in the contracts' order."""

from __future__ import annotations

from subgraphs.cards.schema import CARDS
from subgraphs.cases.schema import CASES
from subgraphs.pensions.schema import PENSIONS
from subgraphs.people.schema import PEOPLE
from subgraphs.shared.subgraph import Domain

DOMAINS: tuple[Domain, ...] = (PEOPLE, CARDS, PENSIONS, CASES)
