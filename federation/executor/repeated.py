"""An object of the response tree that stands at several places; `repeats` says when."""

from __future__ import annotations

from federation.executor.subgraph_client import JsonValue, ResponseObject


class Repeated:
    """An object that stands at several places of the response tree.

    Attributes:
        fields: the object.
        completed_by: the projection's function that completed it without trouble; None if none has.
        completed: what that function gave, encoded already where that is all that is wanted of it.
    """

    __slots__ = ("completed", "completed_by", "fields")

    def __init__(self, fields: ResponseObject) -> None:
        self.fields = fields
        self.completed_by: object = None
        self.completed: JsonValue = None


def object_in(value: JsonValue) -> JsonValue:
    """The object at a place that may hold a repeated one; any other value as it is."""
    return value.fields if value.__class__ is Repeated else value
