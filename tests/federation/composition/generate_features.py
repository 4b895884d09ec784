"""Features put on a generated set: access, cost, cache tags, contexts, composed and executable directives.

Each is mostly used as its specification demands; a liberty uses it where it may not be.
"""

from __future__ import annotations

from random import Random

from federation.composition import Subgraph
from tests.federation.composition.generate import SetGenerator

_ACCESS = (
    ("2.5", "@authenticated"),
    ("2.5", '@requiresScopes(scopes: [["a"]])'),
    ("2.5", '@requiresScopes(scopes: [["a", "b"], ["c"]])'),
    ("2.6", '@policy(policies: [["p"], ["q"]])'),
    ("2.6", '@policy(policies: [["p"]])'),
)
_VERSIONS = ("2.0", "2.1", "2.3", "2.6", "2.7", "2.8", "2.9", "2.12", "2.14")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else (0,)


class FeatureGenerator(SetGenerator):
    """A set with features on top."""

    def __init__(self, seed: int, liberty: float) -> None:
        super().__init__(seed, liberty)
        recent = self.chance(0.6)
        for name in self.names:
            self.versions[name] = self.random.choice(_VERSIONS[6:] if recent else _VERSIONS)

    def has(self, subgraph: str, version: str) -> bool:
        return _number(self.versions[subgraph]) >= _number(version)

    def add_queries(self) -> None:
        """Add the features once all types stand."""
        super().add_queries()
        for step in (
            self.add_access, self.add_costs, self.add_cache_tags, self.add_context,
            self.add_executable, self.add_composed, self.add_descriptions, self.add_shared_mutation,
        ):  # fmt: skip
            if self.chance(0.35):
                step()

    def fields(self, keyword: str = "type") -> list[tuple[str, str, str]]:
        """Give (subgraph, type, field) of all lines."""
        return [
            (name, definition.name, field)
            for name in self.names
            for definition in self.types[name].values()
            if definition.keyword == keyword
            for field in definition.lines
        ]

    def mark(self, place: tuple[str, str, str], text: str) -> None:
        subgraph, type_name, field = place
        line = self.types[subgraph][type_name].lines[field]
        if "@external" not in line or self.is_free():
            self.types[subgraph][type_name].lines[field] = f"{line} {text}"

    def add_access(self) -> None:
        for place in self.fields():
            if self.chance(0.12):
                version, text = self.random.choice(_ACCESS)
                if self.has(place[0], version):
                    self.mark(place, text)
        for name in self.names:
            for definition in self.types[name].values():
                if definition.keyword in ("type", "enum") and definition.name != "Query" and self.chance(0.06):
                    version, text = self.random.choice(_ACCESS)
                    if self.has(name, version):
                        definition.suffix += f" {text}"

    def add_costs(self) -> None:
        for place in self.fields():
            if not self.has(place[0], "2.9"):
                continue
            line = self.types[place[0]][place[1]].lines[place[2]]
            if self.chance(0.1):
                self.mark(place, f"@cost(weight: {self.random.randint(1, 3)})")
            if (": [" in line or self.is_free()) and self.chance(0.3):
                self.mark(place, self.list_size(line))

    def list_size(self, line: str) -> str:
        found = [f"assumedSize: {self.random.choice([1, 10, -1 if self.is_free() else 5])}"]
        if "(n: Int" in line or self.is_free():
            found.append('slicingArguments: ["n"]')
        if self.is_free():
            found.append('sizedFields: ["common"]')
        if self.chance(0.2):
            found.append("requireOneSlicingArgument: false")
        return f"@listSize({', '.join(self.random.sample(found, self.random.randint(1, len(found))))})"

    def add_cache_tags(self) -> None:
        for name in self.names:
            if not self.has(name, "2.12"):
                continue
            for entity in self.entities:
                if self.chance(0.4):
                    self.type(name, entity).suffix += f' @cacheTag(format: "{self.random.choice(["x", "y"])}")'
            for field in self.type(name, "Query").lines:
                if self.chance(0.3):
                    self.mark((name, "Query", field), '@cacheTag(format: "q")')

    def add_context(self) -> None:
        able = [name for name in self.names if self.has(name, "2.8")]
        if not able:
            return
        name = self.random.choice(able)
        setter = self.random.choice([*self.entities, *self.values])
        user = self.random.choice(self.entities)
        self.type(name, setter).suffix += ' @context(name: "ctx")'
        field = self.random.choice(sorted(self.type(name, setter).lines) or ["id"])
        self.type(name, setter).lines[f"to{user}"] = f"to{user}: {user}"
        argument = f'arg: Int @fromContext(field: "$ctx {{ {field} }}")'
        self.type(name, user).lines["contextual"] = f"contextual({argument}): Int"
        if self.chance(0.3):
            other = self.random.choice(self.names)
            self.type(other, user).lines["contextual"] = self.random.choice(
                ["contextual(arg: Int): Int @shareable", "contextual(arg: Int!): Int @shareable"]
            )

    def add_executable(self) -> None:
        for name in self.names:
            if self.is_free():
                continue
            locations = self.random.sample(["QUERY", "FIELD", "FRAGMENT_SPREAD"], self.random.randint(2, 3))
            repeatable = " repeatable" if self.is_free() else ""
            argument = "(x: Int)" if self.chance(0.8) else "(x: Int!)"
            self.extra[name].append(f"directive @live{argument}{repeatable} on {' | '.join(locations)}")

    def add_composed(self) -> None:
        for name in self.some():
            if not self.has(name, "2.1"):
                continue
            version = self.random.choice(["1.0", "1.1", "2.0" if self.is_free() else "1.0"])
            local = "sign" if self.is_free() else "mark"
            imported = '"@mark"' if local == "mark" else '{name: "@mark", as: "@sign"}'
            composed = f' @composeDirective(name: "@{local}")' if self.chance(0.7) else ""
            url = f"https://example.org/mark/v{version}"
            argument = "(with: Int)" if version == "1.0" else "(with: Int, also: String)"
            self.extra[name].append(
                f'extend schema @link(url: "{url}", import: [{imported}]){composed}\n'
                f"directive @{local}{argument} on FIELD_DEFINITION | OBJECT"
            )
            for place in self.fields():
                if place[0] == name and self.chance(0.1):
                    self.mark(place, f"@{local}(with: {self.random.randint(1, 2)})")

    def add_descriptions(self) -> None:
        for name, type_name, field in self.fields():
            if self.chance(0.1):
                lines = self.types[name][type_name].lines
                lines[field] = f'"{self.random.choice(["one", "two"])}" {lines[field]}'

    def add_shared_mutation(self) -> None:
        target = self.random.choice([*self.entities, *self.values])
        for name in self.names:
            if self.chance(0.7):
                self.type(name, "Mutation").lines["change"] = f"change: {target} @shareable"


