// The elements of the track. Text from people enters through textContent only.

const ICONS = {
  in: "M10 4a6 6 0 1 0 0 12a6 6 0 0 0 0-12M14.5 14.5L20 20M10 7.5v5M7.5 10h5",
  out: "M10 4a6 6 0 1 0 0 12a6 6 0 0 0 0-12M14.5 14.5L20 20M7.5 10h5",
  save: "M12 4v11M7.5 11L12 15.5L16.5 11M5 16.5V20h14v-3.5",
};
const MODES = { mutate: "Click to mutate", select: "Select", pan: "Pan" };

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function makeButton(properties, ...children) {
  return make("button", { type: "button", ...properties }, ...children);
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function buildParts(track) {
  const tool = (name, label, onclick) =>
    makeButton({ className: "tool", title: label, "aria-label": label, onclick }, icon(name));
  const save = (kind) => {
    const label = kind.toUpperCase();
    const onclick = () => saveFigure(track, kind);
    return makeButton({ className: "tool wide", "aria-label": `Save as ${label}`, onclick }, icon("save"), label);
  };
  const modeButtons = Object.entries(MODES).map(([mode, textContent]) =>
    makeButton({ className: "mode", textContent, onclick: () => track.setMode(mode) }),
  );
  const parts = {
    modeButtons,
    caption: make("div", { className: "caption" }),
    canvas: make("canvas", { "aria-hidden": "true" }),
    marks: make("canvas", { className: "marks", "aria-hidden": "true" }),
    chooser: make("div", { className: "chooser", role: "group", hidden: true }),
    readout: make("div", { className: "readout", "aria-hidden": "true" }),
    spoken: make("div", { className: "spoken", "aria-live": "polite" }),
  };
  const tools = make(
    "div",
    { className: "tools" },
    make("div", { className: "modes", role: "group", "aria-label": "What the pointer does" }, ...modeButtons),
    tool("in", "Zoom in", () => track.zoom(1 / 1.4)),
    tool("out", "Zoom out", () => track.zoom(1.4)),
    save("svg"),
    save("png"),
  );
  const stage = { className: "stage", tabIndex: 0, role: "application" };
  parts.stage = make("div", stage, parts.canvas, parts.marks, parts.chooser);
  parts.frame = make("div", { className: "frame" }, parts.stage);
  const figure = make("div", { className: "figure" }, parts.frame, parts.readout);
  track.root.replaceChildren(make("div", { className: "bar" }, parts.caption, tools), figure, parts.spoken);
  return parts;
}
