"""Sets from motifs: each is one use of a feature over the subgraphs, with its details left to chance.

Small motifs stay readable when they disagree, and combine as features meet in real graphs. They are templates in
`motifs/`, several a file:

==== behaviour      (`behaviour (2.8)` makes all subgraphs of that federation version or a later one)
---- A              (for one subgraph; B, C and D are others. `*` is every subgraph; `C 0.3` is there with that chance;
                    `C fed1` makes the subgraph one of Federation 1)
type E# { … }       (# is the motif's number in its set)

<one;two>           one of these texts
<one;two ~ three>   as above; with liberty one of those after ~, which are mostly wrong
<%name: one;two>    the same, kept; <%name> is what was chosen. <%own> is a prefix of the subgraph's own, <%a> A's name
<2.9? text>         only where the subgraph's federation version is at least that
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from federation.composition import Subgraph
from tests.federation.composition.scenarios import link

FOLDER = Path(__file__).parent / "motifs"
_CHOICE = re.compile(r"<([^<>]*)>")
_KEPT = re.compile(r"^%(\w+)(?:: (.*))?$", re.DOTALL)
_SINCE = re.compile(r"^(\d+\.\d+)\? ?(.*)$", re.DOTALL)
_RECENT = ("2.9", "2.12", "2.14")
_OLDER = ("", "2.0", "2.3", "2.5", "2.7", "2.8", "2.11")
_UNUSUAL_NAMES = ("A", "a", "a_1", "A_1", "a-1", "1x", "my-sub", "my_sub", "a.b", "two words", "ä", "Query", "_x")


@dataclass(frozen=True)
class Part:
    """What a motif gives to one subgraph, or with `*` to all, with a chance."""

    role: str
    chance: float
    is_federation_1: bool
    text: str


@dataclass(frozen=True)
class Motif:
    """One motif; `parts` in the order of the file; `since` is the least version of its subgraphs, or empty."""

    behaviour: str
    since: str
    parts: tuple[Part, ...]


@cache
def read_motifs() -> tuple[Motif, ...]:
    """Give the motifs of all files."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.motifs")))
    return tuple(_read_motif(text) for file in texts for text in file.split("==== ")[1:])


def _read_motif(text: str) -> Motif:
    behaviour, *parts = text.split("---- ")
    words, _, since = behaviour.strip().rstrip(")").partition(" (")
    return Motif(words, since, tuple(_read_part(part) for part in parts))


def _read_part(text: str) -> Part:
    head, _, body = text.partition("\n")
    role, *options = head.split()
    chances = [float(option) for option in options if option != "fed1"]
    return Part(role, chances[0] if chances else 1.0, "fed1" in options, body)


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")] if version else []


class MotifWriter:
    """Writes motifs into two to four subgraphs.

    `names` are A's to D's prefixes; a subgraph may be called otherwise, as the names of graphs depend on that.
    """

    def __init__(self, random: Random, liberty: float) -> None:
        self.random = random
        self.liberty = liberty
        self.names = ("a", "b", "c", "d")[: random.choice([2, 2, 2, 3, 3, 4])]
        called = random.sample(_UNUSUAL_NAMES, len(self.names)) if random.random() < 0.15 else self.names
        self.called = dict(zip(self.names, called, strict=True))
        versions = _RECENT if random.random() < 0.7 else _OLDER
        self.versions = {name: random.choice(versions) for name in self.names}
        self.texts: dict[str, list[str]] = {name: [] for name in self.names}

    def write_all(self, motifs: Sequence[Motif]) -> None:
        """Write motifs, once the subgraphs have the versions that they ask for."""
        roles = [self._choose_roles(motif) for motif in motifs]
        for number, (motif, names) in enumerate(zip(motifs, roles, strict=True)):
            self._write(motif, number, names)

    def _choose_roles(self, motif: Motif) -> dict[str, str]:
        """Give the subgraph of each role, of the version that it asks for."""
        roles = dict(zip("ABCD", self.random.sample(self.names, len(self.names)), strict=False))
        for name, version in self.versions.items():
            if _number(version) < _number(motif.since):
                self.versions[name] = self.random.choice(_RECENT)
        for part in motif.parts:
            if part.is_federation_1:
                self.versions |= {name: "" for name in self._names(part, roles) if self.random.random() < 0.8}
        return roles

    def _names(self, part: Part, roles: dict[str, str]) -> Sequence[str]:
        if part.role == "*":
            return self.names
        return [roles[part.role]] if part.role in roles else []

    def _write(self, motif: Motif, number: int, roles: dict[str, str]) -> None:
        kept = {role.lower(): self.called.get(roles.get(role, ""), "nowhere") for role in "ABCD"}
        for part in motif.parts:
            for name in self._names(part, roles):
                if self.random.random() < part.chance:
                    self.texts[name].append(self._fill(part.text, name, kept).replace("#", str(number)))

    def subgraphs(self) -> list[Subgraph]:
        """Give what was written; each subgraph has something."""
        for name in self.names:
            if not self.texts[name] or self.random.random() < 0.3:
                self.texts[name].append(f"extend type Query {{ {name}Own: Int }}\n")
        return [Subgraph(self.called[name], f"http://{name}", self._sdl(name)) for name in self.names]

    def _sdl(self, name: str) -> str:
        text = "".join(self.texts[name])
        return link(self.versions[name]) + text if self.versions[name] else text.replace(" @shareable", "")

    def _fill(self, text: str, name: str, kept: dict[str, str]) -> str:
        """Fill the first of the innermost choices, until none is left."""
        while (match := _CHOICE.search(text)) is not None:
            text = text[: match.start()] + self._choose(match[1], name, kept) + text[match.end() :]
        return text

    def _choose(self, choice: str, name: str, kept: dict[str, str]) -> str:
        if choice == "%own":
            return name
        match = _KEPT.match(choice)
        if match is not None:
            if match[2] is not None:
                kept[match[1]] = self._one_of(match[2])
            return kept[match[1]] if match[2] is None else ""
        since = _SINCE.match(choice)
        if since is not None:
            return self._one_of(since[2]) if self._has(name, since[1]) else ""
        return self._one_of(choice)

    def _one_of(self, choice: str) -> str:
        right, _, wrong = choice.partition(" ~ ")
        texts = wrong if wrong and self.random.random() < self.liberty else right
        return self.random.choice(texts.split(";"))

    def _has(self, name: str, version: str) -> bool:
        return _number(self.versions[name]) >= _number(version)


def generate_motif_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed: one to three motifs; every second is meant to be mostly right."""
    random = Random(seed)
    writer = MotifWriter(random, 0.03 if seed % 2 == 0 else 0.2)
    writer.write_all([random.choice(read_motifs()) for _ in range(random.choice([1, 1, 2, 3]))])
    return writer.subgraphs()
