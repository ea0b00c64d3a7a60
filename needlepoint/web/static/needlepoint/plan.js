// The plan in the making: map, list and rows show the same areas, and every change is computed anew by the server. The
// numbers are never worked out here; what comes back is put in its place, part by part.
const form = document.querySelector("form[data-plan]");
const said = form.querySelector("[data-said]");
const boxes = [...form.querySelectorAll("input[name=areas]")];
const TYPING_MS = 350;
let timer;
let asking = null;

for (const item of form.querySelectorAll("[data-needs-script]")) item.hidden = false;
for (const item of form.querySelectorAll("[data-without-script]")) item.hidden = true;
form.querySelector("[data-list]").open = form.querySelector("#areas-error") !== null; // the map stands above it

// ---- what is chosen

const boxOf = (area) => boxes.find((box) => box.value === area);
const placesOf = (area) => form.querySelectorAll(`[data-map] [data-area="${area}"]`);

function show(box) {
  for (const place of placesOf(box.value)) {
    place.classList.toggle("on", box.checked);
    place.setAttribute("aria-checked", String(box.checked));
  }
  form.querySelector(`[data-row="${box.value}"]`).hidden = !box.checked;
}

function toggle(area) {
  const box = boxOf(area);
  box.checked = !box.checked;
  show(box);
  compute();
}

// ---- the map: one stop of the tab key for each drawing, arrows from area to area, space or enter to choose

for (const drawing of form.querySelectorAll("[data-view]")) {
  const places = [...drawing.querySelectorAll("[data-area]")];
  drawing.removeAttribute("aria-hidden");
  places.forEach((place, nth) => {
    place.setAttribute("role", "checkbox");
    place.setAttribute("tabindex", nth === 0 ? "0" : "-1");
    place.setAttribute("aria-label", place.querySelector("title").textContent);
    place.addEventListener("click", () => toggle(place.dataset.area));
    place.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === " " || event.key === "Enter") toggle(place.dataset.area);
      else if (step) {
        const next = places[(nth + step + places.length) % places.length];
        place.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
      } else return;
      event.preventDefault();
    });
  });
}
for (const box of boxes) {
  show(box);
  box.addEventListener("change", () => { show(box); compute(); });
}

// ---- the steppers count from what is typed, else from what is proposed

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-by]");
  if (!button) return;
  const stepper = button.closest("[data-stepper]");
  const input = stepper.querySelector("input");
  const now = button.closest("[data-row]").querySelector(".readout");
  const kind = stepper.dataset.stepper;
  const step = kind === "depth" ? Number(now?.dataset.step ?? 0.1) : 1;
  const from = input.value === "" ? Number(now?.dataset[kind] ?? 0) : Number(input.value);
  const wanted = Math.round((from + Number(button.dataset.by) * step) * 100) / 100;
  input.value = Math.min(Number(input.max), Math.max(Number(input.min), wanted));
  compute();
});

form.addEventListener("input", (event) => {
  if (event.target.name !== "areas") compute(TYPING_MS);
});

// ---- computing

function say(state, words) {
  said.dataset.state = state;
  said.textContent = words;
}

function compute(after = 0) {
  const address = form.dataset.liveAddress;
  if (!address) return;
  clearTimeout(timer);
  timer = setTimeout(ask, after, address);
}

async function ask(address) {
  asking?.abort();
  const mine = asking = new AbortController();
  say("saving", "computing");
  try {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), signal: mine.signal });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    place(await answer.text());
    say("", "");
  } catch (error) {
    if (error.name === "AbortError") return;
    say("failed", "Not computed: no answer from the clinic's server. The numbers shown are those before.");
  }
}

function place(html) {
  const come = new DOMParser().parseFromString(html, "text/html");
  for (const part of come.querySelectorAll("[data-live]")) {
    const there = form.querySelector(`[data-live="${part.dataset.live}"]`);
    if (there) there.replaceChildren(...part.childNodes);
  }
  for (const row of form.querySelectorAll("[data-row]:not([hidden])")) propose(row);
}

function propose(row) {
  const now = row.querySelector(".readout");
  for (const kind of ["depth", "passes"]) {
    const input = row.querySelector(`[data-stepper=${kind}] input`);
    input.placeholder = now?.dataset[kind] ?? "";
  }
  const fixed = now ? "fixed" in now.dataset : false;
  for (const button of row.querySelectorAll("[data-stepper=depth] button")) button.disabled = fixed;
}

for (const row of form.querySelectorAll("[data-row]")) propose(row);
