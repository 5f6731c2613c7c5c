// <wangge-places>: places of the city offered while an address is typed, around a plain <input> that keeps its words.
//
// Choosing one writes its name and sets the point of the same form; a point set on the map offers its words to an
// empty field. Whatever fails, the input stays an input.

const WAIT_MS = 150;
const DIGITS = 6;
let listsMade = 0;

interface Place {
  kind: string;
  name: string;
  lon: number;
  lat: number;
  district_name: string | null;
}

class Places extends HTMLElement {
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private found: Place[] = [];
  private at = -1;
  private timer = 0;
  private asked = 0;
  private told = "";

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input || this.input) return;
    this.input = input;
    listsMade += 1;
    this.list = document.createElement("ul");
    this.list.id = `places-${listsMade}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.append(this.list);
    for (const [name, value] of [
      ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id],
    ] as const) input.setAttribute(name, value);
    input.addEventListener("input", (event) => this.typed(event as InputEvent));
    input.addEventListener("compositionend", () => this.later());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.open(false));
    // mousedown comes before blur, click after it.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (item) this.choose(Number(item.dataset["at"]));
    });
    input.form?.addEventListener("wangge:moved", () => void this.tell());
  }

  private typed(event: InputEvent): void {
    if (event.isComposing) return;
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), WAIT_MS);
  }

  private async search(): Promise<void> {
    const words = this.input.value.trim();
    if (!words) {
      this.open(false);
      return;
    }
    const number = ++this.asked;
    const answer = await this.ask(this.getAttribute("search-url"), { q: words, ...this.point() });
    // A slower answer to fewer letters must not replace a later one.
    if (number !== this.asked || !answer || document.activeElement !== this.input) return;
    this.found = (answer as { items: Place[] }).items;
    this.at = this.found.length ? 0 : -1;
    this.list.replaceChildren(...this.found.map((place, index) => this.item(place, index)));
    this.open(this.found.length > 0);
    this.mark();
  }

  private async tell(): Promise<void> {
    const point = this.point();
    const own = this.input.value.trim();
    if (!point["lon"] || (own && own !== this.told)) return;
    const answer = (await this.ask(this.getAttribute("words-url"), point)) as { address: string } | undefined;
    if (!answer?.address || this.input.value.trim() !== own) return;
    this.told = answer.address;
    this.input.value = answer.address;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private async ask(address: string | null, values: Record<string, string>): Promise<unknown> {
    if (!address) return undefined;
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(values)}`, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }

  private point(): Record<string, string> {
    const lon = this.coordinate("lon")?.value ?? "";
    const lat = this.coordinate("lat")?.value ?? "";
    return lon && lat ? { lon, lat } : {};
  }

  private coordinate(name: "lon" | "lat"): HTMLInputElement | null {
    return this.input.form?.querySelector<HTMLInputElement>(`[data-${name}]`) ?? null;
  }

  private item(place: Place, index: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.dataset["at"] = String(index);
    item.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = place.name;
    const hint = document.createElement("span");
    hint.className = "quiet";
    hint.textContent = [place.district_name, this.getAttribute(`text-${place.kind.replaceAll("_", "-")}`)].filter(Boolean).join(" · ");
    item.append(name, hint);
    return item;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || this.list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.at = Math.min(Math.max(this.at + by, 0), this.found.length - 1);
      this.mark();
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.open(false);
    }
  }

  private mark(): void {
    for (const item of this.list.querySelectorAll<HTMLElement>("[role=option]")) {
      const current = Number(item.dataset["at"]) === this.at;
      item.setAttribute("aria-selected", String(current));
      if (current) item.scrollIntoView({ block: "nearest" });
    }
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private choose(at: number): void {
    const place = this.found[at];
    if (!place) return;
    this.asked += 1;
    this.input.value = `${place.district_name ?? ""}${place.name}`;
    this.told = this.input.value;
    this.open(false);
    const lon = this.coordinate("lon");
    const lat = this.coordinate("lat");
    if (lon && lat) {
      lon.value = place.lon.toFixed(DIGITS);
      lat.value = place.lat.toFixed(DIGITS);
      lat.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private open(open: boolean): void {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }
}

customElements.define("wangge-places", Places);
