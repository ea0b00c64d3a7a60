// A button with data-copy="#field" copies that field's content and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.dataset.state = "saved";
      said.textContent = "Copied";
    } catch {
      field.select();
      said.dataset.state = "failed";
      said.textContent = "Could not copy: the address is marked, copy it by hand";
    }
  });
}
