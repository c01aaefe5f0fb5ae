// The one drawing routine. It knows no events and no page: a surface, a model, a layout and a palette.

const NARROW = { I: 0.4 }; // share of the cell a letter may fill; an I stretched to the full width reads as a bar
const LABEL = { size: 13, weight: 500 };
const SMALL = { size: 12.5 };
const MINUS = "\u2212";

function drawTrack(surface, scene) {
  const { model, layout, palette } = scene;
  if (layout.saved) surface.rect(0, 0, layout.width, layout.height, { fill: palette.background });
  if (layout.heading) drawHeading(surface, scene);
  if (layout.overview) drawOverview(surface, scene);
  if (model.bench) {
    if (layout.hits) drawHits(surface, scene);
    drawBands(surface, scene);
  }
  layout.rows.forEach((place, i) => drawRow(surface, scene, place, model.rows[i], i));
  if (layout.bases) drawBases(surface, scene);
  drawTicks(surface, scene);
  if (layout.map) drawMap(surface, scene);
  drawLegend(surface, scene);
}

function drawHeading(surface, { model, layout, palette }) {
  const title = model.title || model.name;
  surface.text(title, 12, layout.heading.y, { size: 16, weight: 600, color: palette.text });
  if (model.title && model.name) {
    const style = { size: 13.5, align: "right", color: palette.muted };
    surface.text(model.name, layout.left + layout.plot, layout.heading.y, style);
  }
}

function drawOverview(surface, scene) {
  const { model, layout, palette, view } = scene;
  const { y, h, slim } = layout.overview;
  const [left, width] = [layout.left, layout.plot];
  const at = (position) => left + (position / model.length) * width;
  const whole = view.span >= model.length - 1e-6;
  if (slim) {
    if (whole) return;
    surface.rect(left, y, width, h, { fill: palette.surface, radius: 2.5 });
    surface.rect(at(view.start), y, (view.span / model.length) * width, h, { fill: palette.reference, radius: 2.5 });
    return;
  }
  const quiet = { ...LABEL, weight: 400, color: palette.muted };
  surface.text("all", left - 10, y + h / 2 + 4.5, { ...quiet, align: "right" });
  surface.rect(left, y, width, h, { fill: palette.surface, radius: 4 });
  const place = [at(view.start) + 0.5, y + 0.5, (view.span / model.length) * width - 1, h - 1];
  surface.rect(...place, { fill: palette.accentSoft, radius: 4 });
  const values = model.rows[0] ? model.rows[0].values : [];
  const room = h - 8;
  const scale = room / (model.extent.up + model.extent.down);
  const zero = y + 4 + model.extent.up * scale;
  const pitch = width / model.length;
  const bar = Math.max(0.8, pitch - (pitch > 3 ? 1 : 0));
  for (let i = 0; i < values.length; i++) {
    const tall = (values[i] || 0) * scale;
    if (!tall) continue;
    const color = tall > 0 ? palette.reference : palette.loss;
    surface.rect(at(i), tall > 0 ? zero - tall : zero, bar, Math.max(0.8, Math.abs(tall)), { fill: color });
  }
  for (const edit of model.edits) {
    surface.rect(at(edit.position + 0.5) - 1, y + h - 5, 2, 5, { fill: palette.accent });
  }
  surface.rect(...place, { stroke: palette.accent, width: 1.5, radius: 4 });
  surface.text("1", left, y + h + 17, { ...SMALL, color: palette.muted });
  const end = `${model.length.toLocaleString("en-US")} ${model.lengthUnit}`;
  surface.text(end, left + width, y + h + 17, { ...SMALL, align: "right", color: palette.muted });
}

function drawHits(surface, { model, layout, palette }) {
  const { y, h, pitch } = layout.hits;
  const quiet = { ...LABEL, weight: 400, color: palette.muted };
  surface.text("motifs", layout.left - 10, y + h / 2 + 4.5, { ...quiet, align: "right" });
  surface.clip(layout.left - 1, y - 2, layout.plot + 2, pitch * 8);
  for (const hit of hitLanes(model.hits)) {
    const [from, to] = layout.within(hit.start, hit.end);
    if (to - from < 2) continue;
    const look = {
      lost: { stroke: palette.loss, dash: [4, 3], color: palette.loss, word: " lost" },
      gained: { stroke: palette.accent, fill: palette.accentSoft, color: palette.accent, word: " gained" },
    }[hit.status] || { stroke: palette.border, fill: palette.surface, color: palette.text, word: "" };
    const top = y + hit.lane * pitch;
    surface.rect(from + 0.5, top + 0.5, to - from - 1, h - 1, { ...look, width: look.word ? 1.25 : 1, radius: 4 });
    const label = fit(surface, String(hit.label ?? "") + look.word, SMALL, to - from - 10);
    surface.text(label, (from + to) / 2, top + h / 2 + 4.5, { ...SMALL, align: "center", color: look.color });
  }
  surface.unclip();
}

