// Fields in the plane on a canvas, under an SVG with axes, valleys, paths and arrows.

function centres(edges) {
  return edges.slice(1).map((edge, k) => 0.5 * (edge + edges[k]));
}

/** For every pixel of a stretch the cell that it lies in; the axis may be graded. */
function cellsOfPixels(edges, pixels) {
  const cells = new Int32Array(pixels);
  const low = edges[0];
  const width = edges[edges.length - 1] - low;
  for (let p = 0, cell = 0; p < pixels; ++p) {
    const at = low + ((p + 0.5) / pixels) * width;
    while (cell < edges.length - 2 && edges[cell + 1] <= at) ++cell;
    cells[p] = cell;
  }
  return cells;
}

function paint(canvas, axes, codes, offset, table) {
  const columns = cellsOfPixels(axes[0].edges, canvas.width);
  const rows = cellsOfPixels(axes[1].edges, canvas.height);
  const across = axes[0].edges.length - 1;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const words = new Uint32Array(table.buffer);
  for (let j = 0, p = 0; j < canvas.height; ++j) {
    const start = offset + rows[canvas.height - 1 - j] * across;
    for (let i = 0; i < canvas.width; ++i) pixels[p++] = words[codes[start + columns[i]]];
  }
  context.putImageData(image, 0, 0);
}

/** The line of a level between cell centres, by linear interpolation (marching squares). */
function contour(axes, values, level, X, Y) {
  const xs = centres(axes[0].edges);
  const ys = centres(axes[1].edges);
  let path = "";
  for (let j = 0; j + 1 < ys.length; ++j)
    for (let i = 0; i + 1 < xs.length; ++i) {
      const k = j * xs.length + i;
      const corners = [[i, j, values[k]], [i + 1, j, values[k + 1]], [i + 1, j + 1, values[k + 1 + xs.length]], [i, j + 1, values[k + xs.length]]];
      if (corners.some((corner) => !Number.isFinite(corner[2]))) continue;
      const cuts = [];
      for (let c = 0; c < 4; ++c) {
        const [a, b] = [corners[c], corners[(c + 1) % 4]];
        if (a[2] < level === b[2] < level) continue;
        const t = (level - a[2]) / (b[2] - a[2]);
        cuts.push(`${X(xs[a[0]] + t * (xs[b[0]] - xs[a[0]])).toFixed(1)} ${Y(ys[a[1]] + t * (ys[b[1]] - ys[a[1]])).toFixed(1)}`);
      }
      for (let c = 0; c + 1 < cuts.length; c += 2) path += `M${cuts[c]}L${cuts[c + 1]}`;
    }
  return path;
}

/** Where neighbouring cells belong to different valleys. */
function boundaries(axes, labels, X, Y) {
  const [xe, ye] = axes.map((axis) => axis.edges);
  const across = xe.length - 1;
  let path = "";
  for (let j = 0; j < ye.length - 1; ++j)
    for (let i = 0; i < across; ++i) {
      const here = labels[j * across + i];
      if (i + 1 < across && labels[j * across + i + 1] !== here)
        path += `M${X(xe[i + 1]).toFixed(1)} ${Y(ye[j]).toFixed(1)}V${Y(ye[j + 1]).toFixed(1)}`;
      if (j + 2 < ye.length && labels[(j + 1) * across + i] !== here)
        path += `M${X(xe[i]).toFixed(1)} ${Y(ye[j + 1]).toFixed(1)}H${X(xe[i + 1]).toFixed(1)}`;
    }
  return path;
}

/** Arrows of one frame, as long as their share of the frame's largest; those below a fiftieth of it are left out. */
function arrowsPath(current, frame, inner) {
  const [across, up] = current.count;
  const size = across * up;
  const [u, v] = current.components.map((component) => component.frame(frame, size));
  const longest = 1.25 * Math.min(inner.width / across, inner.height / up);
  let path = "";
  for (let j = 0; j < up; ++j)
    for (let i = 0; i < across; ++i) {
      const [a, b] = [u[j * across + i], v[j * across + i]];
      const length = Math.hypot(a, b);
      if (!(length > 0.02)) continue;
      const drawn = longest * Math.sqrt(length);
      const [dx, dy] = [(a / length) * drawn, (-b / length) * drawn];
      const [x, y] = [inner.left + ((i + 0.5) * inner.width) / across - dx / 2, inner.top + inner.height - ((j + 0.5) * inner.height) / up - dy / 2];
      const head = (side) => `L${(x + dx - 0.32 * dx + side * 0.2 * dy).toFixed(1)} ${(y + dy - 0.32 * dy - side * 0.2 * dx).toFixed(1)}`;
      path += `M${x.toFixed(1)} ${y.toFixed(1)}L${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}${head(1)}M${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}${head(-1)}`;
    }
  return path;
}

