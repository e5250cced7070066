// Crosshair and tooltips of charts. The crosshair reads the table below the chart, so that both show the same values.
// [data-chart-box] holds svg[data-steps] or svg[data-bands] and a table[data-chart-table] with one row a step, counted from data-first.
// Elements are looked up on each move, because a morph may have replaced the chart.
import { one, on } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

on("pointermove", "[data-plot]", (plot, { clientX }) => {
  const box = plot.closest("[data-chart-box]");
  const svg = one("svg[data-steps], svg[data-bands]", plot);
  const table = box && one("table[data-chart-table]", box);
  const bands = Number(svg?.dataset.bands); // of a bar chart; a line chart has steps
  const steps = Number(svg?.dataset.steps);
  if (!table || !(bands >= 1 || steps >= 1)) return;
  const outer = plot.getBoundingClientRect();
  const gutter = parseFloat(getComputedStyle(svg).paddingLeft) || 0;
  const [left, width] = [outer.left + gutter, outer.width - gutter];
  const share = (clientX - left) / width;
  const step = bands ? Math.floor(share * bands) : Math.round(share * steps);
  const place = bands ? (step + 0.5) / bands : step / steps;
  const row = table.tBodies[0].rows[step - Number(table.dataset.first ?? 0)];
  if (!row) return hide(plot);
  const [date, ...values] = [...row.cells].map((cell) => cell.textContent.trim());
  const x = `${place * 100}%`;
  const line = crosshair(svg);
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
  line.setAttribute("y2", svg.dataset.bottom);
  line.setAttribute("visibility", "visible");
  const tip = label(plot);
  tip.textContent = [date, ...values.filter(Boolean)].join("  ");
  tip.hidden = false;
  const half = tip.offsetWidth / 2;
  tip.style.left = `${Math.min(Math.max(gutter + place * width, half), outer.width - half)}px`;
});

// Tooltips from data-tip, which is shorter than a <title> in hundreds of shapes.
on("pointerover", "[data-tip]", (area) => {
  const plot = area.closest("[data-plot]");
  if (!plot) return;
  const tip = label(plot);
  tip.textContent = area.dataset.tip;
  tip.hidden = false;
  const [outer, inner] = [plot.getBoundingClientRect(), area.getBoundingClientRect()];
  const half = tip.offsetWidth / 2;
  const middle = inner.left + inner.width / 2 - outer.left;
  tip.style.left = `${Math.min(Math.max(middle, half), outer.width - half)}px`;
});

// A day of the heatmap opens its transactions; the table next to it has the same links.
on("click", "[data-day]", ({ dataset: { day } }) => location.assign(`/transactions?since=${day}&until=${day}`));

document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  const plot = target.closest?.("[data-plot]");
  if (plot && !plot.contains(relatedTarget)) hide(plot);
});

function hide(plot) {
  one(".crosshair", plot)?.setAttribute("visibility", "hidden");
  const tip = one(".chart-tip", plot);
  if (tip) tip.hidden = true;
}

function crosshair(svg) {
  const line = one(".crosshair", svg) ?? svg.appendChild(document.createElementNS(SVG, "line"));
  line.setAttribute("class", "crosshair");
  line.setAttribute("y1", "8");
  return line;
}

function label(plot) {
  const found = one(".chart-tip", plot);
  if (found) return found;
  return plot.appendChild(Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true }));
}
