// <wangge-choose>: a long list searched by typing, around a plain <select> that keeps the value and the name.

const SHOWN = 12;
let made = 0;

class Choose extends HTMLElement {
  private select!: HTMLSelectElement;
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private found: HTMLOptionElement[] = [];
  private at = -1;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.input) return;
    this.select = select;
    this.build();
    this.showChosen();
    select.addEventListener("wangge:restored", () => this.showChosen());
    select.form?.addEventListener("reset", () => setTimeout(() => this.showChosen()));
  }

  private build(): void {
    made += 1;
    const listId = `choose-${made}`;
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false });
    this.input.placeholder = this.getAttribute("placeholder") ?? "";
    this.input.id = this.select.id;
    this.select.removeAttribute("id");
    for (const [name, value] of [
      ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", listId],
      ["aria-describedby", this.select.getAttribute("aria-describedby") ?? ""],
    ] as const) this.input.setAttribute(name, value);
    this.input.required = this.select.required;
    this.select.required = false;
    this.select.hidden = true;
    this.list = document.createElement("ul");
    this.list.id = listId;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.append(this.input, this.list);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.search());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.leave());
    // mousedown comes before blur, click after it.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (item) this.choose(Number(item.dataset["at"]));
    });
  }

  private search(): void {
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = this.select.selectedOptions[0];
    const all = [...this.select.options].filter((option) => option.value);
    const untouched = chosen?.value !== "" && this.input.value === chosen?.text;
    this.found = untouched ? all : all.filter((option) => words.every((word) => hay(option).includes(word)));
    this.at = this.found.length ? 0 : -1;
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(...this.found.slice(0, SHOWN).map((option, index) => this.item(option, index)));
    const more = this.found.length;
    if (more === 0 || more > SHOWN) {
      const note = document.createElement("li");
      note.className = "quiet";
      note.setAttribute("role", "presentation");
      note.textContent = more === 0 ? this.getAttribute("text-none") : `${more} ${this.getAttribute("text-count") ?? ""}`;
      this.list.append(note);
    }
    this.open(true);
    this.mark();
  }

  private item(option: HTMLOptionElement, index: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.dataset["at"] = String(index);
    item.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = option.text;
    const hint = document.createElement("span");
    hint.className = "quiet";
    const group = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement.label : "";
    hint.textContent = [group, option.dataset["hint"]].filter(Boolean).join(" · ");
    item.append(name, hint);
    return item;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.search();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.list.hidden && !event.ctrlKey) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.open(false);
    }
  }

  private move(by: number): void {
    const last = Math.min(this.found.length, SHOWN) - 1;
    this.at = Math.min(Math.max(this.at + by, 0), last);
    this.mark();
  }

  private mark(): void {
    for (const item of this.list.querySelectorAll("[role=option]")) {
      const current = Number((item as HTMLElement).dataset["at"]) === this.at;
      item.setAttribute("aria-selected", String(current));
      if (current) item.scrollIntoView({ block: "nearest" });
    }
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private choose(at: number): void {
    const option = this.found[at];
    if (!option) return;
    const changed = this.select.value !== option.value;
    this.select.value = option.value;
    this.showChosen();
    this.open(false);
    if (changed) this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Text that names nothing is not a choice: the last one stays, empty text takes it back. */
  private leave(): void {
    this.open(false);
    if (!this.input.value.trim() && this.select.value) {
      this.select.value = "";
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.showChosen();
  }

  private showChosen(): void {
    const chosen = this.select.selectedOptions[0];
    this.input.value = chosen?.value ? chosen.text : "";
  }

  private open(open: boolean): void {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }
}

function hay(option: HTMLOptionElement): string {
  const group = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement.label : "";
  return `${option.text} ${option.value} ${option.dataset["hint"] ?? ""} ${option.dataset["words"] ?? ""} ${group}`.toLowerCase();
}

customElements.define("wangge-choose", Choose);
