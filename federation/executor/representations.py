"""Entity representations: what an entity call sends, collected from the data fetched so far.

For `... on Product { __typename upc }` the generated function reads

    def collect(entities, representations, seen):
     indices = []
     add = indices.append
     for entity in entities:
      try: typename = entity['__typename']
      except KeyError: typename = 'Product'
      if typename == 'Product':
       try: v0 = k0 = entity['upc']
       except KeyError: add(-1); continue
       if v0.__class__ is not str and v0.__class__ is not int:
        if v0 is None: add(-1); continue
        k0 = encode(v0)
       key = (typename, k0, )
       index = seen.get(key)
       if index is None:
        seen[key] = index = len(representations)
        representations.append({'__typename': typename, 'upc': v0})
       add(index)
      else: add(-1)
     return indices
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from federation.executor.encoding import encode
from federation.executor.generated import SourceWriter, build_functions
from federation.executor.repeated import object_in
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import EntityCall, RequiredField, RequiredFragment, RequiredSelection

#: `collect(entities, representations, seen)` appends what is new to `representations` and gives, for each entity, the
#: index of its representation, or -1 where the entity is not sent. `representations` and `seen` are kept over the
#: paths of one call.
Collect: TypeAlias = Callable[[list[ResponseObject], list[ResponseObject], dict[object, int]], list[int]]
Build: TypeAlias = Callable[[JsonValue], JsonValue]

ABSENT: Any = object()


def compile_collect(call: EntityCall) -> Collect:
    """The function that collects the representations of `call`."""
    builder = _CollectBuilder(call)
    builder.write()
    collect: Collect = build_functions(builder.writer.text(), builder.constants, "<representations>")["collect"]
    return collect


class _CollectBuilder:
    """Writes `collect`: one branch for each group of types that are represented alike."""

    def __init__(self, call: EntityCall) -> None:
        self.writer = SourceWriter()
        self.constants: dict[str, object] = {"ABSENT": ABSENT, "encode": encode}
        self._written_typename = next((repr(rewrite.typename) for rewrite in call.input_rewrites), "typename")
        self._groups = _group_types(call.requires)
        self._only_type = _only_type(call)

    def write(self) -> None:
        line, block = self.writer.line, self.writer.block
        with block("def collect(entities, representations, seen):"):
            line("indices = []\nadd = indices.append")
            with block("for entity in entities:"):
                self._write_branches()
            line("return indices")

    def _write_branches(self) -> None:
        self.writer.line(f"try: typename = entity['__typename']\nexcept KeyError: typename = {self._only_type!r}")
        keyword = "if"
        for types, fields in self._groups:
            if len(types) == 1:
                test = f"typename == {types[0]!r}"
            else:
                test = f"typename.__class__ is str and typename in {self._constant(frozenset(types))}"
            with self.writer.block(f"{keyword} {test}:"):
                self._write_representation(fields)
            keyword = "elif"
        self.writer.line("else: add(-1)" if self._groups else "add(-1)")

    def _write_representation(self, fields: tuple[RequiredField, ...]) -> None:
        """Of one entity: read the values, leave the entity out if one is missing, look the rest up in `seen`."""
        line = self.writer.line
        if fields:
            reads = (f"v{number} = k{number} = entity[{field.response_name!r}]" for number, field in enumerate(fields))
            line(f"try: {'; '.join(reads)}\nexcept KeyError: add(-1); continue")
        for number, field in enumerate(fields):
            self._write_key(number, field)
        written = self._written_typename
        keys = "".join(f"k{number}, " for number in range(len(fields)))
        items = "".join(f", {field.name!r}: v{number}" for number, field in enumerate(fields))
        line(f"key = ({written}, {keys})\nindex = seen.get(key)")
        with self.writer.block("if index is None:"):
            line("seen[key] = index = len(representations)")
            line(f"representations.append({{'__typename': {written}{items}}})")
        line("add(index)")

    def _write_key(self, number: int, field: RequiredField) -> None:
        """Make of the value `v…` the hashable `k…`; go on with the next entity when something in it is missing."""
        line, value = self.writer.line, f"v{number}"
        if field.selections:
            line(f"{value} = {self._constant(compile_build(field))}({value})")
            line(f"if {value} is ABSENT: add(-1); continue\nk{number} = encode({value})")
            return
        # True equals 1 and 1.0 in Python: whatever is neither text nor integer is compared by its encoding.
        with self.writer.block(f"if {value}.__class__ is not str and {value}.__class__ is not int:"):
            if not field.is_nullable:
                line(f"if {value} is None: add(-1); continue")
            line(f"k{number} = encode({value})")

    def _constant(self, value: object) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants[name] = value
        return name


def _group_types(requires: tuple[RequiredFragment, ...]) -> list[tuple[tuple[str, ...], tuple[RequiredField, ...]]]:
    """The object types of `requires`, those with the same fields together; sorted by name.

    `__typename` is not among the fields: every representation carries it.
    """
    groups: dict[tuple[RequiredField, ...], list[str]] = {}
    for typename in types_in(requires):
        fields = tuple(field for field in fields_of(requires, typename) if field.name != "__typename")
        groups.setdefault(fields, []).append(typename)
    return [(tuple(types), fields) for fields, types in groups.items()]


def _only_type(call: EntityCall) -> str | None:
    """The type of an entity whose data names none: known when only one is possible, or when none is written anyway."""
    types = {name for fragment in call.requires for name in fragment.types}
    is_told = len(types) == 1 or (call.input_rewrites and len(call.requires) == 1)
    return min(types) if is_told and types else None


def types_in(selections: Iterable[RequiredSelection]) -> list[str]:
    """All object types that a type condition among `selections` names."""
    fragments = [selection for selection in selections if isinstance(selection, RequiredFragment)]
    inner = {name for fragment in fragments for name in types_in(fragment.selections)}
    return sorted(inner.union(*(_names_in(fragment) for fragment in fragments)))


def _names_in(fragment: RequiredFragment) -> frozenset[str]:
    """The object types of a condition, and its own name, which a subgraph with an interface object gives as type."""
    return fragment.types | {fragment.type_condition}


def fields_of(selections: Iterable[RequiredSelection], typename: str | None) -> tuple[RequiredField, ...]:
    """The fields that apply to objects of `typename`, each once."""
    fields: dict[RequiredField, None] = {}
    for selection in selections:
        if isinstance(selection, RequiredField):
            fields[selection] = None
        elif typename in _names_in(selection):
            fields.update(dict.fromkeys(fields_of(selection.selections, typename)))
    return tuple(fields)


def compile_build(field: RequiredField) -> Build:
    """A function that gives what of a value of `field` is sent; ABSENT if something required is missing in it."""
    if not field.selections:
        return lambda value: ABSENT if value is None and not field.is_nullable else value
    build_object = _compile_build_object(field.selections)

    def build(value: JsonValue) -> JsonValue:
        value = object_in(value)
        if value.__class__ is dict:
            return build_object(value)
        if value.__class__ is list:
            items = [build(item) for item in value]
            return ABSENT if any(item is ABSENT for item in items) else items
        return None if value is None and field.is_nullable else ABSENT

    return build


def _compile_build_object(selections: tuple[RequiredSelection, ...]) -> Build:
    """Representations nest rarely and little: closures do, where the entity itself has generated source."""
    common = _compile_reads(fields_of(selections, None))
    by_type = {typename: _compile_reads(fields_of(selections, typename)) for typename in types_in(selections)}

    def build_object(value: ResponseObject) -> JsonValue:
        built = {}
        for name, response_name, build in by_type.get(str(value.get("__typename")), common):
            item = build(value.get(response_name, ABSENT))
            if item is ABSENT:
                return ABSENT
            built[name] = item
        return built

    return build_object


def _compile_reads(fields: tuple[RequiredField, ...]) -> tuple[tuple[str, str, Build], ...]:
    return tuple((field.name, field.response_name, compile_build(field)) for field in fields)
