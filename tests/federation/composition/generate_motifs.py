"""Sets from motifs: each is one use of a feature over two or three subgraphs, with its details left to chance.

A motif adds lines to the subgraphs; where a list of texts is chosen from, the first ones are right and the later ones
mostly wrong. Small motifs stay readable when they disagree, and combine as features meet in real graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from federation.composition import Subgraph
from tests.federation.composition.scenarios import link


class MotifSet:
    """The subgraphs `a`, `b` and `c` in the making; `n` makes the names of a motif its own."""

    def __init__(self, random: Random, liberty: float) -> None:
        self.random = random
        self.liberty = liberty
        self.names = ("a", "b", "c")[: random.choice([2, 2, 3])]
        recent = random.random() < 0.7
        self.versions = {
            name: random.choice(["2.9", "2.12", "2.14"] if recent else ["", "2.0", "2.3", "2.5", "2.7", "2.8", "2.11"])
            for name in self.names
        }
        self.parts: dict[str, list[str]] = {name: [] for name in self.names}
        self.roots: dict[str, dict[str, list[str]]] = {name: {} for name in self.names}
        self.n = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def is_free(self) -> bool:
        """Tell whether to take a liberty."""
        return self.chance(self.liberty)

    def one(self, *texts: str) -> str:
        """Choose a text: mostly the first ones, which are right; of those after None any with liberty."""
        return self.random.choice(texts)

    def right(self, right: Sequence[str], wrong: Sequence[str]) -> str:
        """Choose a right text, or with liberty a wrong one."""
        return self.random.choice(wrong if self.is_free() and wrong else right)

    def two(self) -> tuple[str, str]:
        first, second = self.random.sample(self.names, 2)
        return first, second

    def has(self, name: str, version: str) -> bool:
        own = self.versions[name]
        return own != "" and tuple(map(int, own.split("."))) >= tuple(map(int, version.split(".")))

    def add(self, name: str, text: str) -> None:
        self.parts[name].append(text)

    def query(self, name: str, line: str, root: str = "Query") -> None:
        self.roots[name].setdefault(root, []).append(line)

    def subgraphs(self) -> list[Subgraph]:
        return [Subgraph(name, f"http://{name}", self._sdl(name)) for name in self.names]

    def _sdl(self, name: str) -> str:
        roots = [f"type {root} {{\n  {chr(10).join(lines)}\n}}" for root, lines in self.roots[name].items()]
        text = "\n".join([*self.parts[name], *roots])
        return link(self.versions[name]) + text if self.versions[name] else text.replace(" @shareable", "")


Motif = Callable[[MotifSet], None]


def nested_keys(s: MotifSet) -> None:
    a, b = s.two()
    n = s.n
    keys = ["id", "org { id }", "id org { id }", "org { id region { code } }", "{ id }", "id, org { id }", "__typename id"]
    wrong = ["org", "org { }", "nope", "org { nope }", "tags", "id: org", "id(x: 1)", "org @tag { id }", "ref { id }",
             "any { __typename }", "... on E { id }", "... { id }", "list { id }", "with", "id id"]  # fmt: skip
    for name in (a, b):
        key = s.right(keys, wrong)
        more = f' @key(fields: "{s.right(keys, wrong)}"{s.one("", ", resolvable: false", ", resolvable: true")})' if s.chance(0.4) else ""
        mark = s.right([" @shareable"], [""])
        s.add(name, f'type E{n} @key(fields: "{key}"){more} {{\n  id: ID!{mark}\n  org: Org{n}{s.one("!", "")}{mark}\n  tags: [String]{mark}\n'
                    f"  ref: Ref{n}{mark}\n  any: Any{n}{mark}\n  list: [Org{n}]{mark}\n  with(x: Int): Int{mark}\n  {name}F: Int\n}}")  # fmt: skip
        share = s.right([" @shareable"], [""])
        s.add(name, f"type Org{n}{share} {{ id: ID! region: Region{n} {s.one('', f'{name}Only: Int')} }}")
        s.add(name, f"type Region{n}{share} {{ code: String }}")
        s.add(name, f"interface Ref{n} {{ id: ID! }}\nunion Any{n} = Org{n} | Region{n}")
        if s.chance(0.7):
            s.query(name, f"{name}E{n}: E{n}")


def requirements(s: MotifSet) -> None:
    a, b = s.two()
    n = s.n
    share = s.right([" @shareable"], [""])
    sets = ["v { p }", "vs { p q }", "v { w { z } }", "i { p }", f"i {{ ... on A{n} {{ p }} p }}",
            f"u {{ ... on A{n} {{ p }} ... on B{n} {{ b }} }}", "v { q } i { p }", "v { p w { z } }", "{ v { p } }"]  # fmt: skip
    argument = s.one("", "", "(u: Unit)", "(u: Unit = CM)", "(n: Int!)")
    with_x = {"": ["x", "x v { q }", "{ x }"], "(n: Int!)": ["x(n: 1)"]}.get(argument, ["x", "x(u: CM)", "x(u: IN) v { p }"])
    sets += with_x
    wrong = ["id x", f"i {{ ... on A{n} {{ a }} p }}", "x(u: CM)", "x",
             "", "y", "v", "v { nope }", "x(k: 1)", "x(u: KM)", "x @include(if: true)", "v { p @tag }", "own", "r: x",
             "i { a }", "... on R { x }", "u { p }", "x { y }", "vs"]  # fmt: skip
    s.add(a, f'type R{n} @key(fields: "id") {{\n  id: ID!\n  x{argument}: Int\n'
             f"  v: V{n}\n  vs: [V{n}!]\n  i: I{n}\n  u: U{n}\n}}\ntype V{n}{share} {{ p: Int q: Int w: W{n} }}\n"
             f"type W{n}{share} {{ z: Int }}\ninterface I{n} {{ p: Int }}\ntype A{n} implements I{n} @key(fields: \"id\") "
             f"{{ id: ID! p: Int a: Int }}\ntype B{n} implements I{n}{share} {{ p: Int b: Int }}\nunion U{n} = A{n} | B{n}\n"
             "enum Unit { CM IN }")  # fmt: skip
    fields = s.right(sets, wrong)
    external = s.right([" @external"], ["", " @external @shareable"])
    s.add(b, f'type R{n} @key(fields: "id"{s.right([""], [", resolvable: false"])}) {{\n  id: ID!\n'
             f"  x{s.right([argument], ['', '(u: Unit)', '(u: Unit = CM)', '(n: Int!)'])}: Int{external}\n  v: V{n}{external}\n  vs: [V{n}!]{external}\n  i: I{n}{external}\n"
             f'  u: U{n}{external}\n  own: Int @requires(fields: "{fields}"){s.one("", "", " @shareable", " @inaccessible")}\n'
             f'  all: Int @requires(fields: "{with_x[0]} v {{ p q w {{ z }} }} vs {{ p }} i {{ p }} u {{ ... on A{n} {{ p }} }}")\n}}\n'
             f"type V{n}{share} {{ p: Int{s.one(' @external', '')} q: Int w: W{n} }}\ntype W{n}{share} {{ z: Int }}\n"
             f"interface I{n} {{ p: Int }}\ntype A{n} implements I{n} @key(fields: \"id\") {{ id: ID! p: Int @external {s.right([''], [f'a: Int @external', 'a: Int @shareable'])} }}\n"
             f"type B{n} implements I{n}{share} {{ p: Int b: Int }}\nunion U{n} = A{n} | B{n}\nenum Unit {{ CM IN }}")  # fmt: skip
    for name in (a, b):
        if s.chance(0.7):
            s.query(name, f"{name}R{n}: {s.one(f'R{n}', f'[R{n}!]')}")


def provisions(s: MotifSet) -> None:
    a, b = s.two()
    n = s.n
    share = s.right([" @shareable"], [""])
    s.add(a, f'type P{n} @key(fields: "id") {{ id: ID! name: String{share} q: Q{n}{share} args(x: Int): Int }}\ntype Q{n}{share} {{ one: Int two: Int }}\n'
             f"interface M{n} {{ id: ID! t: String }}\ntype F{n} implements M{n} @key(fields: \"id\") {{ id: ID! t: String{share} f: Int{share} }}\n"
             f"type G{n} implements M{n} @key(fields: \"id\") {{ id: ID! t: String{share} g: Int{share} }}")  # fmt: skip
    sets = ["name", "q { one }", "name q { one two }"]
    wrong = ["id name", "", "nope", "q", "q { nope }", "args", "args(x: 1)", "name @skip(if: true)", "n: name", "... on P { name }"]
    on_media = [f"... on F{n} {{ f }} ... on G{n} {{ g }}", f"... on F{n} {{ t f }} ... on G{n} {{ t g }}"]
    external = s.right([" @external"], ["", " @external @tag(name: \"t\")"])
    s.add(b, f'type P{n} @key(fields: "id") {{ id: ID! name: String{external} q: Q{n}{external} args(x: Int): Int{external} '
             f'use: Int @requires(fields: "name q {{ one two }} args") }}\ntype Q{n}{s.one(share, " @external", "")} {{ one: Int{s.one("", " @external")} two: Int }}\n'
             f"{s.one('interface', 'interface', 'interface')} M{n} {{ id: ID! t: String }}\n"
             f"type F{n} implements M{n} @key(fields: \"id\") {{ id: ID! t: String{external} f: Int{external} }}\n"
             f"type G{n} implements M{n} @key(fields: \"id\") {{ id: ID! t: String{external} g: Int{external} }}\nunion N{n} = F{n} | G{n}")  # fmt: skip
    s.query(b, f'{b}P{n}: {s.one(f"P{n}", f"[P{n}]", f"[P{n}!]!")} @provides(fields: "{s.right(sets, wrong)}")')
    s.query(b, f'{b}M{n}: {s.one(f"M{n}", f"[M{n}]")} @provides(fields: "{s.right(on_media, [*wrong, "f", "t", "id t"])}")')
    if s.chance(0.5):
        s.query(b, f'{b}N{n}: N{n} @provides(fields: "{s.right(on_media, ["t", "id"])}")')
    if s.is_free():
        s.query(b, f'{b}S{n}: {s.one("Int", "[String]", f"Q{n}")} @provides(fields: "one")')
    s.query(a, f"{a}P{n}: P{n}")


def overrides(s: MotifSet) -> None:
    a, b = s.two()
    n = s.n
    label = s.right(["", ', label: "percent(5)"', ', label: "foo"', ', label: "percent(0.5)"'],
                    [', label: "percent(101)"', ', label: "1x"', ', label: ""', ', label: "percent(x)"'])  # fmt: skip
    label = label if s.has(a, "2.7") or s.is_free() else ""
    origin = s.right([b], [a, "nowhere", *s.names])
    kind = s.one("Int", f"T{n}")
    s.add(a, f'type O{n} @key(fields: "id") {{\n  id: ID!{s.right(["", ""], [f""" @override(from: "{b}")"""])}\n'
             f'  f: {s.right([kind], ["Int", f"T{n}"])} @override(from: "{origin}"{label}){s.right(["", " @shareable"], [" @external", " @inaccessible"])}\n'
             f"  g: Int @shareable\n}}\ntype T{n} {s.right(['@shareable'], [''])} {{ x: Int }}")  # fmt: skip
    marks = s.right(["", " @shareable", ' @tag(name: "t")'], [" @external", f' @override(from: "{a}")', ' @requires(fields: "g")'])
    use = s.one("", '  h: Int @requires(fields: "g")', '  h: Int @requires(fields: "f")' if kind == "Int" else "", "")
    g = " @external" if 'fields: "g"' in use + marks else " @shareable"
    s.add(b, f'type O{n} @key(fields: "id"){s.one("", "", f""" @key(fields: "f")""" if kind == "Int" else "")} {{\n  id: ID!\n  f: {kind}{marks}\n  g: Int{g}\n{use}\n}}\n'
             f"type T{n} {s.right(['@shareable'], [''])} {{ x: Int {s.one('', 'y: Int')} }}")  # fmt: skip
    if len(s.names) == 3 and s.chance(0.3):
        c = next(name for name in s.names if name not in (a, b))
        s.add(c, f'type O{n} @key(fields: "id") {{ id: ID! f: {kind}{s.right([" @shareable", ""], [f""" @override(from: "{b}")"""])} }}\ntype T{n} @shareable {{ x: Int }}')
        s.query(c, f"{c}O{n}: O{n}")
    for name in (a, b):
        s.query(name, f"{name}O{n}: O{n}")


def interface_objects(s: MotifSet) -> None:
    a, b = s.two()
    n = s.n
    key = s.right(["id"], ["id code"])
    on_b = s.right(["@key(fields: \"id\") @interfaceObject"], ["@interfaceObject", "@key(fields: \"id\")", "@key(fields: \"code\") @interfaceObject"])
    s.add(a, f'interface X{n} @key(fields: "id"{s.one("", "", ", resolvable: false")}) {{ id: ID! code: String t: String{s.right([""], [" @shareable"])} }}')
    for name in ("Y", "Z"):
        implements = s.right([f" implements X{n}"], [""])
        own_key = s.right([f' @key(fields: "{key}")', f' @key(fields: "id") @key(fields: "code")'], ["", f' @key(fields: "id", resolvable: false)'])
        s.add(a, f"type {name}{n}{implements}{own_key} {{ id: ID! code: String @shareable t: String {name.lower()}: Int {s.right([''], ['rate: Int @shareable'])} }}")
    extra = s.one("", "t: String @external\n  slug: String @requires(fields: \"t\")", "other: Int @authenticated" if s.has(b, "2.5") else "")
    s.add(b, f"type X{n} {on_b} {{\n  id: ID!\n  {s.one('', 'code: String @shareable')}\n  rate: Int{s.right(['', ' @shareable'], [f' @override(from: {chr(34)}{a}{chr(34)})'])}\n  {extra}\n}}")
    if s.is_free():
        s.add(b, s.one(f'type Y{n} @key(fields: "id") {{ id: ID! own: Int }}', f'type New{n} implements X{n} @key(fields: "id") {{ id: ID! }}'))
    s.query(a, f"{a}X{n}: X{n}")
    if s.chance(0.6):
        s.query(b, f"{b}X{n}: [X{n}]")
    if len(s.names) == 3 and s.chance(0.5):
        c = next(name for name in s.names if name not in (a, b))
        s.add(c, s.one(f'type X{n} @key(fields: "id") @interfaceObject {{ id: ID! rank: Int rate: Int @shareable }}',
                       f'type Y{n} @key(fields: "id") {{ id: ID! more: Int }}',
                       f'interface X{n} {{ id: ID! }}\ntype Q{n} implements X{n} @key(fields: "id") {{ id: ID! }}'))  # fmt: skip


def interfaces(s: MotifSet) -> None:
    n = s.n
    wrapped = s.one(f"H{n}", f"[H{n}]")
    for name in s.names:
        above = s.one("", f" implements N{n}")
        base = f"interface N{n} {{ id: ID! }}\n" if above else ""
        field = s.right(["t: String", "t: String!", "t(x: Int): String"], ["t: Int", "t(x: Int!): String", "t: [String]"])
        more = s.one("", f"peer: H{n}", f"kind: K{n}")
        members = "".join(
            f"type {member}{n} implements H{n}{f' & N{n}' if above else ''}{s.one('', f' @key(fields: {chr(34)}id{chr(34)})')} "
            f"{{ id: ID! {s.right([field, field, field + '!' if not field.endswith('!') else field], ['t: String'])} "
            f"{more.replace(f'H{n}', s.one(f'H{n}', f'{member}{n}'))} {s.one('', f'own{name}: Int')} }}\n"
            for member in s.random.sample(["L", "M"], s.random.choice([1, 2, 2]))
        )
        kind = f"enum K{n} {{ A {s.right(['B'], ['', 'C'])} }}\n" if "kind" in more else ""
        s.add(name, f"{base}interface H{n}{above} {{ id: ID! {field} {more} }}\n{kind}{members}".replace(": String ", ": String @shareable ") if s.is_free() else
              f"{base}interface H{n}{above} {{ id: ID! {field} {more} }}\n{kind}" + (members.replace(" {", " @shareable {") if s.chance(0.8) else members))  # fmt: skip
        if s.chance(0.7):
            s.query(name, f"{s.one(f'{name}H{n}', f'h{n}')}: {s.right([wrapped], [f'H{n}', f'[H{n}]'])}{s.right([' @shareable'], [''])}")


def values(s: MotifSet) -> None:
    """Enums, inputs, scalars, arguments and their defaults."""
    n = s.n
    answer = s.one(f"En{n}", f"Sc{n}", "Int")
    for name in s.names:
        own = ["A", "B"] if not s.is_free() else s.random.sample(["A", "B", "C"], s.random.randint(1, 3))
        marks = {value: s.right(["", ""], [" @inaccessible", ' @tag(name: "v")', ' @deprecated(reason: "r")']) for value in own}
        s.add(name, f"enum En{n}{s.one('', '', ' @tag(name: ' + chr(34) + 'e' + chr(34) + ')')} {{ {' '.join(v + marks[v] for v in own)} }}")
        default = s.right(["", " = A", " = A"], [" = B", " = null", " = {}"])
        fields = [
            f"e: En{n}{default}", s.right(["n: Int", "n: Int! = 3", "n: Int"], ["n: Int!", "n: String", "n: [Int]"]),
            s.right([f"in: Nest{n}", f"in: Nest{n} = {{x: 1}}"], [f"in: Nest{n} = {{x: \"1\"}}", f"in: Nest{n} = {{y: 1}}"]),
            s.right(["l: [Int!]", "l: [Int!] = [1, 2]", "l: [Int] = [1, 2]"], ["l: [Int!] = [null]", "l: [Int!] = 1"]),
            *([s.one("z: Int", "z: Int!", "z: Int @inaccessible", "z: Int! @inaccessible", "z: Int! = 1 @inaccessible")] if s.is_free() else []),
            *(["c: Int @cost(weight: 3)"] if s.has(name, "2.9") and s.chance(0.2) else []),
        ]  # fmt: skip
        s.add(name, f"input In{n}{s.right([''], [' @inaccessible', ' @tag(name: ' + chr(34) + 'i' + chr(34) + ')'])} {{\n  {chr(10).join(fields)}\n}}\ninput Nest{n} {{ x: Int {s.right([''], ['y: Int!', 'y: Int = 2'])} }}")
        url = s.one("", "", ' @specifiedBy(url: "https://x.dev/a")', ' @specifiedBy(url: "https://x.dev/b")')
        s.add(name, f"scalar Sc{n}{url}{s.right(['', ' @inaccessible' if s.is_free() else ''], [''])}")
        argument = s.right([f"(i: In{n})", f"(i: In{n}, e: En{n} = A)", f"(e: [En{n}!] = [A])", f"(s: Sc{n} = {{any: 1}})", "(f: Float = 1)", '(s: String = "x")'],
                           [f"(i: In{n}!)", f"(i: In{n} = {{n: 1, e: C}})", "(f: Float = 1.0)", '(s: String = 1)', f"(e: En{n} = B)", f"(o: Int @inaccessible)", '(o: Int! @tag(name: "t"))'])  # fmt: skip
        s.query(name, f"shared{n}{argument}: {s.right([answer], [f'En{n}', 'Int'])}{s.right([' @shareable'], [''])}" if s.chance(0.6) else f"{name}V{n}{argument}: {s.one(f'En{n}', f'Sc{n}', f'[Sc{n}!]')}{s.right([''], [' @deprecated'])}")


def hidden(s: MotifSet) -> None:
    """What is inaccessible, and what refers to it."""
    n = s.n
    hide = " @inaccessible"
    for name in s.names:
        def some(probability: float = 0.05) -> str:
            return hide if s.chance(probability) and s.versions[name] else ""
        s.add(name, f"type Hid{n}{some()} @shareable {{ x: Int{some()} y(a: Int{some()}, b: Int! = 1{some()}): Int{some()} r: Ref{n}{some()} }}\n"
                    f"interface Hi{n}{some()} {{ x: Int{some()} }}\ntype Ref{n} implements Hi{n}{some()} @shareable {{ x: Int{some()} }}\n"
                    f"union Hu{n}{some()} = Hid{n} | Ref{n}\nenum He{n}{some()} {{ A{some()} B{some()} }}\n"
                    f"input Hn{n}{some()} {{ a: Int{some()} e: He{n} = A{some()} b: Int! = 2{some()} }}\nscalar Hs{n}{some()}")  # fmt: skip
        s.query(name, f"hid{n}(i: Hn{n}{some()}, s: Hs{n}{some()}): Hid{n} @shareable{some()}")
        s.query(name, f"hi{n}: {s.one(f'Hi{n}', f'Hu{n}', f'He{n}')}{some()}") if s.is_free() else None
        s.query(name, f"{name}Visible{n}: Int")


def access(s: MotifSet) -> None:
    n = s.n
    rules = ["@authenticated", '@requiresScopes(scopes: [["a"]])', '@requiresScopes(scopes: [["a", "b"], ["c"]])',
             '@requiresScopes(scopes: [["c", "b"], ["a"]])', '@requiresScopes(scopes: [])', '@requiresScopes(scopes: [[]])']  # fmt: skip
    policies = ['@policy(policies: [["p"]])', '@policy(policies: [["p"], ["q"]])', '@policy(policies: [["q", "p"], ["p"]])']
    for name in s.names:
        able = [*rules, *(policies if s.has(name, "2.6") else [])] if s.has(name, "2.5") else []
        def some(probability: float = 0.2) -> str:
            return f" {s.random.choice(able)}" if able and s.chance(probability) else ""
        on_interface = some() if s.is_free() else ""
        s.add(name, f'type Ac{n} implements Ai{n} @key(fields: "id"){some()} {{ id: ID! x: Int @shareable{some()} e: Ae{n} @shareable{some()} {name}x: Int{some()} }}\n'
                    f"interface Ai{n}{on_interface} {{ x: Int{on_interface} }}\nenum Ae{n}{some()} {{ A }}\nscalar As{n}{some()}\n"
                    f"type Ad{n} implements Ai{n}{some()} @shareable {{ x: Int{some()} }}")  # fmt: skip
        s.query(name, f"{name}Ac{n}: Ac{n}{some()}\n{name}Ai{n}: Ai{n}\n{name}As{n}: As{n}\n{name}Ad{n}: Ad{n}")
    a, b = s.two()
    if s.versions[a] and s.versions[b]:
        s.add(a, f'extend type Ac{n} {{ need: Int{s.one("", " @authenticated" if s.has(a, "2.5") else "")} }}')
        s.add(b, f'extend type Ac{n} {{ need: Int @external uses: Int @requires(fields: "need"){s.one("", " @authenticated" if s.has(b, "2.5") else "")} }}')


def contexts(s: MotifSet) -> None:
    able = [name for name in s.names if s.has(name, "2.8")]
    if not able:
        return
    a = s.random.choice(able)
    n = s.n
    name = s.right(["ctx", "ctx", "c2"], ["_c", "c_x", "1c", ""])
    field = s.right(["$ctx { p }", "$ctx { v { q } }", "$ctx{p}", "$ctx  { p }"],
                    ["$ctx", "{ p }", "$ctx { }", "$nope { p }", "$ctx { p o }", "$ctx { v }", "$ctx { w }", "ctx { p }", "$ctx { ... on Cs { p } }",
                     "$ctx { p: v }", "$ctx { v { q @skip(if: true) } }", "$ctx { l }"])  # fmt: skip
    kind = s.right(["String", "String"], ["Int", "String!", "[String]"])
    setter = s.one("type", "type", "interface", "union")
    value = s.one("String", "String!")
    if setter == "type":
        s.add(a, f'type Cs{n} @key(fields: "id") @context(name: "{name}") {{ id: ID! p: {value} v: Cv{n} l: [String] c: Cu{n}! }}')
    elif setter == "interface":
        s.add(a, f'interface Cs{n} @context(name: "{name}") {{ p: {value} v: Cv{n} l: [String] }}\n'
                 f'type Ct{n} implements Cs{n} @key(fields: "id") {{ id: ID! p: {value} v: Cv{n} l: [String] c: Cu{n} }}')  # fmt: skip
    else:
        field = s.one(f"$ctx {{ ... on Ct{n} {{ p }} ... on Cw{n} {{ z }} }}", field, f"$ctx {{ ... on Ct{n} {{ p }} }}")
        s.add(a, f'union Cs{n} @context(name: "{name}") = Ct{n} | Cw{n}\ntype Ct{n} @key(fields: "id") {{ id: ID! p: String c: Cu{n} }}\n'
                 f'type Cw{n} @key(fields: "id") {{ id: ID! z: String c: Cu{n} }}')  # fmt: skip
    if s.chance(0.2):
        s.add(a, f'type Cx{n} @key(fields: "id") @context(name: "ctx") {{ id: ID! p: {s.one("String", "String!", "Int")} v: Cv{n} l: [String] c: Cu{n} }}')
        s.query(a, f"{a}Cx{n}: Cx{n}")
    s.add(a, f"type Cv{n} {s.one('', '@shareable')} {{ q: String }}")
    default = s.right([""], [' = "x"'])
    key = s.right([' @key(fields: "id")'], ["", ' @key(fields: "id", resolvable: false)'])
    s.add(a, f'type Cu{n}{key} {{ id: ID! f(arg: {kind}{default} @fromContext(field: "{field}"){s.one("", ", other: Int")}): Int{s.one("", " @shareable")} }}')
    s.query(a, f"{a}Cs{n}: Cs{n}\n{a}Cu{n}: {s.one('Int', f'Cu{n}')}" if s.is_free() else f"{a}Cs{n}: Cs{n}")
    b = s.random.choice([x for x in s.names if x != a])
    if s.chance(0.5):
        s.add(b, f'type Cu{n} @key(fields: "id") {{ id: ID! {s.right(["more: Int"], ["f(arg: String): Int @shareable", "f(arg: String!): Int @shareable", "f: Int @shareable"])} }}')
        s.query(b, f"{b}Cu{n}: Int")


def shared_results(s: MotifSet) -> None:
    """Shared fields of abstract types, and value types that only some paths complete."""
    n = s.n
    key = s.one("", "", ' @key(fields: "id")')
    union = s.one(f"Un{n}", f"[Un{n}]")
    for name in s.names:
        members = s.random.sample(["J", "K"], 2 if not s.is_free() else 1)
        s.add(name, f"union Un{n} = {' | '.join(f'{m}{n}' for m in sorted(members))}")
        for member in sorted(members):
            own = s.one("", "", f"{name}Only: Int")
            s.add(name, f"type {member}{n}{key}{s.right([' @shareable'], [''])} {{ id: ID! x: Int {own} }}")
        s.query(name, f"un{n}: {s.right([union], [f'Un{n}', f'[Un{n}]'])}{s.right([' @shareable'], [''])}")
        if s.chance(0.3):
            s.query(name, f"change{n}: {f'J{n}' if 'J' in members else 'Int'}{s.right([' @shareable'], [''])}", "Mutation")
        if s.chance(0.2):
            s.query(name, f"{s.right([f'{name}Event', f'{name}Event'], ['event'])}{n}: Int{s.right([''], [' @shareable'])}", "Subscription")


def marks(s: MotifSet) -> None:
    """Descriptions, deprecations, tags, costs and list sizes that differ."""
    n = s.n
    for name in s.names:
        def text() -> str:
            return s.one("", "", '"one" ', '"two" ', '"""\n  three\n  lines\n  """ ')
        def mark(name: str = name) -> str:
            options = ["", "", "", ' @tag(name: "t")', ' @tag(name: "u") @tag(name: "t")', " @deprecated", ' @deprecated(reason: "old")']
            if s.has(name, "2.9"):
                options += [" @cost(weight: 1)", " @cost(weight: 5)"]
            return s.random.choice(options)
        size = ""
        if s.has(name, "2.9"):
            size = s.right(["", " @listSize(assumedSize: 5)", ' @listSize(slicingArguments: ["first"])', ' @listSize(assumedSize: 7, slicingArguments: ["first", "last"], requireOneSlicingArgument: false)',
                            ' @listSize(slicingArguments: [])', ' @listSize(assumedSize: null)'],
                           [' @listSize(assumedSize: -1)', ' @listSize(slicingArguments: ["nope"])', ' @listSize(sizedFields: ["edges"])', ' @listSize(slicingArguments: ["of"])'])  # fmt: skip
        sized = ' @listSize(sizedFields: ["edges"], slicingArguments: ["first"])' if s.has(name, "2.9") and s.chance(0.4) else ""
        tag = " @tag(name: \"ty\")" if s.chance(0.2) else ""
        on_type = s.one("", " @cost(weight: 2)", " @cost(weight: 3)") if s.has(name, "2.9") else ""
        s.add(name, f"{text()}type Ma{n}{tag}{on_type} @shareable {{\n  {text()}x: Int{mark()}\n  {text()}l(first: Int, {text()}last: Int, of: String): [Int]{size}{mark()}\n"
                    f"  page(first: Int): Pg{n}{sized}\n}}\ntype Pg{n} @shareable {{ edges: [Int] }}\n"
                    f"{text()}enum Me{n} {{ {text()}A{s.one('', ' @deprecated')} }}\n{text()}union Mu{n}{tag} = Ma{n} | Pg{n}")  # fmt: skip
        s.query(name, f"{text()}ma{n}({text()}e: Me{n}): Ma{n} @shareable")
        s.query(name, f"mu{n}: Mu{n} @shareable")


def federation_1(s: MotifSet) -> None:
    """Extensions with external keys, as Federation 1 wrote them; in Federation 2 they mean less."""
    a, b = s.two()
    n = s.n
    base = s.right(["type"], ["extend type"])
    s.add(a, f'{base} Fe{n} @key(fields: "id"){s.one("", " @extends" if s.is_free() else "")} {{ id: ID! name: String @shareable {s.one("", f"v: Fv{n}")} {s.right([""], ["age: Int @external"])} }}\ntype Fv{n} @shareable {{ x: Int {s.right([""], ["y: Int"])} }}')
    extension = s.one("extend type", "extend type", "type")
    extends = s.one("", " @extends")
    external = s.right([" @external"], [""])
    s.add(b, f'{extension} Fe{n} @key(fields: "id"){extends} {{ id: ID!{external} {s.right(["name: String @external"], ["name: String", "name: Int @external", "nope: String @external"])} '
             f'greeting: String @requires(fields: "{s.right(["name"], ["nope", "id"])}") }}\ntype Fv{n} @shareable {{ x: Int {s.right([""], ["y: Int"])} }}')  # fmt: skip
    s.query(a, f"{a}Fe{n}: Fe{n}")
    s.query(b, f'{b}Fe{n}: Fe{n}{s.one("", """ @provides(fields: "name")""")}')
    if s.is_free():
        s.add(b, s.one(f"extend interface Fi{n} {{ x: Int }}", f"extend union Fu{n} = Fe{n}", f"extend enum Fx{n} {{ A }}", f"extend input Fn{n} {{ a: Int }}", f"extend scalar Fs{n} @tag(name: \"x\")"))


def dead_ends(s: MotifSet) -> None:
    """Fields that some path reaches and no plan answers, or just so."""
    a, b = s.two()
    n = s.n
    resolvable = s.one("", ", resolvable: false")
    keys = s.random.sample(["id", "sku", "org { id }"], 2)
    s.add(a, f'type De{n} @key(fields: "{keys[0]}"{resolvable}) {{ id: ID! @shareable sku: ID! @shareable org: Do{n} @shareable a: Int peer: De{n} }}\ntype Do{n} @shareable {{ id: ID! {s.one("", "x: Int")} }}')
    s.add(b, f'type De{n} @key(fields: "{s.one(*keys)}") {{ {s.right(["id: ID! @shareable"], ["id: ID!"])} sku: ID! @shareable org: Do{n} @shareable {s.one("b: Int", f"b: Db{n}")} }}\ntype Do{n} @shareable {{ id: ID! {s.one("", "y: Int")} }}\ntype Db{n} {{ deep: De{n} }}')
    for name in (a, b):
        if s.chance(0.8):
            s.query(name, s.one(f"{name}De{n}: De{n}", f"{name}Do{n}: Do{n}", f"de{n}: De{n}{s.right([' @shareable'], [''])}"))


MOTIFS: tuple[Motif, ...] = (
    nested_keys, requirements, provisions, overrides, interface_objects, interfaces, values, hidden, access, contexts,
    shared_results, marks, federation_1, dead_ends,
)  # fmt: skip


def generate_motif_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed: one to three motifs; every second is meant to be mostly right."""
    random = Random(seed)
    made = MotifSet(random, 0.04 if seed % 2 == 0 else 0.2)
    for number in range(random.choice([1, 1, 2, 3])):
        made.n = number
        random.choice(MOTIFS)(made)
    for name in made.names:
        if random.random() < 0.5 or not made.parts[name]:
            made.query(name, f"{name}Own: Int")
    return made.subgraphs()
