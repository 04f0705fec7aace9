// Fields over a line: densities and landscape, current, committor.

/** A band of its colour along each stretch of a valley, above the picture. */
function valleyBands({ svg, X, inner }, axis, labels, valleys) {
  for (let start = 0; start < labels.length; ) {
    let stop = start;
    while (stop < labels.length && labels[stop] === labels[start]) ++stop;
    const valley = labels[start] - 1;
    if (valley >= 0) {
      const [from, to] = [X(axis.edges[start]), X(axis.edges[stop])];
      svg.append(shape("rect", { x: from, y: inner.top - 22, width: to - from, height: 18, style: `fill: ${colourOf(valley)}`, stroke: "var(--panel)" }));
      const name = valleys[valley].name;
      if (to - from > 7.5 * name.length)
        svg.append(shape("text", { x: (from + to) / 2, y: inner.top - 8.5, "text-anchor": "middle", style: "fill: #fff; font-weight: 600; paint-order: stroke; stroke: #0007; stroke-width: 2px" }, name));
    }
    start = stop;
  }
}

/** Largest number, or 1 where there is none above 0. */
function topOf(values) {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  return top || 1;
}

/**
 * Landscape, stationary density, and the density of a frame over the line. Returns a function that shows a frame.
 */
function densityChart(parent, { axes, landscape, labels, stationary, frames, valleys }) {
  const axis = axes[0];
  const xs = centres(axis.edges);
  const drawing = element("div", { class: "drawing", "data-field": "density" });
  const heights = landscape && landscape.frame(0, xs.length);
  const law = stationary && stationary.frame(0, xs.length);
  const own = frames && centres(frames.axes[0].edges);
  let show = () => {};
  let now = 0;
  responsive(drawing, (width) => {
    const later = frames ? topOf(frames.density.frame(frames.time.length - 1, own.length)) : 0;
    const first = frames ? topOf(frames.density.frame(0, own.length)) : 0;
    // A narrow start would leave nothing to be seen of what comes later.
    const top = 1.08 * Math.max(law ? topOf(law) : 0, later, Math.min(first, 2.5 * (later || first))) || 1;
    const spare = heights ? 0.06 * (landscape.shown - landscape.low) : 0;
    const parts = axesIn(drawing, {
      width, height: Math.min(460, 0.42 * width + 160), top: labels ? 32 : 10,
      x: { range: [axis.edges[0], axis.edges.at(-1)], label: withUnit(axis.name, axis.unit) },
      y: { range: [0, top], label: withUnit("density", (frames || stationary || {}).unit), plain: true },
      right: heights && { range: [landscape.low - spare, landscape.shown + spare], label: withUnit("landscape", landscape.unit) },
      label: `Landscape${law ? ", stationary density" : ""}${frames ? " and evolving density" : ""} over ${axis.name}.`,
    });
    if (labels) valleyBands(parts, axis, labels.codes, valleys);
    if (heights) parts.field.append(shape("path", { class: "curve height", d: curve(xs, heights, parts.X, parts.R) }));
    if (law) parts.field.append(shape("path", { class: "curve", "stroke-dasharray": "7 4", d: curve(xs, law, parts.X, parts.Y) }));
    if (!frames) return;
    const area = shape("path", { style: "fill: var(--density); fill-opacity: 0.25" });
    const line = shape("path", { class: "curve", style: "stroke: var(--density); stroke-width: 2.4", "data-curve": "density" });
    parts.field.append(area, line);
    const base = parts.Y(0).toFixed(1);
    show = () => {
      const path = curve(own, frames.density.frame(now, own.length), parts.X, parts.Y);
      line.setAttribute("d", path);
      area.setAttribute("d", path ? `${path}L${parts.X(own.at(-1)).toFixed(1)} ${base}L${parts.X(own[0]).toFixed(1)} ${base}Z` : "");
    };
    show();
  });
  const entries = [];
  if (frames) entries.push({ text: "density at the time of the slider", colour: "var(--density)", width: 3 });
  if (law) entries.push({ text: "stationary density", colour: "var(--text)", dash: "5 3" });
  if (heights) entries.push({ text: "landscape (right axis)", colour: "var(--quiet)" });
  parent.append(drawing, legend(entries));
  return (frame) => {
    now = frame;
    show();
  };
}

/** The components of a current along the line, one frame at a time, on an axis that goes with the frame. */
function currentChart(parent, { axis, current, unit, label }) {
  const count = current.count[0];
  const edges = Array.from({ length: count + 1 }, (_, k) => axis.edges[Math.round((k * (axis.edges.length - 1)) / count)]);
  const xs = centres(edges);
  const drawing = element("div", { class: "drawing" });
  parent.append(drawing);
  let now = 0;
  let width = 0;
  const draw = () => {
    drawing.replaceChildren();
    const values = current.components[0].frame(now, count).map((value) => value * current.largest[now]);
    const size = current.largest[now] || 1;
    const power = 10 ** Math.floor(Math.log10(size));
    const [low, high] = [Math.min(0, ...values) / power, Math.max(0, ...values) / power];
    const room = 0.08 * (high - low || 1);
    const scaled = power === 1 ? "" : ` × 10${raised(Math.round(-Math.log10(power)))}`;
    const { field, X, Y } = axesIn(drawing, {
      width, height: 210, label,
      x: { range: [axis.edges[0], axis.edges.at(-1)], label: withUnit(axis.name, axis.unit) },
      y: { range: [low - room, high + room], label: withUnit(`current${scaled}`, unit) },
    });
    field.append(shape("path", { class: "curve", style: `stroke: ${colours[1]}`, d: curve(xs, values.map((value) => value / power), X, Y) }));
  };
  new ResizeObserver(() => {
    const wide = Math.round(drawing.clientWidth);
    if (wide < 50 || wide === width) return;
    width = wide;
    draw();
  }).observe(drawing);
  return (frame) => {
    now = frame;
    if (width) draw();
  };
}
