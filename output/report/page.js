// The page: its parts, one after another.

const main = document.getElementById("main");

function section(id, title, ...children) {
  const made = element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), ...children);
  main.append(made);
  document.querySelector("nav ul").append(element("li", {}, element("a", { href: `#${id}` }, title)));
  return made;
}

function figure(caption, ...children) {
  return element("figure", {}, element("figcaption", {}, caption), ...children);
}

/** Slider and play button for frames; every one of `listeners` is told the frame. */
function player(frames, listeners) {
  const last = frames.time.length - 1;
  const button = element("button", { type: "button", "aria-pressed": "false", id: "play" }, "▶ Play");
  const slider = element("input", { type: "range", id: "frame", min: 0, max: last, step: 1, value: 0, "aria-label": "Time of the density" });
  const output = element("output", { for: "frame", class: "number" });
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = 0;
  const show = () => {
    const frame = Number(slider.value);
    const unit = frames.time_unit === "1" ? "" : ` ${frames.time_unit}`;
    output.textContent = `time ${shown(frames.time[frame], 4)}${unit} (${frame + 1} of ${last + 1})`;
    slider.setAttribute("aria-valuetext", output.textContent);
    for (const listener of listeners) listener(frame);
  };
  const play = (on) => {
    window.clearInterval(timer);
    timer = 0;
    button.textContent = on ? "❚❚ Pause" : "▶ Play";
    button.setAttribute("aria-pressed", String(on));
    if (!on) return;
    if (Number(slider.value) === last) {
      slider.value = 0;
      show();
    }
    timer = window.setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === last) play(false);
    }, calm ? 700 : 120);
  };
  button.addEventListener("click", () => play(timer === 0));
  slider.addEventListener("input", () => {
    play(false);
    show();
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    play(timer === 0);
  });
  show();
  return element("div", { class: "player", role: "group", "aria-label": "Time of the density: play by button or space, step by arrow keys" }, button, slider, output);
}

async function decodedArrows(current) {
  return current && { ...current, components: await Promise.all(current.components.map(decoded)) };
}

function thinningRemark(axes) {
  const coarse = axes.filter((axis) => axis.stride > 1);
  return coarse.length ? ` Drawn is every ${coarse.map((axis) => `${axis.stride}th cell along ${axis.name}`).join(", every ")}.` : "";
}

async function planeFigures(fields, frames, holder, listeners) {
  const { axes } = fields;
  const labels = fields.labels && (await decoded(fields.labels));
  const outlines = (parts) => labels && overlay(parts.group, boundaries(axes, labels.codes, parts.X, parts.Y), 0.8);
  const densityRemark = (steps) => `Logarithmic, six decades below the largest value, in 254 steps of ${shown(100 * (10 ** (6 / 254) - 1), 2)} %.${steps}`;
  if (fields.landscape) {
    const field = await decoded(fields.landscape);
    const values = field.frame(0, field.codes.length);
    const made = figure("Landscape and valleys");
    holder.append(made);
    map(made, {
      axes, field, palette: "cividis", unit: fields.landscape.unit, name: "landscape",
      label: `Map of the landscape, ${shown(fields.landscape.lowest, 4)} to ${shown(fields.landscape.highest, 4)}, with the valleys ${content.valleys.map((v) => v.name).join(", ")}.`,
      decorate(parts) {
        const levels = ticks(field.low, field.high, 14);
        parts.group.append(shape("path", { d: levels.map((level) => contour(axes, values, level, parts.X, parts.Y)).join(""), fill: "none", stroke: "#fff", "stroke-opacity": 0.4, "stroke-width": 0.8 }));
        outlines(parts);
        for (const path of content.paths) overlay(parts.group, curve(path.x, path.y, parts.X, parts.Y), 2.2);
        markValleys(parts, content.valleys);
      },
    });
    const clipped = fields.landscape.highest > fields.landscape.high ? ` Heights above ${shown(fields.landscape.high, 3)}, where hardly any probability comes, have the colour of that.` : "";
    made.append(element("p", { class: "remark" }, `Thin lines: borders of the valleys.${content.paths.length ? " Thick: most probable paths." : ""}${clipped}${thinningRemark(axes)}`));
  }
  if (frames) {
    const made = figure("Evolving density and its current");
    holder.append(made);
    const current = await decodedArrows(frames.current);
    listeners.push(map(made, {
      axes: frames.axes, field: frames.density, palette: "viridis", unit: frames.unit, name: "density",
      label: "Map of the density at the time of the slider.",
      decorate(parts) {
        if (!current) return null;
        const renew = overlay(parts.group, "", 1.2);
        return (frame) => renew(arrowsPath(current, frame, parts.inner));
      },
    }));
    made.append(element("p", { class: "remark" }, densityRemark(" Arrows: the current; lengths go with the root of its size, in each frame against the largest.") + thinningRemark(frames.axes)));
  }
  if (fields.stationary) {
    const made = figure("Stationary density");
    holder.append(made);
    map(made, {
      axes, field: await decoded(fields.stationary), palette: "viridis", unit: fields.stationary.unit, name: "density",
      label: "Map of the stationary density.",
      decorate(parts) {
        outlines(parts);
        markValleys(parts, content.valleys);
      },
    });
    made.append(element("p", { class: "remark" }, densityRemark("") + thinningRemark(axes)));
  }
}

