// Parts of the page that are texts, tables and small drawings in them.

const known = (unit) => unit && unit !== "1";
const byTime = (unit) => (known(unit) ? unit : "per unit of time");
const ofTime = (unit) => (known(unit) ? ` ${unit}` : "");

/** Digits that the error of a number leaves to be read, and one more. */
function digitsFor(row) {
  if (row.low === null || row.high === null || !(row.rate > 0)) return 4;
  const relative = (row.high - row.low) / 2 / row.rate;
  return relative > 0 ? Math.min(7, Math.max(2, Math.ceil(-Math.log10(relative)) + 1)) : 7;
}

function errorText(row) {
  if (row.low === null || row.high === null) return row.theory ? "a closed form: its error is not known" : "no error is known";
  if (row.rate === 0 && row.log_rate !== null) return "its interval is below the smallest number that a double holds";
  const relative = (row.high - row.low) / 2 / row.rate;
  const width = row.rate > 0 && Number.isFinite(relative) ? `± ${shown(100 * relative, 2)} %: ` : "";
  const digits = Math.min(digitsFor(row) + 1, 7);
  return `${width}${shown(row.low, digits)} to ${shown(row.high, digits)} (${row.interval || "interval"})`;
}

function rateCards(rows) {
  const cards = element("div", { class: "cards" });
  const escapes = new Map();
  // The rate to quote; where there is none, the lowest bound.
  const rank = (row) => (row.recommended ? -1 : row.rate === null && row.high !== null ? row.high : Infinity);
  for (const row of rows) {
    const name = escapeName(row);
    if (!escapes.has(name) || rank(row) < rank(escapes.get(name))) escapes.set(name, row);
  }
  for (const [name, row] of escapes) {
    const card = element("article", { class: "card" }, element("h3", {}, name));
    cards.append(card);
    if (!row.recommended) {
      const bound = row.high === null ? "no rate to quote" : `no rate to quote, but a bound: below ${shown(row.high, 3)} ${byTime(content.rate_unit)}, by ${spaced(row.method)} (${row.interval})`;
      card.append(element("p", {}, bound), element("p", { class: "quiet" }, row.note));
      continue;
    }
    card.append(element("p", { class: "rate" },
      element("span", { class: "number", "data-rate": String(row.rate) }, shownRate(row, digitsFor(row))), " ",
      byTime(content.rate_unit)));
    card.append(element("p", {}, errorText(row)));
    if (row.time !== null) card.append(element("p", {}, `mean time ${shown(row.time, digitsFor(row))}${ofTime(content.time_unit)}`));
    const shares = row.shares ? ` Where: ${row.shares.map((share) => `${share.to} ${shown(100 * share.probability, 4)} %`).join(", ")}.` : "";
    card.append(element("p", { class: "quiet" }, `An escape from ${row.from} counts when ${row.ends}.${shares} By ${spaced(row.method)}${row.definition ? `: ${row.definition} (${row.source})` : ""}.`));
  }
  return cards;
}

const plotWidth = 240;

/** The interval of one estimate on the logarithmic axis of its escape. */
function intervalPlot(row, place, height) {
  const svg = shape("svg", { viewBox: `0 0 ${plotWidth} ${height}`, role: "img" });
  const middle = height / 2;
  if (row.log_rate === null) {
    svg.append(shape("text", { class: "quiet", x: 6, y: middle + 4 }, shownRate(row)));
    svg.setAttribute("aria-label", shownRate(row));
    return svg;
  }
  const at = place(row.log_rate / Math.LN10);
  const colour = row.theory ? "#d55e00" : "var(--density)";
  const ends = [row.low, row.high].map((value) => (value > 0 ? place(Math.log10(value)) : null));
  if (ends[1] !== null) {
    const from = ends[0] === null ? 0 : ends[0];
    svg.append(shape("line", { x1: from, x2: ends[1], y1: middle, y2: middle, style: `stroke: ${colour}`, "stroke-width": 2 }));
    for (const end of ends) if (end !== null) svg.append(shape("line", { x1: end, x2: end, y1: middle - 5, y2: middle + 5, style: `stroke: ${colour}`, "stroke-width": 1.5 }));
  }
  svg.append(row.theory
    ? shape("path", { d: `M${at} ${middle - 6}l6 6-6 6-6-6z`, style: `fill: var(--page); stroke: ${colour}`, "stroke-width": 2 })
    : shape("circle", { cx: at, cy: middle, r: 4.5, style: `fill: ${colour}` }));
  svg.setAttribute("aria-label", `${row.theory ? "Closed form" : "Measured"}: ${shownRate(row)}, ${errorText(row)}`);
  return svg;
}

