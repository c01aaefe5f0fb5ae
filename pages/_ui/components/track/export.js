// Saving the figure as it is seen: the same drawing, with its title, name, scale and range, without the overview.

function figureScene(track) {
  const { model, view, width, lanes } = track;
  const layout = computeLayout(model, view, width, { saved: true, lanes });
  return { ...track.scene(), layout, pending: [], active: null, selection: null };
}

function figureName(track, extension) {
  const { model, view } = track;
  const safe = (model.name || model.title || "track").normalize("NFKD").replace(/[^\w.-]+/g, "_").replace(/^[._]+/, "");
  const [from, to] = [Math.floor(view.start) + 1, Math.min(model.length, Math.ceil(view.start + view.span))];
  return `${safe.slice(0, 80) || "track"}_${from}-${to}.${extension}`;
}

function figureSvg(track) {
  const scene = figureScene(track);
  const { width, height } = scene.layout;
  const canvas = document.createElement("canvas");
  const surface = new SvgSurface(width, height, new CanvasSurface(canvas, 10, 10, 1, scene.palette));
  drawTrack(surface, scene);
  const { model } = scene;
  const scale = model.map ? ` Colour from ${-model.map.limit} to ${model.map.limit} ${model.map.unit}.` : "";
  const description = `${model.name || "Sequence"}, ${composition(model)}.${scale} Heights share one scale.`;
  return surface.toString(model.title || model.name || "Sequence track", description);
}

function figurePng(track, whenDone) {
  const scene = figureScene(track);
  const canvas = document.createElement("canvas");
  const ratio = Math.max(3, window.devicePixelRatio || 1); // 3 keeps print at about 290 dots an inch
  drawTrack(new CanvasSurface(canvas, scene.layout.width, scene.layout.height, ratio, scene.palette), scene);
  canvas.toBlob(whenDone, "image/png");
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function saveFigure(track, kind) {
  if (!track.layout) return;
  const name = figureName(track, kind);
  if (kind === "svg") download(new Blob([figureSvg(track)], { type: "image/svg+xml" }), name);
  else figurePng(track, (blob) => blob && download(blob, name));
}
