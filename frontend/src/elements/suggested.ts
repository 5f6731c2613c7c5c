// A suggestion is taken over by a click: into every form of the page that asks for it and may be given it.

function fill(name: string, value: string): boolean {
  let filled = false;
  for (const select of document.querySelectorAll<HTMLSelectElement>(`select[name="${name}"]`)) {
    if (![...select.options].some((option) => option.value === value)) continue;
    select.value = value;
    select.dispatchEvent(new Event("wangge:restored"));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    filled = true;
  }
  return filled;
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("button[data-fills]");
  if (!button) return;
  // Outside a form the button does nothing else; within one it would ask for the page anew.
  if (fill(button.dataset["fills"] ?? "", button.dataset["value"] ?? "") || !button.form) event.preventDefault();
});
