// <wangge-keys>: the keyboard layer of the desk. Elements say their own key (data-key), rows are [data-row].

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, select, [contenteditable]";
const PRESSABLE = "a[href], button, summary, wangge-choose, dialog";

class Keys extends HTMLElement {
  private readonly onKey = (event: KeyboardEvent): void => this.press(event);

  connectedCallback(): void {
    this.hidden = false;
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.onKey);
  }

  private press(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const focused = document.activeElement;
    if (event.ctrlKey) {
      if (event.key === "Enter" && focused instanceof HTMLElement) focused.closest("form")?.requestSubmit();
      return;
    }
    if (focused?.matches(TYPING)) {
      if (event.key === "Escape") (focused as HTMLElement).blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && focused?.matches(PRESSABLE)) return;
    if (this.act(event.key)) event.preventDefault();
  }

  private act(key: string): boolean {
    if (key === "?") {
      this.querySelector("dialog")?.showModal();
      return true;
    }
    const named = [...document.querySelectorAll<HTMLElement>("[data-key]")].find(
      (element) => element.dataset["key"]?.toLowerCase() === key.toLowerCase() && element.offsetParent !== null,
    );
    if (named) return pressed(named);
    if (key === "j" || key === "J") return walk(1);
    if (key === "k" || key === "K") return walk(-1);
    if (key === "x" || key === "X") return tick();
    if (key === "Enter") return open();
    return false;
  }
}

function pressed(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement) {
    element.focus();
    element.select();
  } else {
    element.click();
    const details = element.closest("details");
    if (element.tagName === "SUMMARY" && details?.open) {
      details.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea, button")?.focus();
    }
  }
  return true;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")];
}

function walk(by: number): boolean {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector<HTMLElement>("a")?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

/** Ticks or unticks the row the focus is in. */
function tick(): boolean {
  const row = rows().find((each) => each.contains(document.activeElement));
  const box = row?.querySelector<HTMLInputElement>("input[type=checkbox]");
  box?.click();
  return box !== undefined && box !== null;
}

function open(): boolean {
  const current = rows()[0]?.querySelector<HTMLElement>("a");
  current?.click();
  return current !== undefined && current !== null;
}

customElements.define("wangge-keys", Keys);
