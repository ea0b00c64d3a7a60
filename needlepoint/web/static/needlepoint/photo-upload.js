// Sends chosen photographs one by one, so that a lost connection costs none: what did not arrive is kept by the
// browser, encrypted, and offered again. Without this module the form is sent as a whole.
import { able, forget, keep, kept, unsealed } from "./kept-photos.js";

const form = document.querySelector("form[data-upload]");
const left = document.querySelector("[data-left]");
const says = form.querySelector("[data-upload-says]");
const to = form.getAttribute("action") || location.pathname;

async function sent(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append(fields.field, file, file.name);
  const answer = await fetch(to, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": form.csrfmiddlewaretoken.value } });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function listed() {
  const waiting = await kept(to).catch(() => []);
  left.hidden = !waiting.length;
  left.querySelector("[data-names]").textContent = waiting.map((entry) => entry.label).join(", ");
  return waiting;
}

async function deliver(waiting) {
  const errors = [];
  let saved = 0;
  for (const [place, { id, fields, file, label }] of waiting.entries()) {
    says.textContent = `Sending ${place + 1} of ${waiting.length}: ${label} …`;
    let answer;
    try {
      answer = await sent(fields, await file());
    } catch {
      await listed();
      says.textContent = `The server did not answer. ${waiting.length - place} not sent; they are kept on this device, encrypted.`;
      left.querySelector("button").focus();
      return;
    }
    await forget(id);
    if (answer.saved) saved += answer.saved;
    errors.push(...answer.errors);
  }
  await listed();
  if (errors.length) {
    says.textContent = `${saved} saved. Not taken: ${errors.join(" ")}`;
    return;
  }
  location.reload();
}

form.addEventListener("submit", async (event) => {
  const chosen = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files].map((file) => ({ input, file })));
  if (!chosen.length || !able()) return; // the server says what is missing
  event.preventDefault();
  const waiting = [];
  for (const { input, file } of chosen) {
    const fields = { field: input.name, taken_on: form.taken_on.value, view: form.querySelector("[name=view]")?.value ?? "" };
    const id = await keep(to, fields, file, file.name).catch(() => null);
    waiting.push({ id, fields, file: async () => file, label: file.name });
  }
  await deliver(waiting);
});

left.querySelector("button").addEventListener("click", async () => {
  const waiting = await kept(to);
  await deliver(waiting.map((entry) => ({ id: entry.id, fields: entry.fields, file: () => unsealed(entry), label: entry.label })));
});

listed();
