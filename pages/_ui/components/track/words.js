// What the read-out says, for the eye and for the ear. Positions are 1-based here, as everywhere on screen.

function formatNumber(value, digits) {
  if (digits === undefined) return String(Number(value.toPrecision(2)));
  return Math.abs(value) >= 100 && digits < 3 ? String(Math.round(Math.abs(value))) : Math.abs(value).toFixed(digits);
}

function signed(value, digits = 2) {
  if (value === null || value === undefined) return "no value";
  const text = formatNumber(value, digits);
  if (Number(text) === 0) return text;
  return (value > 0 ? "+" : MINUS) + text;
}

function spokenNumber(value, digits = 2) {
  if (value === null || value === undefined) return "no value";
  const text = formatNumber(value, digits);
  return value < 0 && Number(text) !== 0 ? `minus ${text}` : text;
}

// What a model answers, a probability or a value: with a true minus and no other sign.
function answered(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

// {strong, rest, spoken}: the first part is set in bold.
function describe(model, active, selection, focused) {
  if (selection && selection.end - selection.start > 1) return describeSelection(model, selection);
  if (!active) {
    const cells = model.bench && model.map;
    const rest = cells ? "Point at a cell to read it, click to apply it" : "Point at a letter to read it";
    return { strong: "", rest, spoken: "" };
  }
  return active.letter && model.map ? describeCell(model, active, focused) : describeLetters(model, active);
}

function describeCell(model, { position, letter }, focused) {
  const row = model.letters.indexOf(letter);
  const present = model.edited[position];
  const reference = model.sequence[position];
  const number = position + 1;
  if (letter === present) {
    const strong = `${present}${number}`;
    if (present === reference) {
      return { strong, rest: "reference", spoken: `Position ${number}, ${present}, the reference` };
    }
    const rest = `changed from ${reference} · press Delete to restore it`;
    return { strong, rest, spoken: `Position ${number}, ${present}, changed from ${reference}` };
  }
  const value = model.map.values[row]?.[position];
  const chance = model.map.probabilities?.[row]?.[position];
  const unit = model.map.unit ? ` ${model.map.unit}` : "";
  const known = chance !== null && chance !== undefined;
  const act = letter === reference ? "restore" : "apply";
  const key = focused ? `press Enter or click to ${act}` : `click to ${act}`;
  return {
    strong: `${present}${number}${letter}`,
    rest: `${signed(value, model.digits)}${unit}${known ? ` · ${answered(chance, model.digits + 1)}` : ""} · ${key}`,
    spoken:
      `Position ${number}, ${present} to ${letter}, ${spokenNumber(value, model.digits)}${unit}` +
      (known ? `, ${model.map.spoken || "probability"} ${spokenNumber(chance, model.digits)}` : ""),
  };
}

function describeLetters(model, { position, row }) {
  const number = position + 1;
  const unit = model.unit ? ` ${model.unit}` : "";
  if (!model.bench) {
    const line = model.rows[row];
    if (!line) return { strong: "", rest: "", spoken: "" };
    const letter = line.sequence[position] || MINUS;
    const value = line.refused ? "not to be read" : signed(line.values[position], model.digits) + unit;
    const said = line.refused ? "not to be read" : spokenNumber(line.values[position], model.digits) + unit;
    const spoken = `${line.label}, position ${number}, ${letter}, ${said}`;
    return { strong: `${letter}${number}`, rest: `${line.label} · ${value}`, spoken };
  }
  const tell = (number) => (line) => `${line.label} ${line.sequence[position] || ""} ${number(line.values[position], model.digits)}`;
  const each = model.rows.map(tell(signed));
  const said = model.rows.map(tell(spokenNumber));
  const act = model.map ? " · click to choose another letter" : "";
  return {
    strong: `${model.edited[position] || ""}${number}`,
    rest: `${each.join(" · ")}${unit}${act}`,
    spoken: `Position ${number}, ${said.join(", ")}${unit}`,
  };
}

function describeSelection(model, { start, end, row = 0 }) {
  const letters = (model.bench ? model.edited : model.rows[row]?.sequence || "").slice(start, end);
  const shown = letters.length > 24 ? `${letters.slice(0, 24)}…` : letters;
  const keys = model.bench ? "Delete restores, Ctrl+C copies" : "Ctrl+C copies";
  return {
    strong: `${start + 1}–${end}`,
    rest: `${shown} · ${end - start} ${model.lengthUnit} · ${keys}`,
    spoken: `Selected ${start + 1} to ${end}, ${end - start} ${model.protein ? "residues" : "bases"}`,
  };
}

function describeTrack(model) {
  const name = model.name ? ` of ${model.name}` : "";
  const letters = model.protein ? "letter keys change the residue" : `${model.letters.join(" ")} change the base`;
  const change = model.bench ? ` Enter applies the cell, ${letters}, Delete restores it, Control Z undoes.` : "";
  const keys = "Arrow keys move, Shift and arrows select, plus and minus zoom.";
  const many = `${model.length} ${model.protein ? "residues" : "bases"}`;
  return `Sequence track${name}, ${many}. ${keys}${change} Escape leaves.`;
}

function composition(model) {
  const length = `${model.length.toLocaleString("en-US")} ${model.lengthUnit}`;
  if (!model.bench) return `${model.rows.length} ${model.rows.length === 1 ? "sequence" : "sequences"} · ${length}`;
  if (model.protein) return length;
  const counted = [...model.edited].filter((letter) => "ACGTU".includes(letter));
  const strong = counted.filter((letter) => "GC".includes(letter)).length;
  return counted.length ? `${length} · GC ${Math.round((100 * strong) / counted.length)} %` : length;
}