/** Range of log10 of the rates and intervals of one escape, with room about it. */
function logarithmicRange(rows) {
  const places = rows.flatMap((row) => (row.log_rate === null ? [] : [row.log_rate / Math.LN10, ...[row.low, row.high].filter((value) => value > 0).map(Math.log10)]));
  if (!places.length) return null;
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const room = Math.max(0.12 * (high - low), 0.02);
  return [low - room, high + room];
}

function valueCell(name, value, text) {
  const cell = element("td", { class: "value", "data-field": name, "data-value": value === null ? "" : String(value) }, text);
  if (value !== null) cell.title = String(value);
  return cell;
}

function estimatesTable(rows) {
  const table = element("table", { id: "estimates" });
  const head = element("tr");
  const unit = (name, text) => withUnit(name, text);
  for (const [text, kind] of [["method", ""], [unit("rate", content.rate_unit), "value"], ["low", "value"], ["high", "value"], [unit("mean time", content.time_unit), "value"], ["rate, logarithmic", ""], ["note", ""]])
    head.append(element("th", { scope: "col", class: kind }, text));
  table.append(element("thead", {}, head));
  const groups = new Map();
  for (const row of rows) groups.set(escapeName(row), [...(groups.get(escapeName(row)) || []), row]);
  for (const [name, members] of groups) {
    const body = element("tbody", {}, element("tr", {}, element("th", { scope: "rowgroup", colspan: 7 }, name)));
    const range = logarithmicRange(members);
    const place = (value) => 8 + ((plotWidth - 16) * (value - range[0])) / (range[1] - range[0]);
    for (const row of members) {
      const method = element("th", { scope: "row" }, `${row.recommended ? "★ " : ""}${row.theory ? "◇ " : "● "}${spaced(row.method)}`);
      body.append(element("tr", { class: row.recommended ? "quoted" : "", "data-estimate": row.label }, method,
        valueCell("rate", row.rate, shownRate(row)), valueCell("low", row.low, shown(row.low)), valueCell("high", row.high, shown(row.high)),
        valueCell("time", row.time, shown(row.time)), element("td", { class: "plot" }, intervalPlot(row, place, 26)), element("td", { class: "note" }, row.note)));
    }
    if (range) {
      const axis = shape("svg", { viewBox: `0 0 ${plotWidth} 24`, "aria-hidden": "true" }, shape("line", { x1: 8, x2: plotWidth - 8, y1: 1, y2: 1, stroke: "currentColor" }));
      for (const tick of logarithmicTicks(...range, 3))
        axis.append(shape("line", { x1: place(tick.place), x2: place(tick.place), y1: 1, y2: 6, stroke: "currentColor" }),
          shape("text", { class: "quiet", x: Math.min(plotWidth - 26, Math.max(26, place(tick.place))), y: 19, "text-anchor": "middle" }, tick.text));
      body.append(element("tr", { class: "axis" }, element("td", { colspan: 5 }), element("td", { class: "plot" }, axis), element("td")));
    }
    table.append(body);
  }
  return [element("p", { class: "quiet" }, "● measured or solved, ◇ closed form; ★ is the rate to quote. Each escape has a logarithmic axis of its own. The pointer over a number shows all of its digits."),
    scrolling(table, "All estimates")];
}

/** A box of its own for a wide table: the page itself never scrolls sideways. */
function scrolling(table, label) {
  return element("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);
}

function valleysTable(valleys, coordinates) {
  const cells = ["valley", ...coordinates, withUnit("height", content.energy_unit), "stationary probability"];
  const shortened = coordinates.length > 3 ? 0 : coordinates.length;
  if (!shortened) cells.splice(1, coordinates.length);
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...cells.map((text, k) => element("th", { scope: "col", class: k ? "value" : "" }, text)))));
  const body = element("tbody");
  valleys.forEach((valley, k) => {
    const sample = shape("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, shape("circle", { cx: 6, cy: 6, r: 5, style: `fill: ${colourOf(k)}` }));
    body.append(element("tr", {}, element("th", { scope: "row" }, sample, ` ${valley.name}`),
      ...valley.minimum.slice(0, shortened).map((value) => valueCell("minimum", value, shown(value, 6))),
      valueCell("height", valley.height, shown(valley.height, 6)),
      valueCell("stationary_probability", valley.stationary_probability, shown(valley.stationary_probability, 6))));
  });
  table.append(body);
  return scrolling(table, "Valleys");
}

