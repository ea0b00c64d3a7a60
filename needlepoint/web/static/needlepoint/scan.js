// Fields for the code of a pack. A scanner that acts as a keyboard sends the separator between two fields as Ctrl+] or F8,
// which no field shows: it is written as ␝, which the server reads. A camera is used where there is one: the browser reads
// the code where it can, otherwise single pictures go to the server until one of them holds a code.
const EVERY_MS = 700;
const SIDE = 1280;

for (const field of document.querySelectorAll("[data-code]")) {
  field.addEventListener("keydown", (event) => {
    const separator = (event.ctrlKey && (event.key === "]" || event.key === "5")) || event.key === "F8";
    if (!separator) return;
    event.preventDefault();
    field.setRangeText("␝", field.selectionStart, field.selectionEnd, "end");
  });
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function detector() {
  if (!("BarcodeDetector" in window)) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("data_matrix")) return null;
  return new BarcodeDetector({ formats: ["data_matrix", "qr_code", "code_128", "ean_13"].filter((one) => known.includes(one)) });
}

async function onServer(video, address, token) {
  const share = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth * share;
  canvas.height = video.videoHeight * share;
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  const form = new FormData();
  form.append("picture", blob, "frame.jpg");
  const answer = await fetch(address, { method: "POST", body: form, headers: { "X-CSRFToken": token } });
  if (answer.status !== 200 && answer.status !== 422) throw new Error("The server did not answer. Type the code, or try again.");
  return answer.json();
}

async function look(video, field, address, open, say) {
  const token = field.form.querySelector("[name=csrfmiddlewaretoken]").value;
  const reader = await detector();
  while (open()) {
    if (video.videoWidth) {
      const found = reader ? { text: (await reader.detect(video))[0]?.rawValue } : await onServer(video, address, token);
      if (found.text) return found.text;
      if (found.error) say(found.error);
    }
    await wait(reader ? EVERY_MS / 4 : EVERY_MS);
  }
  return "";
}

function dialog() {
  const box = document.createElement("dialog");
  box.className = "camera";
  box.setAttribute("aria-label", "Camera");
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  const words = Object.assign(document.createElement("p"), { textContent: "Hold the code of the pack into the picture." });
  words.setAttribute("role", "status");
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button plain wide", textContent: "Close" });
  close.addEventListener("click", () => box.close());
  box.append(video, words, close);
  document.body.append(box);
  return { box, video, words };
}

async function scan(button) {
  const field = document.getElementById(button.dataset.camera);
  const { box, video, words } = dialog();
  let stream;
  box.addEventListener("close", () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    box.remove();
    button.focus();
  });
  box.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    if (!box.open) { for (const track of stream.getTracks()) track.stop(); return; }
    video.srcObject = stream;
    const text = await look(video, field, button.dataset.address, () => box.open, (said) => { words.textContent = said; });
    if (!text) return;
    field.value = text.replaceAll("\x1d", "␝");
    box.close();
    field.form.requestSubmit();
  } catch (error) {
    words.textContent = error.name === "NotAllowedError" ? "The camera was not allowed. Type the code, or send a photograph." : error.message;
  }
}

for (const button of document.querySelectorAll("[data-camera]")) {
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", () => scan(button));
}
