"""Charts as SVG, drawn on the server: pure functions from numbers to Markup, with no colour but CSS classes.

Fluid without scripts or style attributes: the outer ``<svg>`` has a height in pixels and no viewBox, so text
and dots are placed by percent and stay crisp; shapes lie in an inner ``<svg preserveAspectRatio="none">`` and
stretch. Values are in minor units (or any other, all the same); ``fmt`` turns one into the text of an axis or
label. ``label`` is the sentence that says what the chart shows, read aloud in its place. Colours are 1 to 8,
the tints of categories.
"""

from app.web.charts.flows import Flow, Stop, sankey, timeline
from app.web.charts.grids import Part, heatmap, treemap
from app.web.charts.lines import Event, Quantiles, Series, balance, fan, trend_lines
from app.web.charts.scale import nice_ticks
from app.web.charts.small import bars_pair, hbar, meter, sparkline

__all__ = [
    "Event",
    "Flow",
    "Part",
    "Quantiles",
    "Series",
    "Stop",
    "balance",
    "bars_pair",
    "fan",
    "hbar",
    "heatmap",
    "meter",
    "nice_ticks",
    "sankey",
    "sparkline",
    "timeline",
    "treemap",
    "trend_lines",
]
