// From data to places: what is drawn (model), which part of it (view), and where on the surface (layout).
// Positions are 0-based; a view is a start and a span in bases, both may be fractions.

const ROOMY = 17; // px a base at first sight on the bench, as wide as its letters are easy to read and to click
const BARS_BELOW = 6; // px a base under which letters become bars
const SHORTEST_SPAN = 8; // bases; zooming in ends here

function readModel(data) {
  const rows = (data.rows || []).map((row) => ({
    label: "",
    note: "",
    tone: "",
    refused: "",
    hits: [],
    ...row,
    sequence: String(row.sequence || "").toUpperCase(),
    values: row.values || [],
  }));
  const sequence = String(data.sequence || rows[0]?.sequence || "").toUpperCase();
  const letters = [...(data.letters || "ACGT")];
  const map = data.map && data.map.values ? { unit: data.unit || "", probabilities: null, ...data.map } : null;
  const model = {
    bench: data.mode !== "stack",
    letters,
    sequence,
    edited: String(data.edited || sequence).toUpperCase(),
    rows,
    map,
    hits: data.hits || [],
    hasHits: Array.isArray(data.hits),
    edits: data.edits || [],
    name: String(data.name || ""),
    title: String(data.title || ""),
    digits: data.digits ?? 2, // of effects; what a model answers has one more
    unit: data.unit || "", // of the letters; the map has its own
  };
  model.length = Math.max(sequence.length, ...rows.map((row) => row.sequence.length), 1);
  // What must stay the same for zoom and cursor to stay.
  const shown = model.bench ? sequence : rows.map((row) => [row.label, row.sequence]);
  model.identity = JSON.stringify([model.bench, model.name, model.letters, shown]);
  model.protein = !letters.every((letter) => "ACGTUN".includes(letter));
  model.lengthUnit = model.protein ? "aa" : letters.includes("U") ? "nt" : "bp";
  if (!data.edits) {
    const changed = (letter, i) => (letter === sequence[i] ? [] : [{ position: i, letter }]);
    model.edits = [...model.edited].flatMap(changed);
  }
  if (map && !(map.limit > 0)) {
    const most = (line) => line.reduce((top, value) => Math.max(top, Math.abs(value || 0)), 0);
    map.limit = Math.max(1e-9, ...map.values.map(most));
  }
  model.extent = readExtent(rows);
  return model;
}

// One scale for all rows, so that heights compare; a row that is not to be read does not set it.
function readExtent(rows) {
  const readable = rows.filter((row) => !row.refused);
  let [up, down] = [0, 0];
  for (const row of readable.length ? readable : rows) {
    for (const value of row.values) {
      if (value > up) up = value;
      else if (-value > down) down = -value;
    }
  }
  if (!up && !down) up = 1;
  return { up: Math.max(up, 0.18 * down), down: Math.max(down, 0.18 * up) };
}

function firstView(model, plotWidth) {
  if (!model.bench) return { start: 0, span: model.length };
  const span = Math.min(model.length, Math.max(SHORTEST_SPAN, Math.floor(plotWidth / ROOMY)));
  return clampView({ start: Math.round(centreOfWeight(model) - span / 2), span }, model.length);
}

// Where most of the signal lies: the middle of the 15 bases with the greatest sum of absolute values.
function centreOfWeight(model) {
  const values = model.rows[0]?.values || [];
  const half = 7;
  let [best, where, sum] = [0, model.length / 2, 0];
  for (let i = 0; i < values.length + half; i++) {
    sum += Math.abs(values[i] || 0) - Math.abs(values[i - 2 * half - 1] || 0);
    if (sum > best + 1e-9) [best, where] = [sum, i - half];
  }
  return where;
}

function clampView(view, length) {
  const span = Math.min(length, Math.max(Math.min(SHORTEST_SPAN, length), view.span));
  return { span, start: Math.min(length - span, Math.max(0, view.start)) };
}

function zoomView(view, length, factor, around) {
  const span = clampView({ start: 0, span: view.span * factor }, length).span;
  return clampView({ span, start: around - ((around - view.start) * span) / view.span }, length);
}

// Greedy lanes for motif hits: each goes to the first lane where it overlaps nothing.
function hitLanes(hits) {
  const ends = [];
  return [...hits]
    .sort((a, b) => a.start - b.start)
    .map((hit) => {
      let lane = ends.findIndex((end) => end <= hit.start);
      if (lane < 0) lane = ends.length;
      ends[lane] = hit.end;
      return { ...hit, lane };
    });
}

