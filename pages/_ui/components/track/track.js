// The component: one Track an element, which outlives the reruns of the page. Streamlit calls the default export
// whenever the data or the theme changes; zoom, cursor and focus stay as they are unless the sequence is another one.

const GIVE_UP = 20000; // ms after which a change the server never answered is no longer shown as under way

const NOTHING_SEEN = {
  view: null, // what is in sight: {start, span}
  touched: false, // whether the person chose the view
  cursor: null, // where the keyboard is: {position, letter, row}
  hovered: null, // what the pointer is on, in the same form
  selection: null, // {anchor, start, end, row}
  pending: [], // changes the server has not answered: {position, letter, event}
  lanes: 1, // rows of motif boxes, never fewer than before, so that the map stays where it is
};

class Track {
  constructor(root) {
    Object.assign(this, { root, outbox: new Outbox(), width: 0, focused: false, ...NOTHING_SEEN });
    this.parts = buildParts(this);
    this.chooser = new Chooser(this);
    this.setMode("mutate");
    listen(this);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(root);
    this.onWindow = () => this.redraw(); // browser zoom and a move to another screen change the pixel ratio
    window.addEventListener("resize", this.onWindow);
  }

  // --- data in -------------------------------------------------------------------------------------------------

  update({ data, setTriggerValue }) {
    const began = performance.now();
    this.outbox.trigger = setTriggerValue;
    const model = readModel(data);
    if (this.model && this.model.identity !== model.identity) this.forget();
    this.model = model;
    if (!model.bench && this.mode === "mutate") this.setMode("pan");
    this.lanes = Math.max(this.lanes, 1, ...hitLanes(model.hits).map((hit) => hit.lane + 1));
    this.settle(data.answered || 0);
    this.palette = readPalette(this.root, model.letters);
    this.root.classList.toggle("stack", !model.bench);
    this.writeCaption();
    this.resize();
    this.redraw();
    this.parts.stage.dataset.updateMs = (performance.now() - began).toFixed(2);
    this.loadFonts();
  }

  forget() {
    this.chooser.close();
    Object.assign(this, NOTHING_SEEN);
  }

  loadFonts() {
    if (this.fontsAsked) return;
    this.fontsAsked = true;
    const wanted = [this.palette.font, this.palette.codeFont].flatMap((f) => [400, 600].map((w) => `${w} 13px ${f}`));
    Promise.allSettled(wanted.map((font) => document.fonts.load(font))).then(() => this.redraw());
  }

  writeCaption() {
    const { model } = this;
    const name = make("span", { className: "name", textContent: model.name });
    const about = make("span", { textContent: composition(model) });
    this.parts.caption.replaceChildren(...(model.name ? [name, about] : [about]));
    this.parts.stage.setAttribute("aria-label", describeTrack(model));
  }

  // --- drawing -------------------------------------------------------------------------------------------------

  scene() {
    const { model, palette, view, layout, pending, selection } = this;
    return { model, palette, view, layout, pending, selection, active: this.active() };
  }

  resize() {
    const width = Math.floor(this.parts.stage.clientWidth);
    if (!this.model || width <= 0) return;
    if (width !== this.width || !this.view) {
      this.width = width;
      const { left, right } = margins(this.model, width);
      if (!this.view || !this.touched) this.view = firstView(this.model, width - left - right);
      this.redraw();
    }
  }

  redraw() {
    if (!this.view || this.drawAsked) return;
    this.drawAsked = true;
    requestAnimationFrame(() => {
      this.drawAsked = false;
      this.draw();
    });
  }

  draw() {
    if (!this.view) return;
    const began = performance.now();
    const { parts, width, model } = this;
    this.layout = computeLayout(model, this.view, width, { lanes: this.lanes });
    const { height } = this.layout;
    for (const canvas of [parts.canvas, parts.marks]) canvas.style.cssText = `width:${width}px;height:${height}px`;
    this.root.classList.toggle("narrow", this.layout.plot < 800);
    drawTrack(new CanvasSurface(parts.canvas, width, height, window.devicePixelRatio || 1, this.palette), this.scene());
    this.drawTop();
    this.chooser.place();
    const { left, pitch, map, bases } = this.layout;
    parts.stage.dataset.layout = JSON.stringify({ ...this.view, left, pitch, map, bases }); // where a test may click
    parts.stage.dataset.drawMs = (performance.now() - began).toFixed(2);
    parts.stage.dataset.draws = Number(parts.stage.dataset.draws || 0) + 1;
  }

