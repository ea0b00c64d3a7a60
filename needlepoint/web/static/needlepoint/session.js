// Saves every field of a chart as it changes. An entry is first put into this browser's own keeping and leaves it only
// when the server has answered for it; entries are sent one by one in their order, each under a key of its own, so that
// one which is sent twice is taken once. A key begins with the name of the device: of two entries of one device the one
// sent later was made later, however long the network held the first. What another device changes meanwhile is shown
// with the name of who did it.
const page = document.querySelector("[data-session]");
const form = page.querySelector("form[data-chart]");
const { ref, user, save: address, changes: news, login } = page.dataset;
const shelf = `needlepoint:chart:${ref}`;
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const overall = page.querySelector(".save-bar [data-overall]");
const elsewhere = page.querySelector(".save-bar [data-elsewhere]");
const TYPING_MS = 700;
const LOOK_MS = 8000;
const SOONEST_MS = 1000;
const LATEST_MS = 30000;
const KEPT_ALIVE = 30000; // characters that a browser still sends when the page is left
let last = Number(page.dataset.last);
let pause = SOONEST_MS;
let timer;
let running = null;
let lastSaved = "";

// ---- what waits in this browser

let held = null; // what this browser refuses to keep, as long as the page is open

const all = () => held ?? JSON.parse(localStorage.getItem(shelf) ?? "[]");

function keep(entries) {
  try {
    if (entries.length) localStorage.setItem(shelf, JSON.stringify(entries)); else localStorage.removeItem(shelf);
    held = null;
  } catch {
    held = entries; // no room, or none allowed
    elsewhere.textContent = "This browser keeps nothing: leave the page open until all is saved.";
  }
}

function edit(key, change) {
  keep(all().map((entry) => entry.key === key ? { ...entry, ...change } : entry));
}

const mine = () => all().filter((entry) => entry.user === user);
const drop = (key) => keep(all().filter((entry) => entry.key !== key));
const waits = (field) => mine().some((entry) => entry.field === field);
// Random without crypto.randomUUID, which a browser only has on secure addresses.
const random = (bytes) => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const device = localStorage.getItem("needlepoint:device") ?? random(12);
try { localStorage.setItem("needlepoint:device", device); } catch { /* it is the name of this page then */ }
const newKey = () => `${device}.${random(16)}`;

function enter(field, text, { typing = false } = {}) {
  const entries = all();
  const before = entries.findLast((entry) => entry.field === field && entry.user === user);
  // Leaving a field says again what is already on its way; it stays in the list until it has arrived.
  if (before?.sent && before.text === text) return;
  const now = Date.now();
  // What has been sent, from this window or another of this browser, may have arrived: it is not changed any more.
  if (before?.typing && !before.sent) Object.assign(before, { text, made: now, typing });
  else entries.push({ key: newKey(), field, text, made: now, user, typing });
  keep(entries);
  tell(field, "saving", "Saving");
  sum(); // at once: nothing may stand there as all saved while something waits
  clearTimeout(timer);
  timer = setTimeout(send, typing ? TYPING_MS : 0);
}

// ---- the fields of the page

function controls(field) {
  const named = form.elements.namedItem(field);
  return named instanceof RadioNodeList ? [...named] : named ? [named] : [];
}

function textOf(field) {
  const found = controls(field);
  const [first] = found;
  if (!first) return "";
  if (first.type === "checkbox") return first.checked ? "true" : "";
  if (first.type === "radio") return found.find((one) => one.checked)?.value ?? "";
  return first.value;
}

function show(field, text, words = text) {
  for (const control of controls(field)) {
    // What another device opened or chose after this page was made is not in its list yet.
    if (control.options && ![...control.options].some((option) => option.value === text)) control.add(new Option(words, text));
    if (control.type === "checkbox") control.checked = text === "true";
    else if (control.type === "radio") control.checked = control.value === text;
    else control.value = text;
  }
  clock();
}

function tell(field, state, words) {
  const line = page.querySelector(`[data-saved="${CSS.escape(field)}"]`);
  if (!line) return;
  line.dataset.state = state;
  line.textContent = words;
}