function fit(surface, string, style, room) {
  if (surface.measure(string, style) <= room) return string;
  let kept = string;
  while (kept && surface.measure(kept + "…", style) > room) kept = kept.slice(0, -1);
  return kept.length > 1 ? kept + "…" : "";
}

function drawBands(surface, { model, layout, palette, pending }) {
  const { top, bottom } = layout.bands;
  for (const { position } of [...model.edits, ...pending]) {
    if (position < layout.first || position >= layout.last) continue;
    const [from, to] = layout.within(position, position + 1);
    surface.rect(from, top, to - from, bottom - top, { fill: palette.accentSoft, radius: 2 });
  }
}

function drawRow(surface, scene, place, row, index) {
  const { model, layout, palette, pending } = scene;
  const { left, plot } = layout;
  const label = row || { label: "ALT", note: "", tone: "muted", values: [], sequence: "", hits: [] };
  const faint = label.tone === "muted" || label.refused;
  rowLabel(surface, scene, place, label, faint);
  surface.line([[left, place.base + 0.5], [left + plot, place.base + 0.5]], palette.border, 1);
  if (!row && !pending.length) {
    surface.text("no change yet", left + 2, place.base - 8, { ...SMALL, color: palette.muted });
  }
  surface.clip(left, place.top - 6, plot, place.area + 12);
  const color = label.refused ? () => palette.refused : palette.letter;
  const waiting = index === layout.rows.length - 1 && model.bench ? new Map(pending.map((p) => [p.position, p])) : null;
  for (let i = layout.first; i < layout.last; i++) {
    const ahead = waiting?.get(i);
    const value = ahead ? Math.max(Math.abs(label.values[i] || 0), 14 / place.scale) : label.values[i] || 0;
    const letter = ahead ? ahead.letter : label.sequence[i];
    if (value) drawLetter(surface, layout, place, letter, i, value, color(letter), ahead ? 0.45 : 1);
  }
  surface.unclip();
  if (!model.bench) underRow(surface, scene, place, label);
}

function drawLetter(surface, layout, place, letter, position, value, color, opacity) {
  const gap = layout.pitch >= BARS_BELOW ? 1 : layout.pitch > 2 ? 0.5 : 0;
  const room = Math.max(0.5, layout.pitch - gap);
  const tall = Math.min(Math.abs(value) * place.scale, place.area);
  const x = layout.x(position) + gap / 2;
  const top = value > 0 ? place.base - tall : place.base + 1;
  if (layout.pitch < BARS_BELOW || tall < 1.6) {
    surface.rect(x, top, room, Math.max(tall, 0.6), { fill: color });
    return;
  }
  const width = room * (NARROW[letter] || 1);
  surface.glyph(letter, x + (room - width) / 2, top, width, tall, color, opacity);
}

function rowLabel(surface, { model, layout, palette }, place, row, faint) {
  const color = faint ? palette.muted : palette.text;
  if (model.bench) {
    const note = row.tone === "accent" ? palette.accent : palette.muted;
    surface.text(row.label, layout.left - 10, place.base - 20, { ...LABEL, align: "right", color });
    surface.text(row.note || "", layout.left - 10, place.base - 3, { ...SMALL, align: "right", color: note });
    return;
  }
  const room = layout.left - 14;
  const strong = { size: 13.5, weight: 600 };
  surface.text(fit(surface, row.label, strong, room), 0, place.base - 16, { ...strong, color });
  const quiet = { ...LABEL, weight: 400, color: palette.muted };
  surface.text(fit(surface, row.note || "", quiet, room), 0, place.base + 2, quiet);
}

