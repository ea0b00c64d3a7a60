// Saves every change of a questionnaire at once. What cannot be sent is kept in this browser and sent later,
// also after the page or the browser was closed. Without this module the form is submitted screen by screen.
const form = document.querySelector("form.questionnaire");
const address = form.dataset.save;
const shelf = `needlepoint:${address}`;
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const timers = new Map();
let running = null;
let retry;

const waiting = () => JSON.parse(localStorage.getItem(shelf) ?? "{}");
const keep = (all) => Object.keys(all).length ? localStorage.setItem(shelf, JSON.stringify(all)) : localStorage.removeItem(shelf);
const fieldset = (id) => form.querySelector(`[data-question="${CSS.escape(id)}"]`);

function say(id, state, words) {
  const line = fieldset(id)?.querySelector(".saved");
  if (!line) return;
  line.dataset.state = state;
  line.textContent = words;
}

function fault(id, words) {
  const set = fieldset(id);
  if (!set) return;
  const line = set.querySelector(".error-text");
  line.hidden = !words;
  line.textContent = words ? `⚠ ${words}` : "";
  if (words) set.setAttribute("aria-invalid", "true"); else set.removeAttribute("aria-invalid");
}

function unsent() {
  const count = Object.keys(waiting()).length;
  const line = form.querySelector("[data-unsent]");
  line.dataset.state = count ? "failed" : "";
  line.textContent = count ? `${count} answer${count > 1 ? "s" : ""} not saved yet: kept in this browser, sent as soon as there is a connection` : "";
}

// The fields of one question as the form would send them; nothing while a day is still being typed.
function fieldsOf(set) {
  const inside = new Set([...set.elements].map((one) => one.name));
  const fields = [...new FormData(form)].filter(([name]) => inside.has(name) && name !== "shown" && !name.endsWith(".before"));
  const day = set.querySelector("input[type=date]");
  const half = day && set.querySelector("input[value=day]").checked && (!day.value || day.value.startsWith("0"));
  return half ? null : fields;
}

function changed(set) {
  const id = set.dataset.question;
  clearTimeout(timers.get(id));
  timers.delete(id);
  const fields = fieldsOf(set);
  if (!fields) return;
  keep({ ...waiting(), [id]: { fields, since: Date.now() } });
  say(id, "saving", "Saving");
  send();
}

async function post(id, kept) {
  const body = new FormData();
  for (const [name, value] of kept.fields) body.append(name, value);
  body.append("question", id);
  body.append("kept_s", Math.max(0, Math.round((Date.now() - kept.since) / 1000)));
  return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual" });
}

const understood = (answer) => answer.status === 410 || answer.headers.get("Content-Type")?.startsWith("application/json");

// Sends what is kept, one by one; gives whether all of it was saved. Several calls share one run.
function send() {
  running ??= sendAll().finally(() => { running = null; unsent(); });
  return running;
}

async function sendAll() {
  let well = true;
  clearTimeout(retry);
  for (let entry; (entry = Object.entries(waiting())[0]); ) {
    const [id, kept] = entry;
    let answer, said;
    try {
      answer = await post(id, kept);
      if (!understood(answer)) throw new Error(answer.status);
      said = answer.status === 410 ? null : await answer.json(); // may break off in the middle: then it is sent again
    } catch {
      say(id, "failed", "Not saved yet: no connection. It is kept here and tried again");
      retry = setTimeout(send, 5000);
      return false;
    }
    const now = waiting();
    if (now[id]?.since === kept.since) {
      delete now[id];
      keep(now);
    }
    well = settle(id, answer, said) && well;
  }
  return well;
}

function settle(id, answer, said) {
  if (answer.status === 410) {
    say(id, "failed", "Not saved: this link is no longer valid. Please ask the clinic for a new one");
    return false;
  }
  if (!answer.ok) {
    fault(id, said.error);
    say(id, "failed", "Not saved");
    return false;
  }
  fault(id, "");
  say(id, "saved", said.saved);
  const set = fieldset(id);
  set?.querySelector(".again")?.remove();
  const told = set?.closest("[data-item]")?.querySelector("[data-told]");
  if (told) told.textContent = said.words ? `✓ ${said.words}` : "";
  const before = set?.querySelector("[name$='.before']");
  if (before) before.value = said.mark;
  form.dataset.stamp = Math.max(form.dataset.stamp, said.stamp);
  stand(said);
  return true;
}

function stand(said) {
  const bar = document.querySelector("[data-progress]");
  if (bar) {
    bar.max = said.total;
    bar.value = said.settled;
    document.querySelector("[data-progress-words]").textContent = `${said.settled} of ${said.total} questions answered`;
  }
  const notice = document.querySelector("[data-contradiction]");
  if (notice) {
    notice.hidden = !said.contradiction;
    notice.querySelector("[data-contradiction-words]").textContent = said.contradiction;
  }
  const here = [...form.querySelectorAll("[data-question]")].map((set) => set.dataset.question);
  const gone = here.some((id) => !said.asked.includes(id));
  const fresh = said.asked.some((id) => !here.includes(id) && !elsewhere.has(id));
  if (gone || fresh) reconcile(said.asked);
}

// Questions of other screens: known after the first comparison, so that they do not cause another.
const elsewhere = new Set();

let turns = 0;