/** Paths over the field twice: a dark rim, so that the white is seen on light colours as well. */
function overlay(group, path, width) {
  const attributes = { d: path, fill: "none", "stroke-linecap": "round" };
  const rim = shape("path", { ...attributes, stroke: "#0009", "stroke-width": width + 1.6 });
  const line = shape("path", { ...attributes, stroke: "#fff", "stroke-width": width });
  group.append(rim, line);
  return (renewed) => [rim, line].forEach((one) => one.setAttribute("d", renewed));
}

function colourBar(svg, inner, at, field, palette, unit, name) {
  const id = unique("bar");
  const stops = anchors(palette).map((rgb, k, all) => shape("stop", { offset: k / (all.length - 1), "stop-color": `rgb(${rgb})` }));
  const place = (value) => inner.left + inner.width * (field.log ? Math.log(value / field.low) / Math.log(field.high / field.low) : (value - field.low) / (field.high - field.low));
  svg.append(shape("linearGradient", { id }, ...stops),
    shape("rect", { x: inner.left, y: at, width: inner.width, height: 12, fill: `url(#${id})` }));
  const marks = field.log
    ? logarithmicTicks(Math.log10(field.low), Math.log10(field.high), 6).map((tick) => ({ value: 10 ** tick.place, text: tick.text }))
    : ticks(field.low, field.high, 5).map((value) => ({ value, text: tickText(value) }));
  for (const mark of marks)
    svg.append(shape("line", { x1: place(mark.value), x2: place(mark.value), y1: at + 12, y2: at + 16, stroke: "currentColor" }),
      shape("text", { class: "quiet", x: place(mark.value), y: at + 29, "text-anchor": "middle" }, mark.text));
  svg.append(shape("text", { x: inner.left + inner.width / 2, y: at + 46, "text-anchor": "middle" }, withUnit(name, unit)));
}

/**
 * A map of a field in a figure. `decorate(parts)` draws over it; it may return a function of the frame. The map returns
 * a function that shows a frame.
 */
function map(parent, { axes, field, palette, unit, name, label, decorate }) {
  const drawing = element("div", { class: "drawing" });
  parent.append(drawing);
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const table = colourTable(palette, field.most);
  const size = (axes[0].edges.length - 1) * (axes[1].edges.length - 1);
  let decorated = null;
  let now = 0;
  const show = () => {
    paint(canvas, axes, field.codes, now * size, table);
    if (decorated) decorated(now);
  };
  responsive(drawing, (width) => {
    const [long, high] = axes.map((axis) => axis.edges.at(-1) - axis.edges[0]);
    const same = axes[0].unit === axes[1].unit;
    const ratio = same ? Math.min(1.15, Math.max(0.6, high / long)) : 0.85;
    const height = (width - 72) * ratio + 112;
    const { svg, X, Y, inner } = axesIn(drawing, {
      width, height, label: `Axes of the map: ${axes.map((axis) => axis.name).join(" and ")}`, bottom: 102,
      x: { range: [axes[0].edges[0], axes[0].edges.at(-1)], label: withUnit(axes[0].name, axes[0].unit), plain: true },
      y: { range: [axes[1].edges[0], axes[1].edges.at(-1)], label: withUnit(axes[1].name, axes[1].unit), plain: true },
    });
    const percent = (length, of) => `${(100 * length) / of}%`;
    Object.assign(canvas.style, { left: percent(inner.left, width), top: percent(inner.top, height), width: percent(inner.width, width), height: percent(inner.height, height) });
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = Math.round(inner.width * sharp);
    canvas.height = Math.round(inner.height * sharp);
    drawing.prepend(canvas);
    colourBar(svg, inner, inner.top + inner.height + 50, field, palette, unit, name);
    const group = svg.querySelector("g[clip-path]");
    decorated = decorate ? decorate({ group, svg, X, Y, inner }) : null;
    show();
  });
  return (frame) => {
    now = frame;
    show();
  };
}

/** Names and lowest points of the valleys. */
function markValleys({ group, X, Y, inner }, valleys) {
  valleys.forEach((valley, k) => {
    const [x, y] = valley.minimum;
    if (x === undefined || x === null || y === null) return;
    const side = X(x) + 9 + 8 * valley.name.length > inner.left + inner.width ? -1 : 1;
    group.append(shape("circle", { cx: X(x), cy: Y(y), r: 5.5, style: `fill: ${colourOf(k)}`, stroke: "#fff", "stroke-width": 1.8 }),
      shape("text", { class: "on-field", x: X(x) + side * 9, y: Math.max(Y(y) - 7, inner.top + 14), "text-anchor": side > 0 ? "start" : "end" }, valley.name));
  });
}
