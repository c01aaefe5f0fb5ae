// A list of layers with a block each, drawn to scale, and an arrow from one to the next. All words are set as text.

function made(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text ?? "";
  if (className) element.className = className;
  return element;
}

function drawnBlock(column, place, count) {
  const row = made("div", "", "drawn");
  const block = made("span", column.times > 1 ? `×${column.times}` : "");
  Object.assign(block.style, {
    width: `${column.wide}px`, height: `${column.tall}px`, background: column.fill, color: column.ink,
  });
  row.append(
    made("i", "", place ? "into" : "into none"), block, made("i", "", place + 1 < count ? "out" : "out none"),
  );
  row.setAttribute("aria-hidden", "true");
  return row;
}

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".layers");
  if (!list || !data) return;
  list.style.setProperty("--line", data.line);
  list.style.setProperty("--tallest", `${data.tallest}px`);
  list.setAttribute("aria-label", data.title);
  list.classList.toggle("compact", data.compact);
  list.replaceChildren(...data.columns.map((column, place) => {
    const item = document.createElement("li");
    const name = column.times > 1 ? `${column.name} ×${column.times}` : column.name;
    item.append(
      drawnBlock(column, place, data.columns.length),
      made("b", name), made("small", column.detail), made("code", column.shape),
    );
    return item;
  }));
}