  drawTop() {
    if (!this.layout) return;
    const { width, height } = this.layout;
    const surface = new CanvasSurface(this.parts.marks, width, height, window.devicePixelRatio || 1, this.palette);
    const scene = this.scene();
    drawMarks(surface, scene);
    const { strong, rest } = this.say(scene.active);
    this.parts.readout.replaceChildren(make("b", { textContent: strong }), ` ${rest}`);
    this.parts.readout.classList.toggle("hint", !strong);
  }

  active() {
    return this.hovered || (this.focused ? this.cursor : null);
  }

  say(active) {
    const waiting = active && this.pending.find((p) => p.position === active.position && p.letter === active.letter);
    if (waiting) {
      const strong = `${this.model.edited[waiting.position]}${waiting.position + 1}${waiting.letter}`;
      return { strong, rest: "waiting for the prediction", spoken: "" };
    }
    return describe(this.model, active, this.selection, this.focused);
  }

  speak(text, delay = 0) {
    clearTimeout(this.speaking);
    const { spoken } = this.parts;
    this.speaking = setTimeout(() => (spoken.textContent = text ?? this.say(this.active()).spoken), delay);
  }

  // --- looking around ------------------------------------------------------------------------------------------

  setView(view) {
    this.view = clampView(view, this.model.length);
    this.touched = true;
    this.redraw();
    return true;
  }

  zoom(factor, around) {
    const { view, cursor, model } = this;
    if (!view) return true;
    const inView = this.focused && cursor && cursor.position >= view.start && cursor.position < view.start + view.span;
    const middle = around ?? (inView ? cursor.position + 0.5 : view.start + view.span / 2);
    return this.setView(zoomView(view, model.length, Math.min(factor, model.length), middle));
  }

  setMode(mode) {
    this.mode = mode;
    Object.keys(MODES).forEach((name, i) => {
      this.parts.modeButtons[i].setAttribute("aria-pressed", String(name === mode));
    });
  }

  setKeyboard(on) {
    this.root.classList.toggle("keys", on);
  }

  point(found) {
    const same = this.hovered && found && ["position", "letter", "row"].every((k) => this.hovered[k] === found[k]);
    if (same || (!found && !this.hovered)) return;
    this.hovered = found;
    this.drawTop();
    if (found) this.speak(undefined, 400);
  }

  focus(on) {
    this.focused = on;
    if (on && !this.cursor) this.cursor = this.firstCursor();
    if (on && this.parts.stage.matches(":focus-visible")) this.setKeyboard(true);
    this.drawTop();
    if (on) this.speak(undefined, 300);
  }

  firstCursor() {
    const { model, view } = this;
    const edit = model.edits.at(-1);
    const position = edit ? edit.position : Math.min(model.length - 1, Math.floor(view.start + view.span / 2));
    return { position, letter: model.map ? model.letters[0] : null, row: 0 };
  }

  setCursor(cursor) {
    this.cursor = cursor;
    const { start, span } = this.view;
    const { position } = cursor;
    const margin = Math.min(2, span / 4);
    if (position < start) this.setView({ span, start: position - margin });
    else if (position + 1 > start + span) this.setView({ span, start: position + 1 + margin - span });
    this.drawTop();
    return true;
  }

  move(across, down, extend) {
    this.cursor ??= this.firstCursor();
    let { letter, row } = this.cursor;
    const { model } = this;
    if (model.bench && model.map && down) {
      const line = Math.min(model.letters.length - 1, Math.max(-1, model.letters.indexOf(letter) + down));
      letter = line < 0 ? null : model.letters[line];
    } else if (down) row = Math.min(model.rows.length - 1, Math.max(0, row + down));
    return this.moveTo(this.cursor.position + across, extend, letter, row);
  }

