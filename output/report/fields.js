// Content of the page, its numbers as text, and its fields as they were encoded (encoded_field.hpp).

const content = JSON.parse(document.getElementById("content").textContent);

/** An element; texts are texts, never HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function raised(exponent) {
  return [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
}

function asPower(mantissa, exponent, digits) {
  let text = mantissa.toFixed(Math.max(digits - 1, 0));
  if (Math.abs(Number(text)) >= 10) return asPower(mantissa / 10, exponent + 1, digits);
  if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  return `${text.replace("-", "−")} × 10${raised(exponent)}`;
}

/** A number to so many digits: "0.00138", "1.38 × 10⁻⁷", "–" where there is none. */
function shown(value, digits = 7) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) {
    const text = value.toPrecision(digits);
    const plain = text.includes("e") ? String(Number(text)) : text;
    return (plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain).replace("-", "−");
  }
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return asPower(Number(mantissa), Number(exponent), digits);
}

/** What has this natural logarithm, which may be beyond every double. */
function shownByLogarithm(logarithm, digits = 7) {
  const decimal = logarithm / Math.LN10;
  if (Math.abs(decimal) < 300) return shown(Math.exp(logarithm), digits);
  const exponent = Math.floor(decimal);
  return asPower(10 ** (decimal - exponent), exponent, Math.min(digits, 5));
}

function shownRate(row, digits = 7) {
  if (row.rate === 0 && row.log_rate !== null) return shownByLogarithm(row.log_rate, digits);
  if (row.rate === 0) return "0 (blocked)";
  if (row.rate === null) return row.high === null ? "no rate" : `none, below ${shown(row.high, 3)}`;
  return shown(row.rate, digits);
}

function withUnit(name, unit) {
  return !unit || unit === "1" ? name : `${name} [${unit}]`;
}

function escapeName(row) {
  return `${row.from} → ${row.to === "first_exit" ? "first exit" : row.to}`;
}

function spaced(name) {
  return name.replaceAll("_", " ");
}

/** Codes of an encoded field, and what they stand for. */
async function decoded(field) {
  const packed = Uint8Array.from(atob(field.data), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const wide = field.bits === 16;
  const count = wide ? bytes.length / 2 : bytes.length;
  const codes = wide ? new Uint16Array(count) : new Uint8Array(count);
  let code = 0;
  for (let k = 0; k < count; ++k) codes[k] = code += wide ? bytes[k] * 256 + bytes[count + k] : bytes[k];
  const most = 2 ** field.bits - 1;
  const coordinate = (value) => (field.log ? Math.log(value) : value);
  const from = coordinate(field.low);
  const width = coordinate(field.high) - from;
  return {
    ...field,
    codes,
    most,
    /** Of a code; NaN where there is none. */
    value(code) {
      if (code === 0) return NaN;
      const place = from + (width * (code - 1)) / (most - 1);
      return field.log ? Math.exp(place) : place;
    },
    /** Numbers of one frame of `size` places. */
    frame(number, size) {
      return Float64Array.from(codes.subarray(number * size, (number + 1) * size), (c) => this.value(c));
    },
  };
}

// Okabe & Ito: told apart by colour-blind eyes; with them marks and dashes, for those who see or print no colours.
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2"];

function colourOf(number) {
  return colours[number % colours.length];
}
function dashOf(number) {
  return dashes[number % dashes.length];
}

// Seventeen even steps of Matplotlib's colour maps, of even lightness.
const palettes = {
  viridis: "44015448186a472d7b4240863b528b33638d2c728e26828e21918c1fa08828ae803fbc735ec96284d44baddc30d8e219fde725",
  cividis: "00224e002e6a1a386f32436d434e6c535a6d61656f6f70737d7c788c88789b9476aba072bcae6ccdbb63dec958f0d846fee838",
};

function anchors(name) {
  return palettes[name].match(/.{6}/g).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
}

/** Colours of codes 0 (transparent) to `most`, four bytes each. */
function colourTable(name, most) {
  const stops = anchors(name);
  const table = new Uint8ClampedArray(4 * (most + 1));
  for (let code = 1; code <= most; ++code) {
    const at = ((code - 1) / (most - 1)) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; ++c) table[4 * code + c] = stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]);
    table[4 * code + 3] = 255;
  }
  return table;
}
