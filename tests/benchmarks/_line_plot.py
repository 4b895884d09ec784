"""Line plots as SVG text: few points, few lines, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 420, 300, 52, 16, 40, 44
_COLOURS = ("#0969da", "#bc4c00", "#1a7f37")
_STYLE = "text{font:12px sans-serif;fill:#656d76}.title{font-weight:bold}.axis{stroke:#8c959f}.grid{stroke:#d0d7de66}"


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: lines of (x, y) by their names, both axes from zero."""

    title: str
    x_label: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


def line_plot(panels: Sequence[Panel]) -> str:
    """An SVG document with the panels side by side; a legend stands where the lines are others than before."""
    width = _WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}">',
        f"<style>{_STYLE}</style>",
    ]
    for index, panel in enumerate(panels):
        has_legend = index == 0 or panel.lines.keys() != panels[index - 1].lines.keys()
        parts += [f'<g transform="translate({index * _WIDTH} 0)">', *_panel(panel, has_legend=has_legend), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: Panel, *, has_legend: bool) -> Iterator[str]:
    points = [point for line in panel.lines.values() for point in line]
    highest = _round_up(max(y for _, y in points))
    farthest = max(x for x, _ in points)

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + x / farthest * (_WIDTH - _LEFT - _RIGHT)
        return round(across, 1), round(_HEIGHT - _BOTTOM - y / highest * (_HEIGHT - _TOP - _BOTTOM), 1)

    yield f'<text class="title" x="{_LEFT}" y="20">{escape(panel.title)}</text>'
    for step in range(6):
        value = highest * step / 5
        (left, height), (right, _) = place(0, value), place(farthest, value)
        yield f'<line class="{"grid" if step else "axis"}" x1="{left}" y1="{height}" x2="{right}" y2="{height}"/>'
        yield f'<text x="{left - 6}" y="{height + 4}" text-anchor="end">{value:g}</text>'
    for x in sorted({x for x, _ in points}):
        across, _ = place(x, 0)
        yield f'<text x="{across}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{x:g}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(panel.x_label)}</text>'
    for index, (name, line) in enumerate(panel.lines.items()):
        colour = _COLOURS[index]
        path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in (place(*p) for p in line))
        if has_legend:
            height = _TOP + 14 + 18 * index
            line_at = f'x1="{_LEFT + 10}" y1="{height - 4}" x2="{_LEFT + 30}" y2="{height - 4}"'
            yield f'<line {line_at} stroke="{colour}" stroke-width="2"/>'
            yield f'<text x="{_LEFT + 36}" y="{height}">{escape(name)}</text>'


def _round_up(value: float) -> float:
    """The next number of the form 1, 2, 2.5 or 5 times a power of ten, times up to ten."""
    step = 10 ** floor(log10(value))
    return next(each * step for each in (1, 2, 2.5, 5, 10) if each * step >= value) if value > 0 else ceil(value)
