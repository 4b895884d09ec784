"""`places.yaml`: other cities for the sandbox to play, with the systems that Hangzhou and Huangshan have.

hangzhou: {code: "330800", name: 衢州, slug: quzhou, area: "330899", districts: ["330802"], card_letter: Q, …}
huangshan: {code: "341800", name: 宣城, slug: xuancheng, area: "341899", districts: ["341802"], card_letter: X, …}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from legacy_adapters.sandbox.population.world import HANGZHOU, HUANGSHAN, City, Place

_DIVISION = re.compile(r"[1-9][0-9]{5}")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


class PlacesInvalid(Exception):
    """The places cannot be played; the text is one sentence for the operator."""


class _Played(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    slug: str
    area: str
    districts: tuple[str, ...]
    card_letter: str
    case_letters: str

    def like(self, city: City) -> Place:
        return Place(like=city, **msgspec.structs.asdict(self))


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hangzhou: _Played
    huangshan: _Played


def read_places(path: Path) -> tuple[Place, Place]:
    """The places in a file. Raises PlacesInvalid."""
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), _Places)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise PlacesInvalid(f"{path} names no places: {error}.") from error
    places = found.hangzhou.like(City.HANGZHOU), found.huangshan.like(City.HUANGSHAN)
    for problem in _problems(places):
        raise PlacesInvalid(f"{path}: {problem}")
    return places


def played_name(places: tuple[Place, Place], name: str) -> str:
    """A system's or a file's name, which begins with its city's, as the city that is played has it."""
    for place, own in zip(places, (HANGZHOU, HUANGSHAN), strict=True):
        if name.startswith(own.slug):
            return f"{place.slug}{name.removeprefix(own.slug)}"
    return name


def _problems(places: tuple[Place, Place]) -> Iterator[str]:
    first, second = places
    for place in places:
        if not place.districts:
            yield f"{place.slug}.districts must name at least one."
        if not all(map(_DIVISION.fullmatch, (place.code, place.area, *place.districts))):
            yield f"code, area and districts of {place.slug} must be six digits each, as in GB/T 2260."
        if place.area in place.districts:
            yield f"{place.slug}.area is a district, so its id numbers could be those of living persons."
        if not _SLUG.fullmatch(place.slug):
            yield f"the slug {place.slug} must be small letters, digits and underscores."
        if len(place.card_letter) != 1:
            yield f"{place.slug}.card_letter must be one letter."
    for key in ("code", "slug", "area", "card_letter", "case_letters"):
        if getattr(first, key) == getattr(second, key):
            yield f"the two places have the same {key}."
