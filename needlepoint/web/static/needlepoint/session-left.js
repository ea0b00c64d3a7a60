// Shows, beside a signed chart, what somebody charted on this device and what came too late to be signed with it.
const left = document.querySelector("[data-left]");
const shelf = `needlepoint:chart:${left.dataset.ref}`;
const entries = JSON.parse(localStorage.getItem(shelf) ?? "[]");
const labels = JSON.parse(document.getElementById("labels").textContent);

const list = document.createElement("ul");
list.append(...entries.map((entry) => Object.assign(document.createElement("li"), {
  textContent: `${labels[entry.field] ?? entry.field}: ${entry.text || "empty"} (${entry.user}, ${new Date(entry.made).toLocaleTimeString()})`,
})));
left.querySelector("strong").after(list);
left.hidden = !entries.length;
left.querySelector("button").addEventListener("click", () => {
  localStorage.removeItem(shelf);
  left.hidden = true;
});
