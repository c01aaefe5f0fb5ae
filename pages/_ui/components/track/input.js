// Pointer, wheel and keyboard. Each handler works out what was meant and calls one verb of the track.

const STILL = 4; // px a pointer may move and still click

function listen(track) {
  const { stage } = track.parts;
  let drag = null;

  const place = (event) => {
    const box = track.parts.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const find = (event) => locate(track.layout, track.model, ...place(event));

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !track.layout || track.parts.chooser.contains(event.target)) return;
    track.chooser.close();
    track.setKeyboard(false);
    const [x] = place(event);
    const found = find(event);
    drag = { x, from: { ...track.view }, found, moved: false, kind: dragKind(track, found, x) };
    if (drag.kind) stage.setPointerCapture(event.pointerId);
  });

  stage.addEventListener("pointermove", (event) => {
    if (!track.layout || track.parts.chooser.contains(event.target)) return;
    const [x] = place(event);
    if (drag && Math.abs(x - drag.x) > STILL) drag.moved = true;
    if (drag && drag.kind && drag.moved) moveDrag(track, drag, x);
    const found = find(event);
    stage.style.cursor = cursorFor(track, found, x, drag);
    track.point(found.position === undefined || (drag && drag.moved) ? null : found);
  });

  const finish = (event) => {
    const done = drag;
    drag = null;
    if (!done || event.type === "pointercancel") return;
    if (!done.moved) clickAt(track, done.found, place(event)[0], event.shiftKey);
  };
  stage.addEventListener("pointerup", finish);
  stage.addEventListener("pointercancel", finish);
  stage.addEventListener("pointerleave", () => track.point(null));
  stage.addEventListener("wheel", (event) => turnWheel(track, event, place(event)[0]), { passive: false });
  stage.addEventListener("keydown", (event) => {
    if (!track.layout || event.target !== stage || !pressKey(track, event)) return;
    track.setKeyboard(true);
    event.preventDefault();
    event.stopPropagation(); // Streamlit listens for C (clear caches) and R (run again) on the page
  });
  stage.addEventListener("focus", () => track.focus(true));
  stage.addEventListener("blur", () => track.focus(false));
}

function dragKind(track, found, x) {
  if (found.zone === "overview") {
    const { left, plot } = track.layout;
    const at = (position) => left + (position / track.model.length) * plot;
    const [from, to] = [at(track.view.start), at(track.view.start + track.view.span)];
    if (!track.layout.overview.slim && Math.abs(x - from) < 6) return "left edge";
    if (!track.layout.overview.slim && Math.abs(x - to) < 6) return "right edge";
    if (x < from || x > to) track.setView({ ...track.view, start: positionAt(track, x) - track.view.span / 2 });
    return "window";
  }
  if (track.mode === "pan") return "pan";
  return track.mode === "select" && found.position !== undefined ? "select" : null;
}

const positionAt = (track, x) => ((x - track.layout.left) / track.layout.plot) * track.model.length; // in the overview

function moveDrag(track, drag, x) {
  const { layout, model } = track;
  const { from } = drag;
  if (drag.kind === "pan") track.setView({ ...from, start: from.start - (x - drag.x) / layout.pitch });
  if (drag.kind === "window") {
    drag.origin ??= { ...track.view, x: drag.x };
    track.setView({ ...drag.origin, start: drag.origin.start + ((x - drag.origin.x) / layout.plot) * model.length });
  }
  if (drag.kind === "left edge") {
    const end = from.start + from.span;
    const start = Math.min(Math.max(0, positionAt(track, x)), end - Math.min(SHORTEST_SPAN, model.length));
    track.setView({ start, span: end - start });
  }
  if (drag.kind === "right edge") {
    track.setView({ ...from, span: Math.min(model.length, positionAt(track, x)) - from.start });
  }
  if (drag.kind === "select") {
    const now = Math.floor(layout.start + (x - layout.left) / layout.pitch);
    track.select(drag.found.position, Math.min(model.length - 1, Math.max(0, now)), drag.found.row);
  }
}

function clickAt(track, found, x, extend) {
  if (found.position === undefined) return;
  const before = track.cursor;
  track.setCursor({ position: found.position, letter: found.letter || null, row: found.row || 0 });
  if (track.mode === "select") {
    track.select(extend && before ? before.position : found.position, found.position, found.row);
  } else if (track.mode === "mutate" && track.model.bench) {
    track.select(null);
    if (found.zone === "map") track.apply(found.position, found.letter);
    else track.openChooser(found.position);
  }
}

function cursorFor(track, found, x, drag) {
  if (found.zone === "overview") {
    const kind = drag?.kind || (track.layout.overview.slim ? "window" : edgeUnder(track, x) ? "edge" : "window");
    return kind.includes("edge") ? "ew-resize" : drag ? "grabbing" : "grab";
  }
  if (track.mode === "pan") return drag ? "grabbing" : "grab";
  if (found.position === undefined) return "default";
  if (track.mode === "select") return "text";
  return track.model.bench ? "pointer" : "crosshair";
}

function edgeUnder(track, x) {
  const { left, plot } = track.layout;
  return [track.view.start, track.view.start + track.view.span].some(
    (position) => Math.abs(x - left - (position / track.model.length) * plot) < 6,
  );
}

function turnWheel(track, event, x) {
  if (!track.layout) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault(); // else the browser zooms the whole page
    const around = track.layout.start + (x - track.layout.left) / track.layout.pitch;
    track.zoom(Math.exp(Math.min(60, Math.max(-60, event.deltaY)) / 150), around);
    return;
  }
  const sideways = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
  if (!sideways || Math.abs(sideways) < Math.abs(event.deltaY) * (event.shiftKey ? 0 : 1)) return;
  event.preventDefault();
  track.setView({ ...track.view, start: track.view.start + sideways / track.layout.pitch });
}

// True if the key was meant for the track; any other key goes on to the page, Tab first of all.
function pressKey(track, event) {
  const { key } = event;
  const letter = key.length === 1 ? key.toUpperCase() : "";
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) {
    if (letter === "Z" && track.model.bench) return track.send({ kind: event.shiftKey ? "redo" : "undo" });
    if (letter === "Y" && track.model.bench) return track.send({ kind: "redo" });
    if (letter === "C" && track.selection) return track.copySelection();
    return false;
  }
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (step) return track.move(...step, event.shiftKey);
  if (key === "Home" || key === "End") return track.moveTo(key === "Home" ? 0 : track.model.length - 1, event.shiftKey);
  if (key === "+" || key === "=") return track.zoom(1 / 1.4);
  if (key === "-" || key === "_") return track.zoom(1.4);
  if (key === "0") return track.zoom(Infinity);
  if (key === "Escape") return track.leave();
  if (!track.model.bench) return false;
  if (key === "Delete" || key === "Backspace") return track.restore();
  if (key === "Enter") return track.applyActive();
  if (key === " ") return track.openChooser(track.cursor.position);
  return track.model.letters.includes(letter) ? track.apply(track.cursor.position, letter) : false;
}