/** The jump process between the valleys: arrows as wide as the logarithm of their rates, and a table of these. */
function networkDrawing(network) {
  const names = network.valleys;
  const all = names.flatMap((from, i) => names.map((to, j) => ({ i, j, rate: network.rate[i][j] }))).filter((edge) => edge.i !== edge.j && edge.rate > 0);
  const largest = Math.max(...all.map((edge) => edge.rate));
  const most = 24;
  const edges = all.sort((a, b) => b.rate - a.rate).slice(0, most);
  const drawing = element("div", { class: "drawing" });
  responsive(drawing, (width) => {
    const height = names.length === 2 ? 190 : Math.min(width * 0.75, 460);
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Rates between ${names.join(", ")}; the table holds them.` });
    const [cx, cy] = [width / 2, height / 2];
    const [rx, ry] = [width / 2 - 90, height / 2 - 46];
    const turn = names.length === 2 ? Math.PI : -Math.PI / 2;
    const at = names.map((_, k) => [cx + rx * Math.cos(turn + (2 * Math.PI * k) / names.length), cy + ry * Math.sin(turn + (2 * Math.PI * k) / names.length)]);
    const texts = [];
    for (const { i, j, rate } of edges) {
      const [[x1, y1], [x2, y2]] = [at[i], at[j]];
      const length = Math.hypot(x2 - x1, y2 - y1);
      const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
      const bend = names.length === 2 ? 55 : 0.13 * length + 8;
      const [mx, my] = [(x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend];
      const end = (x, y) => { const d = Math.hypot(mx - x, my - y); return [x + (24 * (mx - x)) / d, y + (24 * (my - y)) / d]; };
      const [[ax, ay], [bx, by]] = [end(x1, y1), end(x2, y2)];
      const width = Math.max(1, 5 + 1.2 * Math.log10(rate / largest));
      const size = 5 + 1.4 * width;
      const d = Math.hypot(bx - mx, by - my);
      const [hx, hy] = [(bx - mx) / d, (by - my) / d];
      svg.append(shape("path", { d: `M${ax} ${ay}Q${mx} ${my} ${bx - 0.8 * size * hx} ${by - 0.8 * size * hy}`, fill: "none", style: `stroke: ${colourOf(i)}`, "stroke-width": width, "stroke-dasharray": dashOf(i) }),
        shape("path", { d: `M${bx} ${by}L${bx - size * hx + (size / 2) * hy} ${by - size * hy - (size / 2) * hx}L${bx - size * hx - (size / 2) * hy} ${by - size * hy + (size / 2) * hx}Z`, style: `fill: ${colourOf(i)}` }));
      const t = 0.38;
      const on = (a, m, b) => (1 - t) ** 2 * a + 2 * t * (1 - t) * m + t ** 2 * b;
      texts.push(shape("text", { x: on(ax, mx, bx) - 15 * uy, y: on(ay, my, by) + 15 * ux + 4, "text-anchor": "middle", style: "paint-order: stroke; stroke: var(--panel); stroke-width: 4px" }, shown(rate, 3)));
    }
    names.forEach((name, k) => {
      const valley = content.valleys.findIndex((one) => one.name === name);
      svg.append(shape("circle", { cx: at[k][0], cy: at[k][1], r: 20, style: `fill: ${colourOf(valley < 0 ? k : valley)}`, stroke: "var(--panel)", "stroke-width": 2 }));
      const above = at[k][1] < cy - 1 || names.length === 2;
      texts.push(shape("text", { x: at[k][0], y: at[k][1] + (above ? -27 : 36), "text-anchor": "middle", style: "font-weight: 600" }, name));
      if (network.probability[k] !== null)
        texts.push(shape("text", { x: at[k][0], y: at[k][1] + 4, "text-anchor": "middle", style: "fill: #fff; font-weight: 600; font-size: 11px" }, `${shown(100 * network.probability[k], 2)} %`));
    });
    svg.append(...texts);
    drawing.append(svg);
  });
  const remark = `In the circles the share of time in which each core was left last. ${all.length > most ? `The ${most} largest rates of ${all.length} are drawn.` : ""}`;
  return element("figure", {}, element("figcaption", {}, withUnit("Rates between the cores", content.rate_unit)), drawing, element("p", { class: "remark" }, remark));
}

function networkTable(network) {
  const head = element("tr", {}, element("th", { scope: "col" }, "from \\ to"), ...network.valleys.map((name) => element("th", { scope: "col", class: "value" }, name)));
  const body = element("tbody");
  network.valleys.forEach((name, i) => body.append(element("tr", {}, element("th", { scope: "row" }, name),
    ...network.rate[i].map((rate, j) => (i === j ? element("td", { class: "value" }, "") : valueCell("network_rate", rate, shown(rate)))))));
  return scrolling(element("table", {}, element("thead", {}, head), body), "Rates of the network");
}

/** Densities of the first-passage times, in all and by the ends that escapes may come to, and a table of these. */
function firstPassages(escapes) {
  const curves = escapes.flatMap((one) => [{ label: escapeName(one), density: one.density, time: one.time },
    ...one.targets.filter((target) => target.density).map((target) => ({ label: `${escapeName(one)}, into ${target.name}`, density: target.density, time: one.time }))]);
  const made = figure("Densities of the first-passage times");
  curvesChart(made, { curves: curves.map((one) => ({ label: one.label, xs: one.time, ys: one.density.map((value) => value ?? NaN) })), xLabel: withUnit("time", escapes[0].time_unit), yLabel: withUnit("density", escapes[0].unit), label: "Densities of the first-passage times.", logarithm: true });
  const several = escapes.filter((one) => one.targets.length > 1);
  if (!several.length) return [made];
  const cells = ["escape", "ends in", "probability", withUnit("mean time of those", escapes[0].time_unit)];
  const head = element("tr", {}, ...cells.map((text, k) => element("th", { scope: "col", class: k > 1 ? "value" : "" }, text)));
  const body = element("tbody", {}, ...several.flatMap((one) => one.targets.map((target) => element("tr", {},
    element("th", { scope: "row" }, escapeName(one)), element("td", {}, target.name),
    valueCell("first_passage_target_probability", target.probability, shown(target.probability, 6)),
    valueCell("first_passage_target_mean", target.mean, shown(target.mean, 6))))));
  return [made, element("p", {}, "Where escapes end that may do so in several ways:"), scrolling(element("table", {}, element("thead", {}, head), body), "Where escapes end")];
}

/** A mark of its shape, by number. */
function endMark(number, x, y, size) {
  const style = `fill: ${colourOf(number)}`;
  const around = { stroke: "#fff", "stroke-width": 0.5, style, class: "exit" };
  if (number % 3 === 0) return shape("circle", { cx: x, cy: y, r: size, ...around });
  const square = { x: x - 0.9 * size, y: y - 0.9 * size, width: 1.8 * size, height: 1.8 * size, ...around };
  return shape("rect", number % 3 === 1 ? square : { ...square, transform: `rotate(45 ${x} ${y})` });
}

/** Where escapes leave, over a field of the plane: marks with areas that go with the probability of each place. */
function exitMaps(escapes, { axes, field, unit, name, valleys }) {
  return escapes.filter((one) => one.exits.length).map((one) => {
    const names = [...new Set(one.exits.map((exit) => exit.target))];
    const numbers = names.map((target, k) => {
      const valley = valleys.findIndex((known) => known.name === target);
      return valley < 0 ? valleys.length + k : valley;
    });
    const largest = Math.max(...one.exits.map((exit) => exit.probability));
    const title = `Places of exit, ${escapeName(one)}`;
    const made = figure(title);
    map(made, {
      axes, field, palette: "cividis", unit, name, label: `${title}: ${one.targets.map((target) => `${target.name} ${shown(target.probability, 3)}`).join(", ")}.`,
      decorate({ group, X, Y }) {
        for (const exit of one.exits)
          group.append(endMark(numbers[names.indexOf(exit.target)], X(exit.x), Y(exit.y), 6 * Math.sqrt(exit.probability / largest)));
      },
    });
    const list = element("ul", { class: "legend" }, ...names.map((target, k) =>
      element("li", {}, shape("svg", { viewBox: "0 0 14 12", "aria-hidden": "true" }, endMark(numbers[k], 7, 6, 5)), target)));
    made.append(list, element("p", { class: "remark" }, "Areas go with the probability of leaving there; places of less than a thousandth of the largest have no mark."));
    return made;
  });
}

function warningList(groups) {
  const list = element("ul", { class: "warnings" });
  for (const { text, members } of groups) {
    const item = element("li");
    list.append(item);
    const about = (one) => [one.of, one.text === text ? "" : one.text].filter(Boolean).join(": ");
    if (members.length === 1) {
      item.append(members[0].of ? `${members[0].of}: ${text}` : text);
    } else {
      item.append(text);
      item.append(element("ul", {}, ...members.map((one) => element("li", {}, about(one) || "once more"))));
    }
  }
  return list;
}
