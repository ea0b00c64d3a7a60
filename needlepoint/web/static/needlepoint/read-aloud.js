// Reads the page's questions aloud with the browser's own voice, where it has one; each part in its own language.
const button = document.querySelector("[data-read-aloud]");

function stop() {
  speechSynthesis.cancel();
  button.setAttribute("aria-pressed", "false");
}

function start() {
  const parts = [...document.querySelectorAll("[data-aloud]")].filter((part) => part.offsetParent);
  parts.forEach((part, place) => {
    const said = new SpeechSynthesisUtterance(part.textContent.replaceAll("·", ",").trim());
    said.lang = part.closest("[lang]").lang;
    if (place === parts.length - 1) said.onend = stop;
    speechSynthesis.speak(said);
  });
  button.setAttribute("aria-pressed", "true");
}

if (button && "speechSynthesis" in window) {
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : start()));
  addEventListener("pagehide", () => speechSynthesis.cancel());
}
