"""The errors of one execution's fetches, placed where the client can understand them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from federation.executor.asked_paths import asked_path, asked_response_path
from federation.executor.errors import ErrorPath
from federation.executor.fetches import CompiledFetch, EntityBatch
from federation.executor.operation import Operation
from federation.executor.paths import crosses_list, leading_path, locate, print_path
from federation.executor.subgraph_client import ResponseObject
from federation.executor.translation import ErrorPolicy, client_error, error_path, rename_in_path
from federation.query_plan.nodes import FieldSegment, ResponsePath


class FetchErrors:
    """Collects errors, each with the fetch it comes from, by the fetch's position in the plan as a bit."""

    __slots__ = ("_errors", "_explained", "_operation", "_policy", "_typename_key")

    def __init__(self, policy: ErrorPolicy, operation: Operation, typename_key: str | None = None) -> None:
        """`operation` is the client's; `typename_key` is as in the query plan."""
        self._policy = policy
        self._operation = operation
        self._typename_key = typename_key
        self._errors: list[tuple[int, ResponseObject]] = []
        self._explained: list[tuple[int, ErrorPath]] = []

    def in_order(self) -> list[ResponseObject]:
        """The errors as the client gets them, in the order of the plan, whichever fetch was done first."""
        return [error for _, error in sorted(self._errors, key=lambda noted: noted[0])]

    def explained(self, fetches: int = -1) -> list[ErrorPath]:
        """The places that errors of these fetches explain, also those an error names without a real path."""
        return [path for bit, path in self._explained if bit & fetches]

    def take(self, fetches: int, is_wanted: Callable[[ErrorPath], bool]) -> list[ResponseObject]:
        """The errors of these fetches at wanted places, in the order of the plan; they are not given again."""
        taken = [noted for noted in self._errors if noted[0] & fetches and is_wanted(tuple(noted[1].get("path") or ()))]
        self._errors = [noted for noted in self._errors if not any(noted is each for each in taken)]
        return [error for _, error in sorted(taken, key=lambda noted: noted[0])]

    def add_from_root(self, fetch: CompiledFetch, errors: Iterable[ResponseObject], data: ResponseObject) -> None:
        """Errors of a fetch on a root type; `data` is the response tree."""
        for error in errors:
            path = error_path(error)
            if path is None:
                self._add_root_failure(fetch, error)
                continue
            renamed = rename_in_path(path, fetch.node.output_rewrites)
            for place, _ in locate(data, fetch.node.path):
                self._add(fetch, error, (*place, *renamed))

    def add_from_calls(
        self,
        fetch: CompiledFetch,
        errors: Iterable[ResponseObject],
        batches: tuple[EntityBatch, ...],
        data: ResponseObject,
    ) -> None:
        """Errors of a fetch of entities: an error of one entity stands at every place that holds it."""
        by_name = {batch.call.node.response_name: _BatchPlaces(batch, data) for batch in batches}
        for error in errors:
            path = error_path(error) or ()
            batch = by_name.get(str(path[0])) if path else None
            if batch is not None and len(path) > 1 and isinstance(path[1], int):
                inner = rename_in_path(path[2:], batch.call.output_rewrites)
                for place in batch.of(path[1]):
                    self._add(fetch, error, (*place, *inner))
            else:
                self._add_call_failure(fetch, error, (batch,) if batch else by_name.values())

    def _add(self, fetch: CompiledFetch, error: ResponseObject, path: ErrorPath) -> None:
        path = self._as_client_calls_it(path)
        asked = asked_path(self._operation, path)
        self._errors.append((fetch.bit, client_error(error, fetch.node.subgraph, asked or None, self._policy)))
        self._explained.append((fetch.bit, path))

    def _add_root_failure(self, fetch: CompiledFetch, error: ResponseObject) -> None:
        """The whole request failed: one error, at its field if it is only one."""
        outer = leading_path(fetch.node.path)
        self._explained.extend((fetch.bit, self._as_client_calls_it((*outer, key))) for key in fetch.root_keys)
        inner = fetch.root_keys if len(fetch.root_keys) == 1 and not crosses_list(fetch.node.path) else ()
        self._add_failure(fetch, error, (*outer, *inner), fetch.node.path)

    def _add_call_failure(self, fetch: CompiledFetch, error: ResponseObject, batches: Iterable[_BatchPlaces]) -> None:
        """The whole request, or one entity call of it, failed: one error for each path at which entities were asked."""
        for path in dict.fromkeys(path for batch in batches for path in batch.paths()):
            self._explained.append((fetch.bit, self._as_client_calls_it(leading_path(path))))
            self._add_failure(fetch, error, leading_path(path), path)

    def _add_failure(self, fetch: CompiledFetch, error: ResponseObject, place: ErrorPath, path: ResponsePath) -> None:
        place = asked_path(self._operation, self._as_client_calls_it(place))
        translated = client_error(error, fetch.node.subgraph, place or None, self._policy)
        if crosses_list(path):
            translated["extensions"]["affectedPath"] = self._print(path)
        noted = (fetch.bit, translated)
        if noted not in self._errors:  # a fetch sent once per contextual value may fail alike several times
            self._errors.append(noted)

    def _as_client_calls_it(self, path: ErrorPath) -> ErrorPath:
        if self._typename_key is None:
            return path
        return tuple("__typename" if step == self._typename_key else step for step in path)

    def _print(self, path: ResponsePath) -> str:
        own = FieldSegment(self._typename_key or "")
        renamed = tuple(FieldSegment("__typename") if segment == own else segment for segment in path)
        return print_path(asked_response_path(self._operation, renamed))


