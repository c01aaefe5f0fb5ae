// The small row of letters over a base that was clicked. Keys go on to the track, so a letter key chooses as well.

class Chooser {
  constructor(track) {
    this.track = track;
    this.box = track.parts.chooser;
    // Whoever leaves by Tab or by a click elsewhere has not chosen.
    this.box.addEventListener("focusout", (event) => {
      if (!track.parts.stage.contains(event.relatedTarget)) this.close();
    });
    this.box.addEventListener("keydown", (event) => this.pressKey(event));
  }

  get isOpen() {
    return !this.box.hidden;
  }

  open(position) {
    const { model, palette } = this.track;
    const now = this.track.present(position);
    const buttons = model.letters.map((letter, row) => {
      const value = model.map?.values[row]?.[position];
      const known = value !== undefined && value !== null;
      const effect = letter === model.sequence[position] ? "ref" : known ? signed(value, model.digits) : "";
      const label = `${letter}${effect ? `, ${effect.replace(MINUS, "minus ")}` : ""}`;
      const name = make("b", { textContent: letter });
      name.style.color = palette.smallLetter(letter);
      return makeButton(
        { "aria-label": label, onclick: () => this.choose(letter) },
        name,
        make("small", { textContent: effect }),
      );
    });
    this.box.replaceChildren(...buttons.filter((_, row) => model.letters[row] !== now));
    this.box.setAttribute("aria-label", `Change ${now} at position ${position + 1} to`);
    this.box.classList.toggle("many", model.letters.length > 6);
    this.position = position;
    this.box.hidden = false;
    this.place();
    this.track.speak(`Position ${position + 1}, ${now}. Press a letter to change it`);
  }

  place() {
    const { layout } = this.track;
    if (!this.isOpen || !layout) return;
    const middle = layout.x(this.position + 0.5);
    const [wide, tall] = [this.box.offsetWidth, this.box.offsetHeight];
    this.box.style.left = `${Math.min(Math.max(4, middle - wide / 2), layout.width - wide - 4)}px`;
    this.box.style.top = `${layout.bases.y - 20 - tall}px`;
  }

  choose(letter) {
    this.track.apply(this.position, letter);
    this.track.parts.stage.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    const inside = this.box.contains(this.box.getRootNode().activeElement);
    this.box.hidden = true;
    if (inside) this.track.parts.stage.focus({ preventScroll: true });
  }

  pressKey(event) {
    const letter = event.key.length === 1 ? event.key.toUpperCase() : "";
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") this.close();
    else if (this.track.model.letters.includes(letter)) this.choose(letter);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
