// Keeps a page up to date with what is answered on another device: asks now and then whether anything is newer, and
// brings in what is. A page without this module is up to date once it is loaded again.
const EVERY_MS = 4000;
const place = document.querySelector("[data-answers]");

async function look() {
  if (document.hidden) return;
  let said;
  try {
    const answer = await fetch(place.dataset.answers);
    if (!answer.ok) return;
    said = await answer.json();
  } catch {
    return;
  }
  if (Number(place.dataset.stamp) >= said.stamp) return;
  place.dataset.stamp = said.stamp;
  document.dispatchEvent(new CustomEvent("answers-changed"));
  await renew();
}

async function renew() {
  const live = [...document.querySelectorAll("[data-live]")];
  if (!live.length) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  for (const part of live) {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (newer && !part.contains(document.activeElement)) part.replaceChildren(...newer.childNodes);
  }
}

if (place) {
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