function fault(field, words) {
  const line = page.querySelector(`[data-error="${CSS.escape(field)}"]`);
  if (!line) return;
  line.hidden = !words;
  line.textContent = words ? `⚠ ${words}` : "";
  for (const control of controls(field)) {
    if (words) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
  }
}

function sum(trouble = "") {
  const count = mine().length;
  const others = all().length - count;
  overall.dataset.state = trouble ? "failed" : count ? "saving" : lastSaved ? "saved" : "";
  overall.textContent = trouble
    ? `${trouble} ${count} ${count === 1 ? "entry waits" : "entries wait"} in this browser.`
    : count ? `Saving ${count}` : lastSaved ? `All saved, last at ${lastSaved}` : "";
  if (others) elsewhere.textContent = `${others} unsent ${others === 1 ? "entry" : "entries"} of somebody else wait here until they sign in on this device.`;
}

// ---- sending

// Several calls share one run; several windows of one browser take turns.
function send() {
  running ??= (navigator.locks ? navigator.locks.request(shelf, sendAll) : sendAll()).finally(() => { running = null; });
  return running;
}

async function sendAll() {
  clearTimeout(timer);
  for (let entry; (entry = mine()[0]); ) {
    edit(entry.key, { sent: true });
    const trouble = await post(entry);
    if (trouble) {
      timer = setTimeout(send, pause);
      pause = Math.min(pause * 2, LATEST_MS);
      return sum(trouble);
    }
    pause = SOONEST_MS;
  }
  sum();
}

// Gives what is in the way, or nothing once the server has answered for the entry.
async function post(entry) {
  const body = new URLSearchParams({ field: entry.field, text: entry.text, key: entry.key, age_ms: Math.max(0, Date.now() - entry.made) });
  let answer, told;
  try {
    answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual", keepalive: body.toString().length < KEPT_ALIVE });
    if (answer.type === "opaqueredirect") return signedOut();
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return answer.status === 403 ? signedOut() : "The server did not answer as it should.";
    told = await answer.json(); // may break off in the middle
  } catch {
    return "No connection.";
  }
  if (answer.status === 409) return told.error; // signed meanwhile: what is left stays here and is shown beside the signed chart
  drop(entry.key);
  if (!answer.ok) refuse(entry, told.error);
  else if (told.stands) taken(entry, told);
  else overtaken(entry, told);
  if (answer.ok) follow(told);
  return "";
}

function signedOut() {
  elsewhere.replaceChildren(Object.assign(document.createElement("a"), { href: `${login}?next=${encodeURIComponent(location.pathname)}`, textContent: "Sign in again" }));
  return "You are signed out.";
}

function refuse(entry, words) {
  fault(entry.field, words);
  tell(entry.field, "failed", `Not saved: ${entry.text}`);
}

function taken(entry, told) {
  const [change] = told.changes;
  fault(entry.field, "");
  lastSaved = change.saved.split(" ")[0];
  if (waits(entry.field)) return;
  tell(entry.field, "saved", change.saved);
  if (entry.text === "now") show(entry.field, change.text);
}

function overtaken(entry, told) {
  const [change] = told.changes;
  if (waits(entry.field)) return;
  show(entry.field, change.text, change.words);
  tell(entry.field, "saved", `${change.saved}: this newer entry stands, yours is in the history`);
}

// ---- what follows from the chart as it is now

