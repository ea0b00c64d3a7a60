// Draws a signature and hands it on as path data in a field of 1000 by 400 units. The strokes are kept as numbers,
// so that turning the device redraws them; the page does not scroll while somebody signs.
const form = document.querySelector("form[data-consent]");
const pad = form.querySelector("[data-pad]");
const canvas = pad.querySelector("canvas");
const drawing = pad.querySelector("[name=drawing]");
const state = pad.querySelector("[data-pad-state]");
const wide = Number(canvas.dataset.width);
const high = Number(canvas.dataset.height);
const pen = canvas.getContext("2d");
let strokes = [];
let under = null; // the pointer that draws

const path = () => strokes.map((points) => points.map(([x, y], place) => `${place ? "L" : "M"}${x} ${y}`).join(" ")).join(" ");

function read(text) {
  strokes = [];
  for (const [, command, x, y] of text.matchAll(/([ML])(\d+) (\d+)/g)) {
    if (command === "M") strokes.push([]);
    strokes.at(-1)?.push([Number(x), Number(y)]);
  }
}

function redraw() {
  const box = canvas.getBoundingClientRect();
  if (!box.width) return;
  const sharp = window.devicePixelRatio || 1;
  canvas.width = Math.round(box.width * sharp);
  canvas.height = Math.round(box.height * sharp);
  pen.setTransform(canvas.width / wide, 0, 0, canvas.height / high, 0, 0);
  pen.lineWidth = 7;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#111";
  for (const points of strokes) {
    pen.beginPath();
    pen.moveTo(...points[0]);
    for (const point of points.slice(1)) pen.lineTo(...point);
    if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
    pen.stroke();
  }
}

function tell() {
  drawing.value = path();
  state.textContent = strokes.length ? "Signed in the field." : "The field is empty.";
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const within = (part, whole) => Math.round(Math.min(Math.max(part, 0), 1) * whole);
  return [within((event.clientX - box.left) / box.width, wide), within((event.clientY - box.top) / box.height, high)];
}

function add(event) {
  const stroke = strokes.at(-1);
  for (const one of event.getCoalescedEvents?.() ?? [event]) {
    const point = place(one);
    const [x, y] = stroke.at(-1) ?? [-9, -9];
    if (Math.hypot(point[0] - x, point[1] - y) >= 2) stroke.push(point);
  }
}

canvas.addEventListener("pointerdown", (event) => {
  if (under !== null || event.button) return;
  event.preventDefault();
  under = event.pointerId;
  canvas.setPointerCapture(under);
  strokes.push([place(event)]);
  redraw();
});
canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== under) return;
  add(event);
  redraw();
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
  canvas.addEventListener(end, (event) => {
    if (event.pointerId !== under) return;
    under = null;
    tell();
  });
}
pad.querySelector("[data-clear]").addEventListener("click", () => {
  strokes = [];
  redraw();
  tell();
});

function choose() {
  pad.hidden = form.querySelector("[name=method]:checked")?.value !== "drawn";
  redraw();
}
for (const method of form.querySelectorAll("[name=method]")) method.addEventListener("change", choose);
new ResizeObserver(redraw).observe(canvas);

for (const hidden of form.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
if (!form.querySelector("[name=method]:checked")) form.querySelector("[name=method][value=drawn]").checked = true;
read(drawing.value);
choose();
tell();
document.querySelector("[data-wrong]")?.focus();
