// Drawings in SVG: axes, curves, the network.

const svgSpace = "http://www.w3.org/2000/svg";

let named = 0;

/** A name that no other part of the page has. */
function unique(kind) {
  return `${kind}-${++named}`;
}

function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Even, round places in a range, about so many. */
function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const places = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) places.push(k === 0 ? 0 : k * step);
  return places;
}

/** Places on an axis of logarithms (to 10): decades, or round numbers where there is less than one of them. */
function logarithmicTicks(low, high, count) {
  if (high - low >= 1) {
    const every = Math.max(1, Math.ceil((high - low) / count));
    const first = Math.ceil(low - 1e-9);
    const decades = [];
    for (let k = first; k <= high + 1e-9; k += every) decades.push(k);
    if (decades.length > 1) return decades.map((place) => ({ place, text: `10${raised(place)}` }));
    return [1, 2, 5].flatMap((f) => [first - 1, first].map((d) => ({ place: d + Math.log10(f), text: shown(f * 10 ** d, 2) })))
      .filter((tick) => tick.place >= low && tick.place <= high)
      .sort((a, b) => a.place - b.place);
  }
  const base = Math.abs(low) < 290 ? 0 : Math.floor(low); // what a double does not hold is counted from there
  const values = [count, 2 * count].map((most) => ticks(10 ** (low - base), 10 ** (high - base), most)).find((some) => some.length > 1) || [];
  return values.filter((value) => value > 0)
    .map((value) => ({ place: base + Math.log10(value), text: base ? asPower(value, base, 6) : shown(value, 6) }));
}

function tickText(value) {
  return shown(Number(value.toPrecision(10)), 10);
}

/** Draws into an element as wide as that is, and again when its width changes. */
function responsive(parent, draw) {
  let width = 0;
  const renew = () => {
    const now = Math.round(parent.clientWidth);
    if (now < 50 || now === width) return;
    width = now;
    parent.replaceChildren();
    draw(width);
  };
  new ResizeObserver(renew).observe(parent);
  renew();
}

/** An SVG with a frame, ticks and labels. x, y: {range, label, plain?, logarithm?}, the latter of logarithms to 10; returns it with its scales. */
function axesIn(parent, { width, height, x, y, right, label, top = 10, bottom = 44 }) {
  const margin = { left: 58, right: right ? 70 : 14, top, bottom };
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const inner = { left: margin.left, top: margin.top, width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const scale = (range, from, length) => (value) => from + (length * (value - range[0])) / (range[1] - range[0]);
  const X = scale(x.range, inner.left, inner.width);
  const Y = scale(y.range, inner.top + inner.height, -inner.height);
  const R = right && scale(right.range, inner.top + inner.height, -inner.height);
  const lines = shape("g");
  const ticksOf = ({ range, logarithm }, count) =>
    logarithm ? logarithmicTicks(...range, count) : ticks(...range, count).map((place) => ({ place, text: tickText(place) }));
  for (const { place, text } of ticksOf(x, inner.width / 80)) {
    if (!x.plain) lines.append(shape("line", { class: "gridline", x1: X(place), x2: X(place), y1: inner.top, y2: inner.top + inner.height }));
    lines.append(shape("text", { class: "quiet", x: X(place), y: inner.top + inner.height + 16, "text-anchor": "middle" }, text));
  }
  const besides = (all, scaled, at, anchor) => {
    for (const { place, text } of all)
      lines.append(shape("text", { class: "quiet", x: at, y: scaled(place) + 4, "text-anchor": anchor }, text));
  };
  const yTicks = ticksOf(y, inner.height / 50);
  if (!y.plain)
    for (const { place } of yTicks) lines.append(shape("line", { class: "gridline", x1: inner.left, x2: inner.left + inner.width, y1: Y(place), y2: Y(place) }));
  besides(yTicks, Y, inner.left - 7, "end");
  if (right) besides(ticksOf(right, inner.height / 50), R, inner.left + inner.width + 7, "start");
  const turned = (text, at) =>
    shape("text", { transform: `translate(${at} ${inner.top + inner.height / 2}) rotate(-90)`, "text-anchor": "middle" }, text);
  svg.append(lines, shape("text", { x: inner.left + inner.width / 2, y: inner.top + inner.height + 36, "text-anchor": "middle" }, x.label), turned(y.label, 13));
  if (right) svg.append(turned(right.label, width - 5));
  const clip = unique("clip");
  svg.append(shape("clipPath", { id: clip }, shape("rect", { x: inner.left, y: inner.top, width: inner.width, height: inner.height })));
  const field = shape("g", { "clip-path": `url(#${clip})` });
  svg.append(field, shape("rect", { class: "frame", x: inner.left, y: inner.top, width: inner.width, height: inner.height }));
  parent.append(svg);
  return { svg, field, X, Y, R, inner };
}

/** The path of a curve, broken where there is no number. */
function curve(xs, ys, X, Y) {
  let text = "";
  let broken = true;
  for (let k = 0; k < xs.length; ++k) {
    const y = ys[k];
    if (!Number.isFinite(y)) {
      broken = true;
      continue;
    }
    text += `${broken ? "M" : "L"}${X(xs[k]).toFixed(1)} ${Math.max(-1e4, Math.min(1e4, Y(y))).toFixed(2)}`;
    broken = false;
  }
  return text;
}

function legend(entries) {
  const list = element("ul", { class: "legend" });
  for (const { text, colour, dash = "", width = 2 } of entries) {
    const sample = shape("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" },
      shape("line", { x1: 0, x2: 26, y1: 6, y2: 6, "stroke-width": width, style: `stroke: ${colour}`, "stroke-dasharray": dash }));
    list.append(element("li", {}, sample, text));
  }
  return list;
}

