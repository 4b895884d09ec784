"""Sets from motifs: each is one use of a feature over the subgraphs, with its details left to chance.

Small motifs stay readable when they disagree, and combine as features meet in real graphs. They are templates in
`motifs/`, several a file:

==== behaviour
---- A              (for one subgraph; B and C are others. `*` is every subgraph; `C 0.3` is there with that chance)
type E# { … }       (# is the motif's number in its set)

<one;two>           one of these texts
<one;two ~ three>   as above; with liberty one of those after ~, which are mostly wrong
<%name: one;two>    the same, kept; <%name> is what was chosen. <%own> is the subgraph's name
<2.9? text>         only where the subgraph's federation version is at least that
"""

from __future__ import annotations

import re
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


@dataclass(frozen=True)
class Part:
    """What a motif gives to one subgraph, or with `*` to all, with a chance."""

    role: str
    chance: float
    text: str


@dataclass(frozen=True)
class Motif:
    """One motif; `parts` in the order of the file."""

    behaviour: str
    parts: tuple[Part, ...]


@cache
def read_motifs() -> tuple[Motif, ...]:
    """Give the motifs of all files."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.motifs")))
    return tuple(_read_motif(text) for file in texts for text in file.split("==== ")[1:])


def _read_motif(text: str) -> Motif:
    behaviour, *parts = text.split("---- ")
    return Motif(behaviour.strip(), tuple(_read_part(part) for part in parts))


def _read_part(text: str) -> Part:
    head, _, body = text.partition("\n")
    role, _, chance = head.partition(" ")
    return Part(role, float(chance or 1), body)


class MotifWriter:
    """Writes motifs into two or three subgraphs."""

    def __init__(self, random: Random, liberty: float) -> None:
        self.random = random
        self.liberty = liberty
        self.names = ("a", "b", "c")[: random.choice([2, 2, 3])]
        versions = _RECENT if random.random() < 0.7 else _OLDER
        self.versions = {name: random.choice(versions) for name in self.names}
        self.texts: dict[str, list[str]] = {name: [] for name in self.names}

    def write(self, motif: Motif, number: int) -> None:
        """Add a motif."""
        roles = dict(zip("ABC", self.random.sample(self.names, len(self.names)), strict=False))
        kept = {role.lower(): name for role, name in roles.items()}
        for part in motif.parts:
            names = self.names if part.role == "*" else [roles[part.role]] if part.role in roles else []
            for name in names:
                if self.random.random() < part.chance:
                    self.texts[name].append(self._fill(part.text, name, kept).replace("#", str(number)))

    def subgraphs(self) -> list[Subgraph]:
        """Give what was written; each subgraph has something."""
        for name in self.names:
            if not self.texts[name] or self.random.random() < 0.3:
                self.texts[name].append(f"extend type Query {{ {name}Own: Int }}\n")
        return [Subgraph(name, f"http://{name}", self._sdl(name)) for name in self.names]

    def _sdl(self, name: str) -> str:
        text = "".join(self.texts[name])
        return link(self.versions[name]) + text if self.versions[name] else text.replace(" @shareable", "")

    def _fill(self, text: str, name: str, kept: dict[str, str]) -> str:
        """Fill the innermost choices first, until none is left."""
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda match: self._choose(match[1], name, kept), text)
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
        own = self.versions[name]
        return own != "" and [int(part) for part in own.split(".")] >= [int(part) for part in version.split(".")]


def generate_motif_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed: one to three motifs; every second is meant to be mostly right."""
    random = Random(seed)
    writer = MotifWriter(random, 0.03 if seed % 2 == 0 else 0.2)
    for number in range(random.choice([1, 1, 2, 3])):
        writer.write(random.choice(read_motifs()), number)
    return writer.subgraphs()
