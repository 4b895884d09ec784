"""Every ink of the counter screen can be read on its grounds: WCAG 2.2 AA, 4.5:1 for text and 3:1 for edges."""

from __future__ import annotations

import re

import pytest

from federation.console import STATIC_FILES

TEXT_ON = {
    "ink": ("ground", "surface", "accent-soft", "good-soft", "waiting-soft", "bad-soft"),
    "muted": ("ground", "surface", "accent-soft", "good-soft", "bad-soft"),
    "accent": ("surface", "ground", "accent-soft"),
    "accent-ink": ("accent",),
    "good": ("good-soft",),
    "waiting": ("waiting-soft", "accent-soft"),
    "bad": ("bad-soft", "surface", "ground"),
}
EDGES_ON = {"edge": ("surface", "ground"), "accent": ("surface", "ground"), "good": ("surface",), "bad": ("surface",)}


def schemes() -> dict[str, dict[str, str]]:
    """The colours by name, light and dark."""
    text = (STATIC_FILES / "styles" / "tokens.css").read_text("utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    light_colours, dark_colours = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark))
    assert light_colours.keys() == dark_colours.keys()
    return {"light": light_colours, "dark": dark_colours}


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, "relative luminance"."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (EDGES_ON, 3.0)], ids=["text", "edges"])
def test_every_colour_stands_out_from_its_grounds(scheme, pairs, least):
    colours = schemes()[scheme]
    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, grounds in pairs.items()
        for ground in grounds
        if contrast(colours[ink], colours[ground]) < least
    }
    assert weak == {}


def test_colours_are_named_in_one_place():
    others = [path for path in (STATIC_FILES / "styles").glob("*.css") if path.name != "tokens.css"]
    assert [path.name for path in others if re.search(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", path.read_text("utf-8"))] == []
