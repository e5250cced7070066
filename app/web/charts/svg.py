"""SVG elements with every attribute and text escaped, and paths through points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from markupsafe import Markup, escape

Point = tuple[float, float]


def number(value: float) -> str:
    """Two decimals at most: a hundredth of a pixel is enough."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def percent(value: float) -> str:
    return f"{number(value)}%"


def element(name: str, *content: str, **attributes: object) -> Markup:
    """``element("line", x1=0, class_="grid-line")``; underscores become hyphens, None is left out."""
    written = "".join([f' {hyphened(key)}="{plain(value)}"' for key, value in attributes.items() if value is not None])
    inner = "".join([each if type(each) is Markup else escape(each) for each in content])
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704


@cache
def hyphened(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def plain(value: object) -> str:
    """An attribute's value; a number, as most are, has nothing to escape."""
    kind = type(value)
    return number(value) if kind is float else str(value) if kind is int else escape(value)  # type: ignore[arg-type]


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def chart(height: int, label: str, *parts: Markup, class_: str = "", **attributes: object) -> Markup:
    """The outer, fluid drawing with its sentence."""
    return element(
        "svg",
        *parts,
        class_=f"chart {class_}".strip(),
        width="100%",
        height=height,
        role="img",
        aria_label=label,
        **attributes,
    )


def stretched(height: int, *parts: Markup, width: str = "100%") -> Markup:
    """Shapes in a space 100 wide, drawn as wide as there is room."""
    return element("svg", *parts, width=width, height=height, viewBox=f"0 0 100 {height}", preserveAspectRatio="none")


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "start", **attributes: object) -> Markup:
    """Words at a percent from the left and a pixel from the top."""
    return element(
        "text",
        words,
        x=percent(x),
        y=float(y),
        class_=class_ or None,
        text_anchor=None if anchor == "start" else anchor,
        **attributes,
    )


def anchor_at(x: float, margin: float = 10) -> str:
    """Text near an edge grows away from it."""
    return "start" if x < margin else "end" if x > 100 - margin else "middle"


def short(words: str, limit: int = 18) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def smooth(points: Sequence[Point]) -> str:
    """A curve through the points that never overshoots them (monotone cubic, Fritsch and Carlson 1980)."""
    if len(points) < 3:
        return path(points)
    slopes = [(d[1] - c[1]) / ((d[0] - c[0]) or 1) for c, d in pairwise(points)]
    inner = [0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(slopes)]
    tangents = [slopes[0], *inner, slopes[-1]]
    curve = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (start, end), (left, right) in zip(pairwise(points), pairwise(tangents), strict=True):
        third = (end[0] - start[0]) / 3
        places = (start[0] + third, start[1] + left * third, end[0] - third, end[1] - right * third, *end)
        curve.append("C" + " ".join(number(place) for place in places))
    return "".join(curve)