class FetchNotes(FetchErrors):
    """Collects what partitioned subgraphs say of places in their answers, which are found as errors' places are."""

    __slots__ = ("_notes",)

    def __init__(self, operation: Operation, typename_key: str | None = None) -> None:
        super().__init__(ErrorPolicy(), operation, typename_key)
        self._notes: list[tuple[int, ResponseObject]] = []

    def notes(self) -> list[ResponseObject]:
        """Each with its place in the client's answer, in the order of the plan."""
        return [note for _, note in sorted(self._notes, key=lambda noted: noted[0])]

    def _add(self, fetch: CompiledFetch, error: ResponseObject, path: ErrorPath) -> None:
        asked = asked_path(self._operation, self._as_client_calls_it(path))
        noted = (fetch.bit, {**error, "path": list(asked), "service": fetch.node.subgraph})
        if (
            noted not in self._notes
        ):  # several fields that the client did not ask for are told at the object they are of
            self._notes.append(noted)


class _BatchPlaces:
    """Where the entities of one call stand in the answer; looked up only when there are errors."""

    __slots__ = ("_batch", "_data", "_places", "call")

    def __init__(self, batch: EntityBatch, data: ResponseObject) -> None:
        self.call = batch.call.node
        self._batch = batch
        self._data = data
        self._places: dict[int, list[ErrorPath]] | None = None

    def paths(self) -> Iterator[ResponsePath]:
        """The call's paths at which there was an entity to ask for."""
        for path, (_, indices) in zip(self.call.paths, self._batch.places, strict=True):
            if any(index >= 0 for index in indices):
                yield path

    def of(self, index: int) -> list[ErrorPath]:
        """All places of the entity with this representation."""
        if self._places is None:
            self._places = self._locate()
        return self._places.get(index, [])

    def _locate(self) -> dict[int, list[ErrorPath]]:
        places: dict[int, list[ErrorPath]] = {}
        for path, (entities, indices) in zip(self.call.paths, self._batch.places, strict=True):
            index_of = {id(entity): index for entity, index in zip(entities, indices, strict=True)}
            for place, entity in locate(self._data, path):
                if (index := index_of.get(id(entity), -1)) >= 0:
                    places.setdefault(index, []).append(place)
        return places
