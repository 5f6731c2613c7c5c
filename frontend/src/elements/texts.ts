// <wangge-texts>: standard texts for the note field before it. F2 or the button opens what is kept for this stage; a
// digit, Enter or a click puts it where the cursor stands. Without script the note is a note.

const NUMBERED = 9;
let lists = 0;

class Texts extends HTMLElement {
  private area!: HTMLTextAreaElement;
  private button!: HTMLButtonElement;
  private list: HTMLElement | undefined;
  private at = 0;
  private readonly outside = (event: PointerEvent): void => {
    const target = event.target as Node;
    if (!this.contains(target) && target !== this.area) this.close();
  };

  connectedCallback(): void {
    const area = this.previousElementSibling;
    const button = this.querySelector("button");
    if (!(area instanceof HTMLTextAreaElement) || !button || this.button) return;
    this.area = area;
    this.button = button;
    this.hidden = false;
    button.addEventListener("click", () => void this.toggle());
    area.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("click", (event) => {
      const chosen = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (chosen) this.put(chosen);
    });
  }

  disconnectedCallback(): void {
    document.removeEventListener("pointerdown", this.outside);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "F2") void this.toggle();
    else if (!this.list || !this.chooses(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private chooses(key: string): boolean {
    const all = this.options();
    const digit = Number(key);
    if (key === "Escape") this.close();
    else if (key === "ArrowDown") this.mark(Math.min(this.at + 1, all.length - 1));
    else if (key === "ArrowUp") this.mark(Math.max(this.at - 1, 0));
    else if (key === "Enter" && all[this.at]) this.put(all[this.at]!);
    else if (digit >= 1 && digit <= NUMBERED && all[digit - 1]) this.put(all[digit - 1]!);
    else return false;
    return true;
  }

  private async toggle(): Promise<void> {
    if (this.list) return this.close();
    const answer = await fetch(this.getAttribute("url") ?? "", { headers: { Accept: "text/html" } }).catch(() => undefined);
    if (!answer?.ok || this.list) return;
    this.list = document.createElement("div");
    this.list.className = "texts-list";
    this.list.innerHTML = await answer.text(); // drawn and escaped by the server
    lists += 1;
    this.options().forEach((option, index) => (option.id = `texts-${lists}-${index}`));
    this.append(this.list);
    this.button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.outside);
    this.area.focus();
    this.mark(0);
  }

  private options(): HTMLElement[] {
    return [...(this.list?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
  }

  private mark(at: number): void {
    this.at = at;
    this.options().forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const current = this.options()[at];
    current?.scrollIntoView({ block: "nearest" });
    if (current) this.area.setAttribute("aria-activedescendant", current.id);
  }

  private put(option: HTMLElement): void {
    const words = option.querySelector("[data-words]")?.textContent ?? "";
    this.close();
    this.area.focus();
    this.area.setRangeText(words, this.area.selectionStart, this.area.selectionEnd, "end");
    for (const name of ["input", "change"]) this.area.dispatchEvent(new Event(name, { bubbles: true }));
  }

  private close(): void {
    this.list?.remove();
    this.list = undefined;
    this.button.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
    document.removeEventListener("pointerdown", this.outside);
  }
}

customElements.define("wangge-texts", Texts);