async function lineFigures(fields, frames, holder, listeners) {
  const [landscape, labels, stationary] = await Promise.all(["landscape", "labels", "stationary"].map((name) => fields[name] && decoded(fields[name])));
  const made = figure("Landscape and densities");
  made.className = "wide";
  holder.append(made);
  listeners.push(densityChart(made, { axes: fields.axes, landscape, labels, stationary, frames, valleys: content.valleys }));
  const remark = thinningRemark(fields.axes);
  if (remark) made.append(element("p", { class: "remark" }, remark));
  if (!frames || !frames.current) return;
  const beside = figure("Probability current at the time of the slider");
  holder.append(beside);
  listeners.push(currentChart(beside, { axis: frames.axes[0], current: await decodedArrows(frames.current), unit: frames.current_unit, label: "Probability current over the line, at the time of the slider." }));
}

/** Forward committor and current of transitions of one escape, chosen from all. */
async function committorSection(fields) {
  const axes = fields.committor_axes;
  const plane = axes.length > 1;
  const holder = element("div");
  const select = element("select", { id: "committor" }, ...fields.committors.map((one, k) => element("option", { value: k }, one.label.replace("forward committor, ", ""))));
  section("transitions", "Transitions", element("p", {}, "The committor is the probability of reaching the target before coming back to the start; the current is that of the stationary process's transitions alone."),
    element("p", {}, element("label", {}, "Escape", select)), holder);
  const show = async () => {
    const one = fields.committors[Number(select.value)];
    const field = await decoded(one.field);
    const current = await decodedArrows(one.current);
    const made = figure(one.label);
    holder.replaceChildren(made);
    holder.className = "figures";
    if (plane) {
      const values = field.frame(0, field.codes.length);
      map(made, {
        axes, field, palette: "cividis", unit: "1", name: "forward committor", label: `Map of the ${one.label}, with the current of transitions.`,
        decorate(parts) {
          overlay(parts.group, contour(axes, values, 0.5, parts.X, parts.Y), 1.6);
          if (current) overlay(parts.group, arrowsPath(current, 0, parts.inner), 1.2);
          markValleys(parts, content.valleys);
        },
      });
      made.append(element("p", { class: "remark" }, `Line: where either end is reached with probability ½. Arrows: the current of transitions; lengths go with the root of its size.${thinningRemark(axes)}`));
    } else {
      const xs = centres(axes[0].edges);
      curvesChart(made, { curves: [{ label: one.label, xs, ys: [...field.frame(0, xs.length)] }], xLabel: withUnit(axes[0].name, axes[0].unit), yLabel: "probability", label: `${one.label} over ${axes[0].name}.` });
      if (current) {
        const beside = figure("Current of transitions");
        holder.append(beside);
        currentChart(beside, { axis: axes[0], current, unit: "", label: "Current of transitions over the line." });
      }
    }
  };
  select.addEventListener("change", show);
  await show();
}

/** Where escapes leave, over the landscape, or the stationary density of a drift that has none. */
async function exitFigures(fields) {
  const ground = fields && (fields.landscape || fields.stationary);
  if (!ground) return "";
  const field = await decoded(ground);
  const shownAs = { axes: fields.axes, field, unit: ground.unit, name: fields.landscape ? "landscape" : "density", valleys: content.valleys };
  return element("div", { class: "figures" }, ...exitMaps(content.first_passages, shownAs));
}

