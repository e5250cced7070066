"""Charts as SVG, rendered on the server: pure functions from numbers to Markup, colored by CSS classes only.

Charts scale without scripts or style attributes: the outer ``<svg>`` has a height in pixels and no viewBox, so text and
dots are placed by percentage and stay sharp; shapes are in an inner ``<svg preserveAspectRatio="none">`` and stretch.
Values are in minor units or any other unit; ``fmt`` formats them for axes and labels. ``label`` is announced by screen
readers. Colors are the numbers 1 to 8 of categories, "income" and "spending".
"""

from app.web.charts.bars import BarSeries, month_bars
from app.web.charts.flows import DueBill, Flow, sankey, timeline
from app.web.charts.grids import Area, heatmap, quintiles, treemap
from app.web.charts.lines import Marker, Quantiles, balance, fan
from app.web.charts.scale import nice_ticks
from app.web.charts.small import hbar, meter, small_bars, sparkline

__all__ = [
    "Area",
    "BarSeries",
    "DueBill",
    "Flow",
    "Marker",
    "Quantiles",
    "balance",
    "fan",
    "hbar",
    "heatmap",
    "meter",
    "month_bars",
    "nice_ticks",
    "quintiles",
    "sankey",
    "small_bars",
    "sparkline",
    "timeline",
    "treemap",
]