function follow(told) {
  if (told.signed) return mine().length ? undefined : location.reload();
  const list = page.querySelector("[data-missing-list]");
  list.replaceChildren(...told.missing.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
  page.querySelector("[data-missing]").hidden = !told.missing.length;
  for (const line of page.querySelectorAll("[data-tick]")) {
    const done = told.done.includes(line.dataset.tick);
    line.dataset.done = done ? "yes" : "no";
    const tag = line.querySelector(".tag");
    tag.className = `tag ${done ? "done" : "caution"}`;
    tag.innerHTML = done ? '<span aria-hidden="true">✓</span> complete' : '<span aria-hidden="true">○</span> open';
  }
  stand();
  page.querySelector("[data-clock-time-out]").textContent = told.time_out || "–";
  for (const [pk, words] of Object.entries(told.differs)) {
    const line = page.querySelector(`[data-area="${pk}"] [data-deviation]`);
    line?.toggleAttribute("data-quiet", !words && !line.querySelector("input").value);
    line.querySelector("[data-differs]").textContent = words ? `: ${words}` : "";
  }
  const bars = page.querySelector("[data-running]");
  [bars.dataset.on, bars.dataset.off] = told.numbing.map((at) => at ?? "");
  tick();
}

// ---- the areas and the clock beside the steps

const STATES = { planned: "planned", begun: "under way", done: "finished", left: "not treated" };

// From the fields of this page, not from the server's answer: what waits here counts too.
function stateOf(pk) {
  if (textOf(`area.${pk}.endpoint`) === "not_treated") return "left";
  if (textOf(`area.${pk}.finished`)) return "done";
  return ["endpoint", "depth_mm", "pain"].some((name) => textOf(`area.${pk}.${name}`)) ? "begun" : "planned";
}

function stand() {
  const lines = [...page.querySelectorAll("[data-area-state]")];
  for (const line of lines) {
    const state = stateOf(line.dataset.areaState);
    line.dataset.state = state;
    const place = page.querySelector(`[data-map="${CSS.escape(line.dataset.areaState)}"]`);
    if (place) place.dataset.state = state;
    line.querySelector("[data-state-words]").textContent = STATES[state];
    line.querySelector("[data-finish]").hidden = ["done", "left"].includes(state);
  }
  const done = lines.filter((line) => ["done", "left"].includes(line.dataset.state)).length;
  page.querySelector("[data-finished]").textContent = `${done} of ${lines.length} done`;
  return done === lines.length;
}

function clock() {
  for (const time of page.querySelectorAll("[data-clock]")) time.textContent = textOf(time.dataset.clock) || "–";
}

// Looks what changed on other devices; what is being typed here is never overwritten.
async function look() {
  if (document.hidden || running || mine().length) return;
  let told;
  try {
    const answer = await fetch(`${news}?after=${last}`, { redirect: "manual" });
    if (!answer.ok || answer.type === "opaqueredirect") return;
    told = await answer.json();
  } catch {
    return;
  }
  for (const change of told.changes) {
    last = Math.max(last, change.id);
    if (!controls(change.field).length || waits(change.field) || textOf(change.field) === change.text) continue;
    if (document.activeElement?.name === change.field) {
      tell(change.field, "saved", `${change.saved} entered: ${change.words}`);
      continue;
    }
    show(change.field, change.text, change.words);
    tell(change.field, "saved", change.saved);
    elsewhere.textContent = `${change.by} changed this chart on another device.`;
  }
  follow(told);
}

// ---- the running time of the numbing

function tick() {
  const { on, off } = page.querySelector("[data-running]").dataset;
  const minutes = on ? Math.max(0, Math.floor(((off ? new Date(off) : new Date()) - new Date(on)) / 60000)) : 0;
  const there = { max_minutes: minutes, max_g: Number(textOf("numbing_grams")), max_area_cm2: Number(textOf("numbing_area_cm2")) };
  let most = 0;
  for (const bar of page.querySelectorAll("[data-bar]")) {
    const [value, limit] = [there[bar.dataset.bar], Number(bar.dataset.most)];
    if (bar.dataset.bar === "max_minutes") most = limit;
    bar.dataset.over = value > limit ? "yes" : "no";
    bar.querySelector("progress").value = value;
    bar.querySelector("[data-bar-words]").textContent = `${value} of at most ${limit} ${bar.dataset.unit}${value > limit ? ": over the limit" : ""}`;
  }
  const line = page.querySelector("[data-running-words]");
  if (!line) return;
  line.hidden = !on;
  const over = most && minutes > most;
  const words = over ? (off ? "Too long" : "Take it off now") : off ? "Off" : "On";
  line.className = `running notice ${over ? "stop" : most && minutes > most - 5 ? "caution" : "note"}`;
  line.textContent = `${words}: ${minutes} min${most ? ` of at most ${most} min` : ""}`;
}

// ---- the hands on the page

const ours = (name) => name && !name.startsWith("was.") && !name.startsWith("many.");

form.addEventListener("input", (event) => {
  const { name, type } = event.target;
  if (["checkbox", "radio", "select-one", "time", "hidden"].includes(type)) return;
  if (ours(name)) enter(name, textOf(name), { typing: true });
  else if (name?.startsWith("many.")) many(event.target, { typing: true });
  tick();
});
form.addEventListener("change", (event) => {
  const { name, type } = event.target;
  if (name?.startsWith("many.")) many(event.target);
  if (!ours(name)) return;
  if (type === "checkbox") enter(name, event.target.checked ? "true" : "false");
  else enter(name, textOf(name));
  stand();
  clock();
  tick();
});

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.form !== form) return;
  if (button.dataset.step) step(button);
  else if (button.dataset.now) now(button);
  else if ("say" in button.dataset) say(button);
  else if ("manyReason" in button.dataset) many(button);
  else return;
  event.preventDefault();
});
form.addEventListener("submit", (event) => event.preventDefault());

