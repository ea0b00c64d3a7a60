// Says which files were chosen where the page shows a button instead of the browser's own file field.
for (const input of document.querySelectorAll("input[type=file][data-says]")) {
  const place = document.getElementById(input.dataset.says);
  input.addEventListener("change", () => {
    const names = [...input.files].map((file) => file.name);
    place.textContent = names.length ? `✓ ${names.length === 1 ? names[0] : `${names.length} photographs`}, not saved yet` : "";
  });
}
