// Takes photographs from the camera's stream straight to the server: nothing reaches the device's picture folder.
// While one looks, small frames go to the server, which says what to do with head, distance and light.
import { forget, keep, kept, send, unsealed } from "./kept-photos.js";

const FRAME_PX = 320;
const BETWEEN_MS = 350;
const QUALITY = 0.95;
const GHOST = 40; // percent
const SPEAK_MS = 4000;

class CaptureRoom extends HTMLElement {
  #stream = null;
  #facing = "environment";
  #shot = null; // what was taken and is not sent yet
  #spoken = 0;
  #gone = false;

  connectedCallback() {
    this.video = this.querySelector("video");
    this.csrf = this.querySelector("[name=csrfmiddlewaretoken]").value;
    this.steps = [...this.querySelectorAll("button[data-view]")];
    this.find = (name) => this.querySelector(`[data-part=${name}]`);
    this.find("room").hidden = false;
    this.addEventListener("click", (event) => this.#pressed(event.target.closest("button")));
    this.find("opacity").addEventListener("input", () => this.#ghost(this.find("opacity").valueAsNumber));
    window.addEventListener("pagehide", () => this.#close());
    window.addEventListener("pageshow", (event) => event.persisted && this.#open());
    window.addEventListener("beforeunload", (event) => this.#shot && event.preventDefault());
    this.#choose(this.steps.find((step) => step.ariaCurrent === "true") ?? this.steps[0]);
    this.#ghost(GHOST);
    this.#open();
    this.#listLeft();
    if (window.DeviceOrientationEvent && !DeviceOrientationEvent.requestPermission) this.#level();
    this.find("level-on").hidden = !window.DeviceOrientationEvent?.requestPermission;
  }

  disconnectedCallback() {
    this.#close();
  }

  #pressed(button) {
    if (!button) return;
    if (button.dataset.view) this.#choose(button);
    const act = {
      take: () => this.#take(),
      again: () => this.#again(),
      despite: () => this.#send(true),
      resend: () => this.#send(false),
      more: () => this.#ghost(this.find("opacity").valueAsNumber + 10),
      less: () => this.#ghost(this.find("opacity").valueAsNumber - 10),
      reset: () => this.#ghost(GHOST),
      turn: () => this.#turn(),
      level: () => this.#level(),
      left: () => this.#sendLeft(),
    }[button.dataset.act];
    act?.();
  }

  // ------------------------------------------------------------------------------------------------ camera
  async #open() {
    this.#gone = false;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#say("The camera works only on a secure address (https). Choose files instead.", "stop");
      return;
    }
    try {
      const wanted = { facingMode: this.#facing, width: { ideal: 4096 }, height: { ideal: 3072 } };
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (error) {
      const why = { NotAllowedError: "The browser was not allowed to use the camera. Allow it for this page, or choose files instead.",
        NotFoundError: "This device has no camera. Choose files instead.",
        NotReadableError: "Another program uses the camera. Close it and load this page again." };
      this.#say(why[error.name] ?? `The camera could not be opened (${error.name}).`, "stop");
      return;
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
    this.find("take").disabled = false;
    this.#say("", "");
    this.#watch();
  }

  #close() {
    this.#gone = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  async #turn() {
    this.#facing = this.#facing === "environment" ? "user" : "environment";
    this.#close();
    await this.#open();
  }

  #drawn(longest) {
    const { videoWidth: width, videoHeight: height } = this.video;
    const factor = Math.min(1, longest / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.round(width * factor), Math.round(height * factor));
    canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  // ------------------------------------------------------------------------------------------------ guide
  async #watch() {
    const stream = this.#stream;
    while (stream === this.#stream && !this.#gone) {
      if (!this.#shot && this.video.videoWidth && !document.hidden) await this.#look();
      await new Promise((done) => setTimeout(done, BETWEEN_MS));
    }
  }

  async #look() {
    const view = this.view;
    const frame = await this.#drawn(FRAME_PX).convertToBlob({ type: "image/jpeg", quality: 0.8 });
    try {
      const answer = await fetch(`${this.dataset.guide}?view=${encodeURIComponent(view)}`, {
        method: "POST", body: frame, headers: { "X-CSRFToken": this.csrf, "Content-Type": "image/jpeg" } });
      if (!answer.ok) throw new Error(answer.status);
      const { lines } = await answer.json();
      if (view === this.view && !this.#shot) this.#guide(lines);
    } catch {
      this.#guide([{ label: "Guide", ok: false, number: "", says: "No answer from the guide. Photographs can be taken all the same." }]);
    }
  }

  #guide(lines) {
    const list = this.find("guide");
    list.replaceChildren(...lines.map((line) => {
      const row = document.createElement("li");
      row.className = line.ok ? "good" : "off";
      const [mark, label, number, says] = ["span", "strong", "span", "span"].map((kind) => document.createElement(kind));
      mark.ariaHidden = "true";
      mark.textContent = line.ok ? "✓" : "!";
      label.textContent = line.label;
      number.textContent = line.number;
      says.textContent = line.ok ? "" : line.says;
      row.append(mark, label, number, says);
      return row;
    }));
    const first = lines.find((line) => !line.ok);
    this.classList.toggle("ready", lines.length > 0 && !first);
    this.find("headline").textContent = first ? first.says : "Ready: take the photograph.";
    if (Date.now() - this.#spoken > SPEAK_MS) {
      this.#spoken = Date.now();
      this.find("spoken").textContent = this.find("headline").textContent;
    }
  }

  async #level() {
    if (DeviceOrientationEvent.requestPermission && (await DeviceOrientationEvent.requestPermission()) !== "granted") return;
    this.find("level-on").hidden = true;
    window.addEventListener("deviceorientation", (event) => {
      if (event.gamma === null) return;
      const upright = (screen.orientation?.angle ?? 0) % 180 === 0;
      const tilt = Math.round(upright ? event.gamma : event.beta);
      const lean = Math.round(upright ? event.beta - 90 : 0);
      const level = this.find("level");
      level.hidden = false;
      level.style.setProperty("--tilt", `${-tilt}deg`);
      level.classList.toggle("even", Math.abs(tilt) <= 2);
      this.find("tilt").textContent = `level ${tilt > 0 ? "+" : ""}${tilt}°${lean ? `, lean ${lean > 0 ? "+" : ""}${lean}°` : ""}`;
    });
  }

  #ghost(percent) {
    const bounded = Math.min(Math.max(percent, 0), 100);
    this.find("opacity").value = bounded;
    this.find("percent").textContent = `${bounded} %`;
    this.find("ghost").style.opacity = bounded / 100;
  }

  // ------------------------------------------------------------------------------------------------ views
  #choose(step) {
    this.step = step;
    this.view = step.dataset.view;
    for (const each of this.steps) each.ariaCurrent = String(each === step);
    const ghost = this.find("ghost");
    if (step.dataset.ghost) ghost.src = step.dataset.ghost;
    ghost.hidden = !step.dataset.ghost;
    this.find("ghost-bar").hidden = !step.dataset.ghost;
    this.find("take-words").textContent = `Take ${step.dataset.label}`;
    this.#again();
  }

