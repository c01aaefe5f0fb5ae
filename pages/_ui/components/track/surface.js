// Two surfaces with one small interface, so that the screen, the PNG and the SVG come from the same drawing routine.
// Lengths are CSS pixels; text sits on its base line.

const PATHS = new Map();
function glyphPath(letter) {
  if (!PATHS.has(letter)) PATHS.set(letter, GLYPHS[letter] ? new Path2D(GLYPHS[letter]) : null);
  return PATHS.get(letter);
}

class CanvasSurface {
  constructor(canvas, width, height, ratio, palette) {
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    this.context = canvas.getContext("2d");
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.palette = palette;
  }

  rect(x, y, w, h, { fill, stroke, width = 1, radius = 0, dash = [] }) {
    const c = this.context;
    if (!radius && !stroke) {
      c.fillStyle = fill;
      c.fillRect(x, y, w, h);
      return;
    }
    c.beginPath();
    if (radius) c.roundRect(x, y, w, h, radius);
    else c.rect(x, y, w, h);
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    if (stroke) {
      c.strokeStyle = stroke;
      c.lineWidth = width;
      c.setLineDash(dash);
      c.stroke();
      c.setLineDash([]);
    }
  }

  line(points, color, width = 1) {
    const c = this.context;
    c.beginPath();
    points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.strokeStyle = color;
    c.lineWidth = width;
    c.stroke();
  }

  circle(x, y, radius, fill) {
    const c = this.context;
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fillStyle = fill;
    c.fill();
  }

  font({ size = 13, weight = 400, mono = false }) {
    return `${weight} ${size}px ${mono ? this.palette.codeFont : this.palette.font}`;
  }

  text(string, x, y, style) {
    const c = this.context;
    c.font = this.font(style);
    c.textAlign = style.align || "left";
    c.fillStyle = style.color;
    c.fillText(string, x, y);
  }

  measure(string, style) {
    this.context.font = this.font(style);
    return this.context.measureText(string).width;
  }

  glyph(letter, x, y, w, h, color, opacity = 1) {
    const path = glyphPath(letter);
    const c = this.context;
    c.globalAlpha = opacity;
    c.fillStyle = color;
    if (path) {
      c.save();
      c.translate(x, y);
      c.scale(w / 1000, h / 1000);
      c.fill(path);
      c.restore();
    } else c.fillRect(x, y + h * 0.4, w, h * 0.2); // a gap, a stop or a letter of no alphabet
    c.globalAlpha = 1;
  }

  clip(x, y, w, h) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, w, h);
    this.context.clip();
  }

  unclip() {
    this.context.restore();
  }
}

const SVG_FONTS = {
  sans: "'Source Sans 3','Source Sans Pro','Source Sans',Helvetica,Arial,sans-serif",
  mono: "'Source Code Pro','Source Code',Menlo,Consolas,monospace",
};
const escapeXml = (string) =>
  String(string)
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "") // not allowed in XML, even escaped
    .replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]);
const short = (number) => String(Math.round(number * 100) / 100);

class SvgSurface {
  constructor(width, height, measuring) {
    Object.assign(this, { width, height, measuring, parts: [], definitions: [], used: new Set(), clips: 0 });
  }

  rect(x, y, w, h, { fill, stroke, width = 1, radius = 0, dash = [] }) {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}"`;
    const rounded = radius ? ` rx="${radius}"` : "";
    const edge = stroke ? ` stroke="${escapeXml(stroke)}" stroke-width="${width}"` : "";
    const dashed = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.parts.push(`<rect ${place}${rounded} fill="${escapeXml(fill || "none")}"${edge}${dashed}/>`);
  }

  line(points, color, width = 1) {
    const list = points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ");
    this.parts.push(`<polyline points="${list}" fill="none" stroke="${escapeXml(color)}" stroke-width="${width}"/>`);
  }

  circle(x, y, radius, fill) {
    this.parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${escapeXml(fill)}"/>`);
  }

  text(string, x, y, { size = 13, weight = 400, mono = false, align = "left", color }) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const font = `font-family="${mono ? SVG_FONTS.mono : SVG_FONTS.sans}" font-size="${size}" font-weight="${weight}"`;
    const place = `x="${short(x)}" y="${short(y)}" text-anchor="${anchor}"`;
    this.parts.push(`<text ${place} ${font} fill="${escapeXml(color)}">${escapeXml(string)}</text>`);
  }

  measure(string, style) {
    return this.measuring.measure(string, style);
  }

  glyph(letter, x, y, w, h, color, opacity = 1) {
    if (!GLYPHS[letter]) return this.rect(x, y + h * 0.4, w, h * 0.2, { fill: color });
    if (!this.used.has(letter)) {
      this.used.add(letter);
      this.definitions.push(`<path id="letter-${letter}" d="${GLYPHS[letter]}"/>`);
    }
    const scale = `matrix(${(w / 1000).toFixed(5)} 0 0 ${(h / 1000).toFixed(5)} ${short(x)} ${short(y)})`;
    const faded = opacity < 1 ? ` opacity="${opacity}"` : "";
    this.parts.push(`<use xlink:href="#letter-${letter}" transform="${scale}" fill="${escapeXml(color)}"${faded}/>`);
  }

  clip(x, y, w, h) {
    this.clips += 1;
    const box = `<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}"/>`;
    this.definitions.push(`<clipPath id="clip-${this.clips}">${box}</clipPath>`);
    this.parts.push(`<g clip-path="url(#clip-${this.clips})">`);
  }

  unclip() {
    this.parts.push("</g>");
  }

  toString(title, description) {
    const [w, h] = [short(this.width), short(this.height)];
    const spaces = `xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`;
    return [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<svg ${spaces} width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
      `<title>${escapeXml(title)}</title><desc>${escapeXml(description)}</desc>`,
      `<defs>${this.definitions.join("")}</defs>`,
      ...this.parts,
      "</svg>",
    ].join("\n");
  }
}
