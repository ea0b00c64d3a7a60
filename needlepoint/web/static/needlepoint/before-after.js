// Lays the photograph from after over the one from before; the range moves the line between them. Without this module
// the two stand side by side.
class BeforeAfter extends HTMLElement {
  connectedCallback() {
    const room = this.closest(".photo-room");
    const sides = room.querySelector(".side-by-side");
    const [before, after] = sides.querySelectorAll("img");
    const ways = room.querySelector("[data-ways]");
    const frame = this.querySelector(".frame");
    const range = this.querySelector("input[type=range]");
    const cut = () => frame.style.setProperty("--cut", `${range.valueAsNumber}%`);
    range.addEventListener("input", cut);
    cut();
    // The pictures are fetched only when they are asked for: every look at a photograph is recorded.
    const show = (way) => {
      const over = way === "over";
      if (over) {
        this.querySelector("[data-before]").src ||= before.src;
        this.querySelector("[data-after]").src ||= after.src;
      }
      this.hidden = !over;
      sides.hidden = over;
      for (const button of ways.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.dataset.show === way));
      }
    };
    ways.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) show(button.dataset.show);
    });
    ways.hidden = false;
  }
}
customElements.define("before-after", BeforeAfter);
