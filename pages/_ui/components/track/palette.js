// Colours of the page's theme (the --st-* variables) and of the alphabets, in both modes.

const NUCLEOTIDES = {
  light: { A: "#109648", C: "#255C99", G: "#F7B32B", T: "#D62839", U: "#D62839", N: "#8A95A3" },
  dark: { A: "#2FBF71", C: "#6AA5E6", G: "#F7B32B", T: "#F2606E", U: "#F2606E", N: "#7A8796" },
  lightText: { A: "#0B7A3A", G: "#8A5A00" }, // small letters need more contrast than large ones
};
// Amino acids by chemistry: aliphatic, aromatic, polar, basic, acidic, and those that bend or bridge the chain.
const CLASSES = { AVLIM: 0, FWY: 1, STNQ: 2, KRH: 3, DE: 4, CGP: 5 };
const CLASS_COLORS = {
  light: ["#5C6876", "#2B7A80", "#47813F", "#3A69A8", "#B04357", "#8F6A1E"],
  dark: ["#9AA7B5", "#5BB9BF", "#84C07A", "#7FAEE8", "#E88797", "#D3AC5C"],
};
const NEUTRAL = {
  light: { zero: "#F7F7F5", reference: "#8A95A3", faintBorder: "#EEF1F4", refused: "#C3CAD3" },
  dark: { zero: "#1B222B", reference: "#7A8796", faintBorder: "#212A34", refused: "#4A5664" },
};
const STEPS = 64; // colours on either side of zero

function rgb(color) {
  const hex = /^#([0-9a-f]{6})/i.exec(color);
  if (hex) return [0, 2, 4].map((i) => parseInt(hex[1].slice(i, i + 2), 16));
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])/i.exec(color);
  if (short) return short.slice(1, 4).map((c) => parseInt(c + c, 16));
  const numbers = (color.match(/[\d.]+/g) || []).map(Number);
  return numbers.length >= 3 ? numbers.slice(0, 3) : [255, 255, 255];
}

function mix(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return "#" + a.map((v, i) => Math.round(v + (b[i] - v) * share).toString(16).padStart(2, "0")).join("");
}

function luminance(color) {
  const [r, g, b] = rgb(color).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function readPalette(host, letters) {
  const style = getComputedStyle(host);
  const token = (name, fallback) => {
    const value = style.getPropertyValue(`--st-${name}`).trim();
    return value && value !== "unset" ? value : fallback;
  };
  const background = token("background-color", "#FFFFFF");
  const dark = luminance(background) < 0.2;
  const mode = dark ? "dark" : "light";
  const diverging = token("chart-diverging-colors", "").split(/,(?![^(]*\))/).filter(Boolean);
  const wide = diverging.length > 2;
  const palette = {
    dark,
    background,
    ...NEUTRAL[mode],
    surface: token("secondary-background-color", dark ? "#181F28" : "#F7F8FA"),
    border: token("border-color", dark ? "#2B3541" : "#E2E6EB"),
    text: token("text-color", dark ? "#E8ECF1" : "#17202B"),
    muted: token("gray-text-color", dark ? "#A3AFBD" : "#566272"),
    accent: token("link-color", dark ? "#A99DF5" : "#5546B8"),
    accentSoft: token("violet-background-color", dark ? "#262447" : "#EFEDFA"),
    red: token("red-text-color", dark ? "#F58C97" : "#A81E2D"),
    loss: wide ? diverging[0].trim() : dark ? "#E08A45" : "#B2500B",
    gain: wide ? diverging.at(-1).trim() : dark ? "#A99DF5" : "#5546B8",
    font: token("font", '"Source Sans", sans-serif'),
    codeFont: token("code-font", '"Source Code", monospace'),
  };
  const nucleotides = letters.every((letter) => "ACGTUN".includes(letter));
  const byClass = (letter) => {
    const found = Object.keys(CLASSES).find((members) => members.includes(letter));
    return found === undefined ? palette.reference : CLASS_COLORS[mode][CLASSES[found]];
  };
  palette.letter = (letter) =>
    nucleotides ? NUCLEOTIDES[mode][letter] || palette.reference : byClass(letter);
  palette.smallLetter = (letter) =>
    (!dark && nucleotides && NUCLEOTIDES.lightText[letter]) || palette.letter(letter);
  const ramp = Array.from({ length: 2 * STEPS + 1 }, (_, i) =>
    i < STEPS
      ? mix(palette.zero, palette.loss, (STEPS - i) / STEPS)
      : mix(palette.zero, palette.gain, (i - STEPS) / STEPS),
  );
  // t^0.8, so that small effects show
  palette.effect = (value, limit) => {
    const t = Math.sign(value) * Math.min(1, Math.abs(value) / limit) ** 0.8;
    return ramp[Math.round(t * STEPS) + STEPS];
  };
  return palette;
}