function underRow(surface, { layout, palette }, place, row) {
  const top = place.top + place.area + 3;
  if (row.refused) {
    const style = { size: 13, weight: 600, color: palette.red };
    surface.text(fit(surface, row.refused, style, layout.plot), layout.left, top + 17, style);
    return;
  }
  let free = -Infinity;
  for (const hit of hitLanes(row.hits)) {
    const [from, to] = layout.within(hit.start, hit.end);
    if (to - from < 2 || from < free - 1) continue;
    surface.line([[from + 1, top], [from + 1, top + 4.5], [to - 1, top + 4.5], [to - 1, top]], palette.reference, 1.25);
    const label = String(hit.label ?? "");
    const wide = surface.measure(label, SMALL);
    const middle = Math.min(Math.max((from + to) / 2, layout.left + wide / 2), layout.left + layout.plot - wide / 2);
    if (middle - wide / 2 < free) continue;
    surface.text(label, middle, top + 19, { ...SMALL, align: "center", color: palette.muted });
    free = Math.max(to, middle + wide / 2 + 6);
  }
}

function drawBases(surface, { model, layout, palette, pending }) {
  const { pitch } = layout;
  if (pitch < 8) return;
  const changed = new Set([...model.edits, ...pending].map((edit) => edit.position));
  const ahead = new Map(pending.map((p) => [p.position, p.letter]));
  const size = Math.min(13.5, pitch * 1.1);
  surface.clip(layout.left, layout.bases.y - 16, layout.plot, 24);
  for (let i = layout.first; i < layout.last; i++) {
    const letter = ahead.get(i) || model.edited[i] || "";
    const color = changed.has(i) ? palette.accent : palette.text;
    const style = { size, weight: changed.has(i) ? 700 : 400, align: "center", mono: true, color };
    surface.text(letter, layout.x(i + 0.5), layout.bases.y, style);
  }
  surface.unclip();
}

function drawTicks(surface, { model, layout, palette, pending }) {
  const taken = [];
  const put = (position, style) => {
    if (position + 0.5 < layout.start || position + 0.5 > layout.start + layout.span) return;
    const string = (position + 1).toLocaleString("en-US");
    const half = surface.measure(string, style) / 2 + 4;
    const room = model.bench ? layout.right : 0;
    const least = layout.left + half - 4;
    const most = layout.left + layout.plot + room - half + 4;
    const x = Math.min(Math.max(layout.x(position + 0.5), least), most);
    if (taken.some(([from, to]) => x + half > from && x - half < to)) return;
    taken.push([x - half, x + half]);
    surface.text(string, x, layout.ticks.y, { ...style, align: "center" });
  };
  const strong = { ...SMALL, weight: 700, color: palette.accent };
  for (const { position } of [...pending, ...model.edits]) put(position, strong);
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => s * layout.pitch >= 46) || 10000;
  const plain = { ...SMALL, color: palette.muted };
  if (!model.bench) for (const position of [0, model.length - 1]) put(position, plain);
  for (let p = Math.ceil((layout.first + 1) / step) * step; p <= layout.last; p += step) put(p - 1, plain);
}

function cellBox(layout, position, row) {
  const gap = layout.pitch >= 4 ? 1 : 0;
  const { y, cell } = layout.map;
  return [layout.x(position) + gap / 2, y + row * cell + 0.5, layout.pitch - gap, cell - 1];
}

function drawMap(surface, { model, layout, palette, pending }) {
  const { map, letters } = model;
  const radius = layout.pitch >= 8 ? 2 : 0;
  const small = { size: layout.map.cell > 16 ? 13 : 12, weight: 600, align: "right" };
  surface.clip(layout.left, layout.map.y - 2, layout.plot, layout.map.h + 4);
  letters.forEach((letter, row) => {
    const values = map.values[row] || [];
    for (let i = layout.first; i < layout.last; i++) {
      const [x, y, w, h] = cellBox(layout, i, row);
      const reference = model.sequence[i] === letter;
      if (!(reference && model.edited[i] === letter)) {
        const value = values[i];
        const missing = value === null || value === undefined;
        const fill = missing ? palette.border : palette.effect(value, map.limit);
        surface.rect(x, y, layout.pitch < 3 ? w + 0.3 : w, h, { fill, radius });
      }
      if (reference && layout.pitch >= 4) {
        const onColor = model.edited[i] !== letter && Math.abs(values[i] || 0) > 0.3 * map.limit;
        const radius = Math.min(2.5, layout.pitch * 0.22);
        surface.circle(x + w / 2, y + h / 2, radius, onColor ? palette.background : palette.reference);
      }
    }
  });
  for (const { position, letter } of [...model.edits, ...pending]) {
    const row = letters.indexOf(letter);
    if (row < 0 || position < layout.first || position >= layout.last) continue;
    const [x, y, w, h] = cellBox(layout, position, row);
    const frame = { stroke: palette.accent, width: 2, radius: radius && 3 };
    surface.rect(x + 0.5, y + 0.5, Math.max(2, w - 1), h - 1, frame);
  }
  surface.unclip();
  letters.forEach((letter, row) => {
    const y = layout.map.y + (row + 0.5) * layout.map.cell + 4.5;
    surface.text(letter, layout.left - 12, y, { ...small, color: palette.smallLetter(letter) });
  });
}