/** Probabilities over time of what has these names, one row a time, with a cursor that show(frame) moves. of: what they are. */
function probabilityChart(parent, frames, { names, rows, of, first = 0 }) {
  const times = frames.time;
  const drawing = element("div", { class: "drawing" });
  let cursor = null;
  let scaleX = null;
  let now = 0;
  const place = () => {
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, scaleX(times[now]));
  };
  responsive(drawing, (width) => {
    const last = times[times.length - 1] > times[0] ? times[times.length - 1] : times[0] + 1;
    const { field, X, Y, inner } = axesIn(drawing, {
      width, height: Math.min(300, 0.35 * width + 130),
      x: { range: [times[0], last], label: withUnit("time", frames.time_unit) },
      y: { range: [0, 1], label: "probability" },
      label: `${of} over time: ${names.map((name, k) => `${name} ends at ${shown(rows.at(-1)[k], 3)}`).join(", ")}.`,
    });
    names.forEach((_, k) => field.append(shape("path", {
      class: "curve", style: `stroke: ${colourOf(first + k)}`, "stroke-dasharray": dashOf(first + k),
      d: curve(times, rows.map((row) => row[k]), X, Y) })));
    scaleX = X;
    cursor = shape("line", { y1: inner.top, y2: inner.top + inner.height, stroke: "currentColor", "stroke-width": 1.2 });
    field.append(cursor);
    place();
  });
  parent.append(drawing, legend(names.map((text, k) => ({ text, colour: colourOf(first + k), dash: dashOf(first + k) }))));
  return (frame) => {
    now = frame;
    if (cursor) place();
  };
}

/** Curves over one axis: {label, xs, ys}. logarithm: of both axes, where values are positive; seven decades below the highest are shown. */
function curvesChart(parent, { curves, xLabel, yLabel, label, logarithm = false }) {
  if (logarithm)
    curves = curves.map((one) => ({ label: one.label, xs: one.xs.map(Math.log10), ys: one.ys.map((y) => (y > 0 ? Math.log10(y) : NaN)) }));
  const finite = curves.flatMap((one) => one.ys.filter(Number.isFinite));
  const xs = curves.flatMap((one) => one.xs.filter((x, k) => Number.isFinite(x) && (!logarithm || Number.isFinite(one.ys[k]))));
  if (!finite.length || !xs.length) return;
  const decades = 7;
  const top = Math.max(...finite);
  const range = logarithm ? [Math.max(Math.min(...finite), top - decades), top + 0.1] : [Math.min(0, ...finite), 1.05 * (top || 1)];
  const drawing = element("div", { class: "drawing" });
  responsive(drawing, (width) => {
    const { field, X, Y } = axesIn(drawing, {
      width, height: Math.min(320, 0.4 * width + 130), label,
      x: { range: [Math.min(...xs), Math.max(...xs)], label: xLabel, logarithm },
      y: { range, label: yLabel, logarithm } });
    curves.forEach((one, k) => field.append(shape("path", {
      class: "curve", style: `stroke: ${colourOf(k)}`, "stroke-dasharray": dashOf(k), d: curve(one.xs, one.ys, X, Y) })));
  });
  parent.append(drawing, legend(curves.map((one, k) => ({ text: one.label, colour: colourOf(k), dash: dashOf(k) }))));
}
