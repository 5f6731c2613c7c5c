// Small conveniences of forms that work without them: one sending per press, lists that submit, paper, sign-in.

/** Hears the whole document, so that pieces swapped in later need nothing. */
export function enhanceForms(): void {
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", submitWithSelect);
  document.addEventListener("click", onClick);
  beginTyping();
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) release(form);
  });
}

/** A page that is there to be typed into begins at its first question. */
function beginTyping(): void {
  const form = document.querySelector("form[data-starts]");
  if (form === null || document.activeElement !== document.body) return;
  const first = form.querySelector<HTMLElement>("input:checked, input:not([type=hidden]):not([type=radio]), select:not([hidden]), textarea");
  first?.focus();
}

function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset["sending"]) {
    event.preventDefault();
    return;
  }
  form.dataset["sending"] = "yes";
  form.setAttribute("aria-busy", "true");
}

function release(form: HTMLFormElement): void {
  delete form.dataset["sending"];
  form.removeAttribute("aria-busy");
}

function submitWithSelect(event: Event): void {
  const select = event.target;
  if (select instanceof HTMLSelectElement && select.hasAttribute("data-submits")) select.form?.requestSubmit();
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest("[data-prints]")) window.print();
  const account = target.closest<HTMLElement>("[data-fills-username]");
  const username = document.querySelector<HTMLInputElement>("[data-sign-in] [name=username]");
  if (account && username) {
    username.value = account.dataset["fillsUsername"] ?? "";
    document.querySelector<HTMLInputElement>("[data-sign-in] [type=password]")?.focus();
  }
}