// Brings in questions that an answer has called for, here or on another device, takes away those it has made needless,
// and shows what was answered elsewhere, unless somebody is just answering it here.
async function reconcile(asked) {
  const turn = ++turns;
  let fetched;
  try {
    fetched = await (await fetch(location.href)).text();
  } catch {
    return;
  }
  if (turn !== turns) return; // a newer page is on its way, and this one does not know its questions
  const page = new DOMParser().parseFromString(fetched, "text/html");
  const wanted = [...page.querySelectorAll("[data-item]")];
  const ids = new Set(wanted.map((item) => item.dataset.item));
  for (const id of asked) if (!ids.has(id)) elsewhere.add(id);
  for (const item of form.querySelectorAll("[data-item]")) if (!ids.has(item.dataset.item)) item.remove();
  let before = null;
  for (const item of wanted) before = bring(item, before);
  for (const block of form.querySelectorAll("[data-block]")) bringTap(block, page.getElementById(block.id));
  for (const part of ["[data-progress]", "[data-progress-words]"]) {
    const newer = page.querySelector(part);
    if (newer) document.querySelector(part)?.replaceWith(document.importNode(newer, true));
  }
}

const mark = (item) => item.querySelector("[name$='.before']").value;
const busy = (item) => item.contains(document.activeElement) || item.dataset.item in waiting() || timers.has(item.dataset.item);

function bring(item, before) {
  const held = form.querySelector(`[data-item="${CSS.escape(item.dataset.item)}"]`);
  if (held && (mark(held) === mark(item) || busy(held))) return held;
  const made = document.importNode(item, true);
  if (held) {
    made.open = held.open;
    held.replaceWith(made);
  } else if (before) before.after(made);
  else (form.querySelector("[data-block]") ?? form.querySelector("[data-questions]")).prepend(made);
  ready(made.querySelector("[data-question]"));
  return made;
}

function bringTap(block, newer) {
  const tap = newer?.querySelector(".tap");
  const held = block.querySelector(".tap");
  if (!held && tap) block.append(document.importNode(tap, true));
  else if (held && tap) held.replaceWith(document.importNode(tap, true));
  else held?.remove();
}

document.addEventListener("answers-changed", () => reconcile([]));

// “None of these” and “I don't know” stand alone; a choice takes them back.
function exclude(target) {
  if (target.type !== "checkbox" || !target.checked) return;
  for (const other of target.closest("fieldset").querySelectorAll("input[type=checkbox]")) {
    if (other !== target && (target.matches("[data-alone]") || other.matches("[data-alone]"))) other.checked = false;
  }
}

// A day or a number and its alternatives exclude each other as well.
function balance(target) {
  const set = target.closest("fieldset");
  const written = set.querySelector("input[type=date], input[inputmode=decimal]");
  if (!written) return;
  if (target === written && target.value) {
    const day = set.querySelector("input[value=day]");
    if (day) day.checked = true;
    const unknown = set.querySelector("input[type=checkbox][value=unknown]");
    if (unknown) unknown.checked = false;
  } else if (target !== written && target.checked && target.value !== "day") {
    written.value = "";
  } else if (target.value === "day" && target.checked && !written.value) {
    written.focus();
  }
}

function count(set) {
  for (const part of set.querySelectorAll("details")) {
    const chosen = part.querySelectorAll("input:checked").length;
    part.querySelector("[data-count]").textContent = chosen ? `(${chosen} chosen)` : "";
    if (chosen) part.open = true;
  }
}

function ready(set) {
  count(set);
  const filter = set.querySelector(".filter");
  if (filter) filter.hidden = false;
}

form.addEventListener("input", (event) => {
  const target = event.target;
  const set = target.closest("[data-question]");
  if (!set) return;
  if (target.matches("[data-filter]")) {
    const words = target.value.trim().toLowerCase();
    for (const one of set.querySelectorAll(".long .choice")) {
      one.toggleAttribute("data-away", Boolean(words) && !one.textContent.toLowerCase().includes(words) && !one.querySelector("input").checked);
    }
    return;
  }
  exclude(target);
  balance(target);
  count(set);
  const id = set.dataset.question;
  if (target.matches("[type=radio], [type=checkbox]")) changed(set);
  else {
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(() => changed(set), 600));
  }
});

// What is still being typed when the page is left is kept, and sent by the next page.
addEventListener("pagehide", () => {
  for (const id of timers.keys()) {
    const set = fieldset(id);
    const fields = set && fieldsOf(set);
    if (fields) keep({ ...waiting(), [id]: { fields, since: Date.now() } });
  }
});

// Without a connection the one tap of a group is kept question by question, like answers given one by one.
const NO = ["none", "never", "false", "no"];
form.addEventListener("click", (event) => {
  const button = event.target.closest("[name=tap]");
  if (!button || navigator.onLine) return;
  for (const item of button.closest("[data-block]").querySelectorAll("[data-tappable]")) {
    const set = item.querySelector("[data-question]");
    const no = NO.map((value) => set.querySelector(`input[value="${value}"]`)).find(Boolean);
    if (button.closest("[data-way=none]")) no.checked = true;
    changed(set);
  }
});

// Going on waits until everything is saved; without a connection the page stays, with what was typed.
form.addEventListener("submit", async (event) => {
  if (!Object.keys(waiting()).length) return;
  event.preventDefault();
  if (await send()) form.requestSubmit(event.submitter);
});

addEventListener("online", send);
for (const set of form.querySelectorAll("[data-question]")) ready(set);
if (Object.keys(waiting()).length) {
  unsent();
  send().then((well) => { if (well) location.reload(); });
}