  #again() {
    if (this.#shot?.kept) forget(this.#shot.kept);
    this.#shot = null;
    this.find("frozen").hidden = true;
    this.find("asked").hidden = true;
    this.find("unsent").hidden = true;
    this.find("take").hidden = false;
    this.#say("", "");
  }

  // ------------------------------------------------------------------------------------------------ taking
  async #take() {
    if (!this.video.videoWidth || this.#shot) return;
    const canvas = this.#drawn(Infinity);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    this.#shot = { blob, view: this.view, step: this.step, kept: null };
    const frozen = this.find("frozen");
    URL.revokeObjectURL(frozen.src);
    frozen.src = URL.createObjectURL(blob);
    frozen.hidden = false;
    this.find("take").hidden = true;
    // Kept before it is sent: a browser that dies in between still has it.
    this.#shot.kept = await keep(this.dataset.take, { view: this.view }, blob, this.step.dataset.label).catch(() => null);
    await this.#send(false);
  }

  async #send(despite) {
    const shot = this.#shot;
    if (!shot) return;
    this.#say("Checking the photograph …", "note");
    this.find("asked").hidden = this.find("unsent").hidden = true;
    let answer;
    try {
      answer = await send(this.dataset.take, { view: shot.view, ...(despite ? { despite: "1" } : {}) }, shot.blob, this.csrf);
    } catch {
      this.#say(shot.kept === null ? "Not sent: the server did not answer. The photograph is still here." :
        "Not sent: the server did not answer. The photograph is kept on this device, encrypted.", "stop");
      this.find("unsent").hidden = false;
      this.find("unsent").querySelector("button").focus();
      return;
    }
    if (shot !== this.#shot) return;
    if (answer.saved) this.#saved(shot, answer);
    else if (answer.retake) this.#retake(answer.retake);
    else {
      this.#say(answer.error, "stop");
      this.find("asked").hidden = false;
      this.find("asked").querySelector("ul").replaceChildren();
      this.find("asked").querySelector("[data-act=despite]").hidden = true;
      this.find("asked").querySelector("[data-act=again]").focus();
    }
  }

  #saved(shot, answer) {
    if (shot.kept !== null) forget(shot.kept);
    shot.step.dataset.done = "";
    shot.step.querySelector("[data-state]").textContent = "✓ taken";
    const next = this.steps.slice(this.steps.indexOf(shot.step) + 1).find((step) => !("done" in step.dataset)) ??
      this.steps.find((step) => !("done" in step.dataset));
    this.#shot = null;
    this.find("frozen").hidden = true;
    this.find("take").hidden = false;
    if (next) this.#choose(next);
    this.#say(next ? `${answer.saved} saved. Next: ${next.dataset.label}.` : `${answer.saved} saved. Every view is taken.`, "done");
    this.find("take").focus();
  }

  #retake(reasons) {
    this.#say("Please take it again while the patient is here.", "caution");
    const asked = this.find("asked");
    asked.querySelector("ul").replaceChildren(...reasons.map(({ label, advice }) => {
      const row = document.createElement("li");
      const what = document.createElement("strong");
      what.textContent = `${label}. `;
      row.append(what, advice);
      return row;
    }));
    asked.querySelector("[data-act=despite]").hidden = false;
    asked.hidden = false;
    asked.querySelector("[data-act=again]").focus();
  }

  #say(words, tone) {
    const line = this.find("say");
    line.className = words ? `notice ${tone}` : "";
    line.textContent = words;
  }

  // ------------------------------------------------------------------------------------------------ left over
  async #listLeft() {
    const left = await kept(this.dataset.take).catch(() => []);
    this.find("left").hidden = !left.length;
    this.find("left-count").textContent = left.length === 1 ? "1 photograph was" : `${left.length} photographs were`;
  }

  async #sendLeft() {
    const refused = [];
    for (const entry of await kept(this.dataset.take)) {
      try {
        // Whoever took it is gone from the camera: it is kept with whatever speaks against it.
        const answer = await send(this.dataset.take, { ...entry.fields, despite: "1" }, await unsealed(entry), this.csrf);
        if (answer.error) refused.push(`${entry.label}: ${answer.error}`);
        await forget(entry.id);
      } catch {
        break;
      }
    }
    await this.#listLeft();
    this.#say(refused.length ? refused.join(" ") : this.find("left").hidden ? "All are sent." : "Still no answer. They stay on this device.",
      refused.length || !this.find("left").hidden ? "caution" : "done");
  }
}
customElements.define("capture-room", CaptureRoom);