function margins(model, width) {
  const longest = Math.max(0, ...model.rows.map((row) => row.note.length));
  if (model.bench) return { left: Math.min(Math.max(58, 14 + 6.6 * longest), 110), right: 12 };
  if (width < 720) return { left: 112, right: 12 };
  return { left: Math.min(Math.max(168, 16 + 6.4 * longest), 240), right: 12 };
}

// `saved` leaves out what only serves the screen (the overview) and makes room for a heading.
function computeLayout(model, view, width, { saved = false, lanes = 1 } = {}) {
  const { left, right } = margins(model, width);
  const plot = Math.max(40, width - left - right);
  const layout = { width, left, plot, right, saved, pitch: plot / view.span, start: view.start, span: view.span };
  layout.first = Math.max(0, Math.floor(view.start));
  layout.last = Math.min(model.length, Math.ceil(view.start + view.span));
  layout.x = (position) => left + (position - view.start) * layout.pitch;
  const inside = (x) => Math.min(Math.max(x, left), left + plot);
  layout.within = (start, end) => [inside(layout.x(start)), inside(layout.x(end))];
  let y = saved ? 16 : 4;
  if (saved && (model.title || model.name)) {
    layout.heading = { y: y + 16 };
    y += 36;
  }
  y = model.bench ? benchRows(layout, model, y, lanes) : stackRows(layout, model, y);
  layout.legend = { y: y + 20 };
  layout.height = y + (saved ? 58 : 34);
  return layout;
}

function benchRows(layout, model, top, lanes) {
  let y = top;
  if (!layout.saved) {
    layout.overview = { y, h: 30 };
    y += 30 + 30;
  }
  if (model.hasHits) {
    layout.hits = { y, h: 22, pitch: 26 };
    y += 26 * lanes + 4;
  }
  layout.bands = { top: y };
  y += 12;
  const area = 90;
  // Two places for rows at all times, so that the map does not move away under the pointer at the first change.
  const places = Math.max(2, model.rows.length);
  layout.rows = Array.from({ length: places }, (_, i) => rowAt(model, y + i * (area + 10), area));
  y += places * (area + 10) + 4;
  layout.bases = { y: y + 13 };
  layout.ticks = { y: y + 31 };
  y += 40;
  if (model.map) {
    const cell = model.letters.length > 6 ? 15 : 21;
    layout.map = { y, cell, h: cell * model.letters.length };
    y += layout.map.h;
  }
  layout.bands.bottom = y + 3;
  return y + 6;
}

function stackRows(layout, model, top) {
  layout.ticks = { y: top + 11 };
  let y = top + 18;
  if (!layout.saved) layout.overview = { y, h: 5, slim: true };
  y += 16;
  const area = 62;
  const under = model.rows.some((row) => row.refused || row.hits.length) ? 34 : 10;
  layout.rows = model.rows.map((row, i) => rowAt(model, y + i * (area + under), area, row));
  layout.under = under;
  layout.bands = { top: y - 4, bottom: y + model.rows.length * (area + under) };
  return layout.bands.bottom;
}

function rowAt(model, top, area, row) {
  const { up, down } = model.extent;
  const scale = area / (up + down);
  const base = top + up * scale;
  if (!row || !row.refused) return { top, area, scale, base };
  // Not to be read, so its heights need not compare: it is shrunk until it fits.
  const own = readExtent([{ ...row, refused: "" }]);
  return { top, area, base, scale: scale * Math.min(1, up / own.up, down / own.down) };
}

// What lies under a point: {zone, position, row or letter}; zone is overview, map, bases, letters or null.
function locate(layout, model, x, y) {
  const { overview, map, rows, bands } = layout;
  if (overview && y >= overview.y - 3 && y <= overview.y + overview.h + 3) return { zone: "overview" };
  const position = Math.floor(layout.start + (x - layout.left) / layout.pitch);
  const outside = x < layout.left || x >= layout.left + layout.plot || position < 0 || position >= model.length;
  if (outside) return { zone: null };
  if (map && y >= map.y && y < map.y + map.h) {
    return { zone: "map", position, letter: model.letters[Math.floor((y - map.y) / map.cell)] };
  }
  if (y < bands.top || y > bands.bottom) return { zone: null };
  if (layout.bases && y >= layout.bases.y - 16) return { zone: "bases", position };
  const row = rows.findLastIndex((place) => y >= place.top - 6);
  return { zone: "letters", position, row: Math.max(0, row) };
}