def generate_featured_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed; every second is meant to be valid."""
    subgraphs = FeatureGenerator(seed, liberty=0.0 if seed % 2 == 0 else 0.04).generate()
    return _rename(Random(seed), subgraphs)


def _rename(random: Random, subgraphs: list[Subgraph]) -> list[Subgraph]:
    """Call some things otherwise: a directive in all subgraphs, a root in one, the namespace in another."""
    if random.random() < 0.15:
        subgraphs = [_alias(subgraph, "tag", "label") for subgraph in subgraphs]
    if random.random() < 0.15:
        index = random.randrange(len(subgraphs))
        subgraphs[index] = _alias(subgraphs[index], random.choice(["key", "shareable", "tag"]), "other")
    if random.random() < 0.15:
        index = random.randrange(len(subgraphs))
        subgraphs[index] = _with_sdl(subgraphs[index], _rename_query(subgraphs[index].sdl))
    return subgraphs


def _alias(subgraph: Subgraph, name: str, local: str) -> Subgraph:
    sdl = subgraph.sdl.replace(f'"@{name}"', f'{{name: "@{name}", as: "@{local}"}}', 1)
    return _with_sdl(subgraph, sdl.replace(f" @{name}", f" @{local}") if sdl != subgraph.sdl else sdl)


def _rename_query(sdl: str) -> str:
    if "type Query {" not in sdl or "extend schema" not in sdl:
        return sdl
    return sdl.replace("type Query {", "type Root {").replace("\n", " { query: Root }\n", 1).replace("extend ", "", 1)


def _with_sdl(subgraph: Subgraph, sdl: str) -> Subgraph:
    return Subgraph(subgraph.name, subgraph.url, sdl)