  moveTo(wanted, extend, letter, row) {
    this.cursor ??= this.firstCursor();
    const position = Math.min(this.model.length - 1, Math.max(0, wanted));
    const anchor = extend ? (this.selection?.anchor ?? this.cursor.position) : null;
    const kept = letter === undefined ? this.cursor.letter : letter;
    const cursor = { position, letter: kept, row: row ?? this.cursor.row };
    this.hovered = null;
    this.chooser.close();
    if (extend) this.select(anchor, position, cursor.row);
    else this.select(null);
    this.setCursor(cursor);
    this.speak(undefined, 60);
    return true;
  }

  select(anchor, to, row = 0) {
    const [start, end] = [Math.min(anchor, to), Math.max(anchor, to) + 1];
    this.selection = anchor === null ? null : { anchor, start, end, row };
    this.drawTop();
  }

  copySelection() {
    const { start, end, row } = this.selection;
    const text = (this.model.bench ? this.model.edited : this.model.rows[row]?.sequence || "").slice(start, end);
    navigator.clipboard?.writeText(text).then(
      () => this.speak(`Copied ${end - start} letters`),
      () => this.speak("The browser did not allow the copy"),
    );
    return true;
  }

  leave() {
    if (this.chooser.isOpen) this.chooser.close();
    else {
      this.select(null);
      this.parts.stage.blur();
    }
    return true;
  }

  // --- changing the sequence -----------------------------------------------------------------------------------

  present(position) {
    const ahead = this.pending.findLast((p) => p.position === position);
    return ahead ? ahead.letter : this.model.edited[position];
  }

  applyActive() {
    const { letter, position } = this.active() || {};
    return letter ? this.apply(position, letter) : this.openChooser(position ?? this.cursor.position);
  }

  apply(position, letter) {
    const { model } = this;
    const before = this.present(position);
    this.chooser.close();
    if (!model.bench || letter === before || position >= model.length) return true;
    const back = letter === model.sequence[position];
    const event = back ? { kind: "reset", position, positions: [position] } : { kind: "mutate", position, letter };
    this.change([{ position, letter }], event);
    this.speak(`${before} ${position + 1} ${letter} ${back ? "restored" : "applied"}`);
    return true;
  }

  restore() {
    const { model, selection } = this;
    const [from, to] = selection ? [selection.start, selection.end] : [this.cursor.position, this.cursor.position + 1];
    const inRange = Array.from({ length: to - from }, (_, i) => from + i);
    const positions = inRange.filter((position) => this.present(position) !== model.sequence[position]);
    if (!positions.length) {
      this.speak("Nothing to restore here");
      return true;
    }
    const letters = positions.map((position) => ({ position, letter: model.sequence[position] }));
    this.change(letters, { kind: "reset", position: positions[0], positions });
    return true;
  }

  // Shows the change at once; the server's answer replaces it.
  change(edits, event) {
    const mine = edits.map((edit) => ({ ...edit, event }));
    const touched = new Set(edits.map((edit) => edit.position));
    this.pending = [...this.pending.filter((p) => !touched.has(p.position)), ...mine];
    this.draw();
    this.send(event);
    setTimeout(() => {
      this.pending = this.pending.filter((p) => p.event !== event);
      this.redraw();
    }, GIVE_UP);
  }

  send(event) {
    this.outbox.send(event);
    return true;
  }

  settle(answered) {
    const settled = this.outbox.settle(answered);
    const left = this.pending.filter((p) => !settled(p.event));
    const last = this.model.rows.at(-1);
    if (left.length < this.pending.length && last?.note) this.speak(`${last.label} ${last.note}`);
    this.pending = left;
  }

  openChooser(position) {
    if (!this.model.bench) return false;
    this.chooser.open(position);
    return true;
  }

  remove() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onWindow);
    for (const timer of [this.speaking, this.outbox.timer]) clearTimeout(timer);
  }
}

const TRACKS = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".track");
  if (!root || !component.data) return undefined;
  if (!TRACKS.has(root)) TRACKS.set(root, new Track(root));
  const track = TRACKS.get(root);
  track.update(component);
  return () => {
    track.remove();
    TRACKS.delete(root);
  };
}