function niceLength(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((m) => m * power).find((v) => v <= most * 1.0001) || power;
}

function drawLegend(surface, scene) {
  const { model, layout, palette } = scene;
  const y = layout.legend.y;
  const style = { ...SMALL, color: palette.muted };
  const put = (string, x) => {
    surface.text(string, x, y, style);
    return x + surface.measure(string, style);
  };
  let x = layout.left;
  if (model.map) {
    const limit = formatNumber(model.map.limit, Math.max(1, model.digits - 1));
    x = put(model.map.unit ? `change in ${model.map.unit}` : "change", x) + 20;
    x = put(MINUS + limit, x) + 7;
    const [wide, parts] = [140, 70];
    for (let i = 0; i < parts; i++) {
      const t = ((i + 0.5) / parts) * 2 - 1; // even steps of the effect, so the strip reads like an axis
      const from = x + (i * wide) / parts;
      surface.rect(from, y - 10, wide / parts + (i < parts - 1 ? 0.6 : 0), 11, { fill: palette.effect(t, 1) });
    }
    x = put("+" + limit, x + wide + 7) + 24;
    surface.circle(x, y - 4.5, 2.5, palette.reference);
    x = put(model.protein ? "reference residue" : "reference base", x + 9) + 24;
  }
  if (!model.rows.length) return;
  const scale = layout.rows[0].scale;
  const length = niceLength(16 / scale);
  const [top, bottom] = [y + 1 - length * scale, y + 1];
  surface.line([[x - 2, top], [x + 4, top]], palette.muted, 1);
  surface.line([[x + 1, top], [x + 1, bottom]], palette.muted, 1);
  surface.line([[x - 2, bottom], [x + 4, bottom]], palette.muted, 1);
  const size = `${formatNumber(length)} ${model.unit || "letter height"}`;
  put(model.bench ? size : `${size} · one scale for all rows`, x + 11);
  if (layout.saved) drawFooter(surface, scene, style);
}

function drawFooter(surface, { model, layout }, style) {
  const [from, to] = [Math.floor(layout.start) + 1, Math.min(model.length, Math.ceil(layout.start + layout.span))];
  const text = `positions ${from} to ${to} of ${model.length.toLocaleString("en-US")}`;
  surface.text(text, layout.left, layout.legend.y + 22, style);
}

// What follows the pointer and the keyboard; on a second canvas, so that moving redraws almost nothing.
function drawMarks(surface, { model, layout, palette, active, selection }) {
  const { top, bottom } = layout.bands;
  surface.clip(layout.left - 2, 0, layout.plot + 4, layout.height);
  if (selection) {
    const [from, to] = [layout.x(selection.start), layout.x(selection.end)];
    surface.context.globalAlpha = 0.09;
    surface.rect(from, top, to - from, bottom - top, { fill: palette.accent });
    surface.context.globalAlpha = 1;
    surface.line([[from, top], [from, bottom]], palette.accent, 1);
    surface.line([[to, top], [to, bottom]], palette.accent, 1);
  }
  if (active) {
    const row = layout.map && active.letter ? model.letters.indexOf(active.letter) : -1;
    surface.context.globalAlpha = 0.055;
    const wide = Math.max(layout.pitch, 2);
    surface.rect(layout.x(active.position), top, wide, bottom - top, { fill: palette.text });
    surface.context.globalAlpha = 1;
    if (row >= 0) {
      const [x, y, w, h] = cellBox(layout, active.position, row);
      const radius = layout.pitch >= 8 ? 3 : 0;
      surface.rect(x + 0.25, y + 0.25, Math.max(2, w - 0.5), h - 0.5, { stroke: palette.text, width: 1.5, radius });
    }
  }
  surface.unclip();
}
