// Keeps photographs that could not be sent until they are: encrypted under a key that no page can read out, one day
// at most. What the server has taken is removed at once.
const NAME = "needlepoint-unsent";
const DAY_MS = 24 * 60 * 60 * 1000;

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
    request.result.createObjectStore("keys");
  };
  return asked(request);
}

async function key(store) {
  const kept = await asked(store.transaction("keys").objectStore("keys").get("one"));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await asked(store.transaction("keys", "readwrite").objectStore("keys").put(made, "one"));
  return made;
}

// Whether this browser can keep anything: only on a secure address does it give keys.
export const able = () => Boolean(window.indexedDB && window.crypto?.subtle);

// Keeps one photograph with the fields it is sent with; gives its number, or nothing where nothing can be kept.
export async function keep(to, fields, blob, label) {
  if (!able()) return null;
  const store = await opened();
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key(store), await blob.arrayBuffer());
  const entry = { to, fields, label, type: blob.type, name: blob.name ?? "photo.jpg", nonce, sealed, at: Date.now() };
  return asked(store.transaction("photos", "readwrite").objectStore("photos").add(entry));
}

// Gives what is kept for one address, oldest first; what is older than a day is thrown away.
export async function kept(to) {
  if (!able()) return [];
  const store = await opened();
  const all = await asked(store.transaction("photos").objectStore("photos").getAll());
  for (const entry of all) if (Date.now() - entry.at > DAY_MS) await forget(entry.id);
  return all.filter((entry) => entry.to === to && Date.now() - entry.at <= DAY_MS);
}

export async function forget(id) {
  if (id === null) return;
  const store = await opened();
  await asked(store.transaction("photos", "readwrite").objectStore("photos").delete(id));
}

export async function unsealed(entry) {
  const store = await opened();
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: entry.nonce }, await key(store), entry.sealed);
  return new File([data], entry.name, { type: entry.type });
}

// Sends one photograph; gives the server's answer. Throws when it did not arrive.
export async function send(to, fields, blob, csrf) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("photo", blob, blob.name ?? "photo.jpg");
  const answer = await fetch(to, { method: "POST", body, headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(`status ${answer.status}`);
  return answer.json();
}
