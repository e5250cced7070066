// The crosshair of a line chart. It reads the table under the chart, so the two cannot disagree.
// [data-chart-box] holds svg[data-steps] and a table[data-chart-table] with one row a step, counted from data-first.
import { each, one } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

each("[data-chart-box]", (box) => {
  const plot = one("[data-plot]", box);
  const svg = one("svg[data-steps]", box);
  const table = one("table[data-chart-table]", box);
  if (!plot || !svg || !table) return;
  const steps = Number(svg.dataset.steps);
  const first = Number(table.dataset.first ?? 0);
  const rows = [...table.tBodies[0].rows];
  if (steps < 1 || !rows.length) return;

  const tip = Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true });
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "crosshair");
  line.setAttribute("y1", "8");
  line.setAttribute("y2", svg.dataset.bottom);
  line.setAttribute("visibility", "hidden");
  svg.append(line);
  plot.append(tip);

  const hide = () => {
    tip.hidden = true;
    line.setAttribute("visibility", "hidden");
  };
  plot.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = plot.getBoundingClientRect();
    const step = Math.round(((clientX - left) / width) * steps);
    const row = rows[step - first];
    if (!row) return hide();
    const [when, ...values] = [...row.cells].map((cell) => cell.textContent.trim());
    const x = `${(step / steps) * 100}%`;
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.setAttribute("visibility", "visible");
    tip.textContent = [when, ...values.filter(Boolean)].join("  ");
    tip.hidden = false;
    const half = tip.offsetWidth / 2;
    tip.style.left = `${Math.min(Math.max((step / steps) * width, half), width - half)}px`;
  });
  plot.addEventListener("pointerleave", hide);
});
