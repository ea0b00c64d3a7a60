// Boxes drawn over a photograph; each is a row of four numbers, which can be typed as well.
class CoverBoxes extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("[data-field]");
    this.rows = [...document.querySelectorAll("[data-box]")];
    this.querySelector("[data-hint]").hidden = false;
    for (const row of this.rows) {
      row.addEventListener("input", () => this.#draw());
      const clear = row.querySelector("[data-clear]");
      clear.hidden = false;
      clear.addEventListener("click", () => this.#fill(row, ["", "", "", ""]));
    }
    this.field.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#draw();
  }

  #inputs(row) {
    return ["left", "top", "width", "height"].map((side) => row.querySelector(`[data-side=${side}]`));
  }

  #fill(row, values) {
    this.#inputs(row).forEach((input, place) => (input.value = values[place]));
    this.#draw();
  }

  #draw() {
    for (const old of this.field.querySelectorAll("span")) old.remove();
    for (const row of this.rows) {
      const values = this.#inputs(row).map((input) => Number.parseFloat(input.value));
      if (values.some(Number.isNaN)) continue;
      const box = document.createElement("span");
      ["left", "top", "width", "height"].forEach((side, place) => (box.style[side] = `${values[place]}%`));
      box.textContent = row.dataset.box;
      this.field.append(box);
    }
  }

  #begin(event) {
    const row = this.rows.find((each) => this.#inputs(each).every((input) => !input.value));
    if (!row || event.button) return;
    event.preventDefault();
    const frame = this.field.getBoundingClientRect();
    const at = ({ clientX, clientY }) => [
      Math.min(Math.max((100 * (clientX - frame.left)) / frame.width, 0), 100),
      Math.min(Math.max((100 * (clientY - frame.top)) / frame.height, 0), 100),
    ];
    const [x, y] = at(event);
    const shape = (move) => {
      const [u, v] = at(move);
      return [Math.min(x, u), Math.min(y, v), Math.abs(u - x), Math.abs(v - y)].map((value) => value.toFixed(1));
    };
    this.field.setPointerCapture(event.pointerId);
    const move = (next) => this.#fill(row, shape(next));
    const end = (last) => {
      this.field.removeEventListener("pointermove", move);
      const [, , width, height] = shape(last);
      if (width < 0.5 || height < 0.5) this.#fill(row, ["", "", "", ""]);
    };
    this.field.addEventListener("pointermove", move);
    this.field.addEventListener("pointerup", end, { once: true });
    this.field.addEventListener("pointercancel", end, { once: true });
  }
}
customElements.define("cover-boxes", CoverBoxes);