// Enters what a button stands for, a line each: as planned, as last time, a reason, an area finished.
function say(button) {
  for (const line of button.value.split("\n")) {
    const [field, text] = [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)];
    show(field, text);
    enter(field, text);
  }
  // With the last area the needling has ended; the time is there to be changed.
  if (stand() && "finish" in button.dataset && !textOf("finished_at")) now(form.querySelector("[data-now=finished_at]"));
  tick();
}

const differs = (pk) => !page.querySelector(`[data-area="${CSS.escape(pk)}"] [data-deviation]`).hasAttribute("data-quiet");

// Enters one value in every ticked area; a reason only where there is something to give one for.
function many(control, { typing = false } = {}) {
  const what = control.name.slice("many.".length);
  const chosen = controls("many.area").filter((one) => one.checked && (what !== "deviation_reason" || differs(one.value)));
  if (what === "area" || control.value === "") return;
  for (const { value: pk } of chosen) {
    show(`area.${pk}.${what}`, control.value);
    enter(`area.${pk}.${what}`, control.value, { typing });
  }
  stand();
  page.querySelector("[data-many-said]").textContent = `Entered in ${chosen.length} ${chosen.length === 1 ? "area" : "areas"}`;
}

function step(button) {
  const control = document.getElementById(button.dataset.for);
  const by = Number(button.dataset.step);
  // The first press on an empty field gives what was planned, from which the next go up and down.
  const value = control.value === "" ? Number(control.dataset.start || Math.abs(by)) : Number(control.value) + by;
  const bounded = Math.min(Math.max(value, Number(control.min)), Number(control.max));
  control.value = String(Math.round(bounded * 1000) / 1000);
  enter(control.name, control.value, { typing: true });
  tick();
}

function now(button) {
  const control = document.getElementById(button.dataset.now);
  const time = new Date();
  control.value = `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
  enter(control.name, "now");
  clock();
}

// Nothing is signed or opened before what was charted has arrived.
for (const other of page.querySelectorAll("form:not([data-chart])")) {
  other.addEventListener("submit", async (event) => {
    if (!mine().length) return;
    event.preventDefault();
    const button = event.submitter;
    await send();
    if (mine().length) overall.scrollIntoView({ block: "nearest" });
    else other.requestSubmit(button);
  });
}

for (const hidden of page.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
for (const needless of page.querySelectorAll("[data-without-script]")) needless.hidden = true;
for (const entry of mine()) { // what waited since this page was last open
  if (controls(entry.field).length && entry.text !== "now") show(entry.field, entry.text);
  tell(entry.field, "saving", "Saving");
}
addEventListener("online", send);
addEventListener("pagehide", send);
document.addEventListener("visibilitychange", () => (document.hidden ? send() : look()));
setInterval(look, LOOK_MS);
setInterval(tick, 10000);
tick();
sum();
send();
