// Two photographs seen closely: side by side, slider, flicker, difference; zoom and pan move both alike, by buttons,
// keys, wheel and pinch. Without this module they stand side by side.
const LARGEST = 8;
const STEP = 1.25;
const BEAT_MS = 800; // slow enough to flash less than three times a second
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class PhotoPair extends HTMLElement {
  #zoom = 1;
  #x = 0; // of the picture's own width, in percent
  #y = 0;
  #fingers = new Map();
  #beat = 0;

  connectedCallback() {
    this.stage = this.querySelector("[data-stage]");
    this.querySelector("[data-bar]").hidden = false;
    this.addEventListener("click", (event) => this.#pressed(event.target.closest("button")));
    this.stage.addEventListener("keydown", (event) => this.#key(event));
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.stage.addEventListener(kind, (event) => this.#pointer(event));
    }
    const range = this.querySelector("#cut");
    const cut = () => this.style.setProperty("--cut", `${range.valueAsNumber}%`);
    range.addEventListener("input", cut);
    cut();
    calm.addEventListener("change", () => calm.matches && this.#stop());
    this.#show("side");
  }

  disconnectedCallback() {
    this.#stop();
  }

  #pressed(button) {
    if (!button) return;
    const { show, layer, map, zoom, move } = button.dataset;
    if (show) this.#show(show);
    else if (layer) this.#layer(layer);
    else if (map) this.#map(map);
    else if (zoom === "in") this.#scale(STEP);
    else if (zoom === "out") this.#scale(1 / STEP);
    else if (zoom === "all") this.#all();
    else if (move) this.#step(move);
    else if ("swap" in button.dataset) this.#stop(), this.#swap();
    else if ("flicker" in button.dataset) this.#beat ? this.#stop() : this.#start();
  }

  // Pictures are fetched only when they are asked for: every look at a photograph is recorded.
  #fetch(image) {
    if (image?.dataset.src) {
      image.src = image.dataset.src;
      delete image.dataset.src;
    }
  }

  #press(name, value) {
    for (const button of this.querySelectorAll(`button[data-${name}]`)) {
      button.setAttribute("aria-pressed", String(button.dataset[name] === value));
    }
  }

  #show(way) {
    this.dataset.way = way;
    this.#press("show", way);
    for (const group of this.querySelectorAll("[data-for]")) group.hidden = !group.dataset.for.split(" ").includes(way);
    for (const below of this.querySelectorAll("[data-below]")) below.hidden = below.dataset.below !== way;
    if (way === "difference") this.#map(this.querySelector("button[data-map][aria-pressed=true]").dataset.map);
    this.#stop();
    this.#front("before");
    if (way === "flicker" && !calm.matches) this.#start();
  }

  #layer(layer) {
    this.dataset.after = layer;
    this.#press("layer", layer);
    this.#fetch(this.querySelector(`[data-is=${layer}]`));
  }

  #map(kind) {
    this.#press("map", kind);
    for (const figure of this.querySelectorAll("[data-pane=map]")) {
      figure.hidden = figure.dataset.kind !== kind;
      if (!figure.hidden) this.#fetch(figure.querySelector("img"));
    }
  }

  #front(which) {
    this.dataset.front = which;
    this.querySelector("span[data-front]").textContent = which === "before" ? "Before in front" : "After in front";
  }

  #swap() {
    this.#front(this.dataset.front === "before" ? "after" : "before");
  }

  #start() {
    this.#beat = setInterval(() => this.#swap(), BEAT_MS);
    this.querySelector("[data-flicker]").textContent = "Stop";
  }

  #stop() {
    clearInterval(this.#beat);
    this.#beat = 0;
    this.querySelector("[data-flicker]").textContent = "Start";
  }

  // Changes the size about a place given in percent from the middle, so that what lies there stays there.
  #scale(by, px = 0, py = 0) {
    const zoom = Math.min(Math.max(this.#zoom * by, 1), LARGEST);
    const real = zoom / this.#zoom;
    this.#zoom = zoom;
    this.#place(px - (px - this.#x) * real, py - (py - this.#y) * real);
    if (zoom > 1.5) {
      for (const image of this.querySelectorAll("img[data-large]")) {
        image.src = image.dataset.large;
        delete image.dataset.large;
      }
    }
  }

  #place(x, y) {
    const reach = 50 * (this.#zoom - 1);
    this.#x = Math.min(Math.max(x, -reach), reach);
    this.#y = Math.min(Math.max(y, -reach), reach);
    this.style.setProperty("--zoom", this.#zoom);
    this.style.setProperty("--x", this.#x);
    this.style.setProperty("--y", this.#y);
    this.classList.toggle("zooming", this.#zoom > 1);
    this.querySelector("[data-zoomed]").textContent = `${Math.round(100 * this.#zoom)} %`;
  }

  #all() {
    this.#zoom = 1;
    this.#place(0, 0);
  }

  #step(way) {
    const [x, y] = { left: [10, 0], right: [-10, 0], up: [0, 10], down: [0, -10] }[way];
    this.#place(this.#x + x, this.#y + y);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
    if (event.key === "+" || event.key === "=") this.#scale(STEP);
    else if (event.key === "-") this.#scale(1 / STEP);
    else if (event.key === "0") this.#all();
    else if (moves[event.key] && this.#zoom > 1) this.#step(moves[event.key]);
    else return;
    event.preventDefault();
  }

  #from(event) {
    const over = event.target.closest(".window") ?? this.querySelector(".window");
    const box = over.getBoundingClientRect();
    return [(100 * (event.clientX - box.left)) / box.width - 50, (100 * (event.clientY - box.top)) / box.height - 50, box];
  }

  #wheel(event) {
    event.preventDefault();
    const [px, py] = this.#from(event);
    this.#scale(Math.exp(-event.deltaY / 400), px, py);
  }

  #pointer(event) {
    const held = this.#fingers;
    if (event.type === "pointerdown") {
      held.set(event.pointerId, event);
      if (this.#zoom > 1 || held.size > 1) this.stage.setPointerCapture(event.pointerId);
      return;
    }
    if (!held.has(event.pointerId)) return;
    if (event.type !== "pointermove") {
      held.delete(event.pointerId);
      return;
    }
    const before = [...held.values()];
    held.set(event.pointerId, event);
    const after = [...held.values()];
    const { width, height } = this.querySelector(".window").getBoundingClientRect();
    const mean = (points, side) => points.reduce((sum, point) => sum + point[side], 0) / points.length;
    if (after.length > 1) {
      const apart = (points) => Math.hypot(points[0].clientX - points[1].clientX, points[0].clientY - points[1].clientY);
      if (apart(before) > 0) this.#scale(apart(after) / apart(before));
    }
    if (this.#zoom > 1) {
      const moved = (side, size) => (100 * (mean(after, side) - mean(before, side))) / size;
      this.#place(this.#x + moved("clientX", width), this.#y + moved("clientY", height));
    }
  }
}
customElements.define("photo-pair", PhotoPair);
