"""SVG elements with escaped attributes and text, and paths through points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from markupsafe import Markup, escape

Point = tuple[float, float]


def number(value: float) -> str:
    """Format a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def percent(value: float) -> str:
    return f"{number(value)}%"


def element(name: str, *content: str, **attributes: object) -> Markup:
    """Build an element: ``element("line", x1=0, class_="grid-line")``. Underscores become hyphens; None is omitted."""
    written = "".join(
        [f' {attribute_name(key)}="{attribute_value(value)}"' for key, value in attributes.items() if value is not None]
    )
    inner = "".join([each if type(each) is Markup else escape(each) for each in content])
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704


@cache
def attribute_name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def attribute_value(value: object) -> str:
    """Format and escape an attribute. Numbers, which are most of them, need no escaping."""
    kind = type(value)
    return number(value) if kind is float else str(value) if kind is int else escape(value)  # type: ignore[arg-type]


def join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def chart(height: int, label: str, *parts: Markup, class_: str = "", **attributes: object) -> Markup:
    """The outer ``<svg>``, as wide as its container, with the text that screen readers announce."""
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


def stretch(height: int, *parts: Markup, width: str = "100%") -> Markup:
    """Shapes in a coordinate system 100 wide, stretched to the available width."""
    return element("svg", *parts, width=width, height=height, viewBox=f"0 0 100 {height}", preserveAspectRatio="none")


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "start", **attributes: object) -> Markup:
    """Text at a percentage from the left and pixels from the top."""
    return element(
        "text",
        words,
        x=percent(x),
        y=float(y),
        class_=class_ or None,
        text_anchor=None if anchor == "start" else anchor,
        **attributes,
    )


def anchor_for(x: float, margin: float = 10) -> str:
    """Return the text anchor that keeps text near an edge inside."""
    return "start" if x < margin else "end" if x > 100 - margin else "middle"


def truncate(words: str, limit: int = 18) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def smooth(points: Sequence[Point]) -> str:
    """Return a curve through the points without overshoot (monotone cubic, Fritsch and Carlson 1980)."""
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