function caseSection() {
  const details = element("details", {}, element("summary", {}, "The case file, with what the command line changed"), element("pre", { tabindex: "0" }, element("code", {}, content.case)));
  window.addEventListener("beforeprint", () => { details.open = true; });
  section("case", "The case", content.command ? element("p", {}, element("code", {}, content.command)) : "", details);
}

async function build() {
  document.querySelector("nav").append(element("ul"));
  document.querySelector("h1").textContent = content.title || content.file;
  const about = [content.file, content.fields && `${content.fields.axes.length === 1 ? "one axis" : "two axes"} (${content.fields.axes.map((axis) => axis.name).join(", ")})`,
    content.accuracy.wanted && `errors asked for: ${shown(100 * content.accuracy.wanted[0], 3)} %${content.accuracy.reached ? `, largest reached: ${shown(100 * content.accuracy.reached[0], 2)} %` : ""}`];
  document.querySelector(".about").textContent = about.filter(Boolean).join(" · ");
  const warned = content.warnings.reduce((sum, group) => sum + group.members.length, 0);
  if (content.estimates.length) {
    const rates = section("rates", "Rates to quote", rateCards(content.estimates));
    if (warned) rates.insertBefore(element("p", {}, element("a", { href: "#warnings", class: "badge" }, `⚠ ${warned} warning${warned > 1 ? "s" : ""}: read before quoting`)), rates.children[1]);
  }
  if (content.why_no_rates) section("rates", "Rates to quote", element("p", {}, `${content.why_no_rates}.`), warned ? element("p", {}, element("a", { href: "#warnings", class: "badge" }, `⚠ ${warned} warning${warned > 1 ? "s" : ""}`)) : "");
  const { fields } = content;
  if (fields && (fields.landscape || fields.stationary || fields.frames)) {
    const plane = fields.axes.length > 1;
    const frames = fields.frames && { ...fields.frames, density: await decoded(fields.frames.density) };
    const holder = element("div", { class: "figures" });
    const part = section("fields", "Landscape and probability", holder);
    const listeners = [];
    await (plane ? planeFigures : lineFigures)(fields, frames, holder, listeners);
    if (frames) {
      if (frames.valley_probability.length && content.valleys.length) {
        const made = figure("Probability of each valley");
        holder.append(made);
        listeners.push(probabilityChart(made, frames, { names: content.valleys.map((valley) => valley.name), rows: frames.valley_probability, of: "Probability of each valley" }));
      }
      if (frames.walls) {
        const made = figure("Probability that has left through each wall");
        holder.append(made);
        listeners.push(probabilityChart(made, frames, { names: frames.walls, rows: frames.wall_outflow, of: "Probability that has left through each absorbing wall", first: content.valleys.length }));
      }
      part.insertBefore(player(frames, listeners), holder);
      if (frames.all > frames.time.length) part.append(element("p", { class: "remark" }, `${frames.time.length} of the ${frames.all} frames are drawn.`));
    }
  }
  if (content.valleys.length) {
    const axes = fields ? fields.axes.map((axis) => withUnit(axis.name, axis.unit)) : content.valleys[0].minimum.map((_, k) => `x${k + 1}`);
    section("valleys", "Valleys", valleysTable(content.valleys, axes.slice(0, content.valleys[0].minimum.length)));
  }
  if (fields && fields.committors.length) await committorSection(fields);
  if (content.network) section("network", "Network of the valleys", element("div", { class: "figures" }, networkDrawing(content.network), networkTable(content.network)));
  if (content.first_passages.length) section("first-passages", "First-passage times", ...firstPassages(content.first_passages), await exitFigures(fields));
  if (content.estimates.length) section("estimates-all", "All estimates", ...estimatesTable(content.estimates));
  if (warned) section("warnings", "Warnings", warningList(content.warnings));
  caseSection();
  document.querySelector("footer").textContent = `Made by valleyflux ${content.version}${content.commit ? ` (${content.commit})` : ""}. This page holds all that it shows and asks nothing of the network.`;
  document.documentElement.dataset.drawn = "true";
}

build().catch((fault) => {
  document.body.prepend(element("p", { role: "alert" }, `This page could not be drawn: ${fault.message}. It needs a browser of 2023 or later.`));
  throw fault;
});
