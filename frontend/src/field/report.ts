// The report form of the app: kept while it is filled, saved whole, sent later. Three taps: photo, class, save.
import type { CatalogueItem } from "./asking";
import { PictureField } from "./pictures";
import { PlaceField } from "./place";
import type { Fix } from "./places";
import * as store from "./store";
import type { Item } from "./store";
import { make, say } from "./words";

const QUICK = 3;
const SELF = "report_self_handled";

interface Draft {
  entry: string;
  category: string;
  address: string;
  description: string;
  pictures: Record<string, string[]>;
  fix: Fix | undefined;
  mends?: string;
}

export interface Hooks {
  scope(): string;
  map(): HTMLElement | undefined;
  fixed(fix: Fix): void;
  saved(item: Item): void;
}

export class ReportForm {
  private readonly before: PictureField;
  private readonly after: PictureField;
  private readonly place: PlaceField;
  private readonly select: HTMLSelectElement;
  private mends: string | undefined;
  private restoring = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly hooks: Hooks,
  ) {
    const changed = (): void => void this.keep();
    const pictured = (): void => {
      this.place.offer({ ...this.after.told, ...this.before.told });
      changed();
    };
    const picturesOf = (kind: string): PictureField =>
      new PictureField(form.querySelector<HTMLElement>(`[data-photos=${kind}]`)!, hooks.scope, pictured);
    this.before = picturesOf("photo_before");
    this.after = picturesOf("photo_after");
    const where = form.querySelector<HTMLElement>("[data-fix]")!.closest<HTMLElement>("fieldset")!;
    this.place = new PlaceField(where, hooks.map, hooks.fixed, changed);
    this.select = form.querySelector("select")!;
    form.addEventListener("change", (event) => this.onChange(event));
    form.addEventListener("input", changed);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
  }

  private get draftName(): string {
    return `draft:${this.hooks.scope()}`;
  }

  /** Called when the screen is opened: what was begun is back, and the place is asked for. */
  async open(): Promise<void> {
    const draft = await store.remembered<Draft>(this.draftName);
    if (draft && !this.isTouched) {
      await this.fill(draft);
      this.complain(draft.mends ? "" : say("draft_back"));
    }
    await this.place.locate(true);
  }

  /** A refused report comes back into the form; it keeps its key until it is taken. */
  async mend(item: Item): Promise<void> {
    const body = item.body as { entry: string; category: string; description?: string; location?: Record<string, unknown> };
    const place = body.location ?? {};
    const known = typeof place["lon"] === "number" && typeof place["lat"] === "number";
    await this.fill({
      entry: body.entry,
      category: body.category,
      address: String(place["address"] ?? ""),
      description: body.description ?? "",
      pictures: item.pictures,
      fix: known
        ? { lon: place["lon"] as number, lat: place["lat"] as number, fix: (place["fix"] as Fix["fix"]) ?? "typed", at: item.createdAt }
        : undefined,
      mends: item.key,
    });
    this.sayMending(item);
    await this.keep();
  }

  /** Begins at a component: its class and place are known; pictures and words that are there stay. */
  async beginAt(category: string, fix: Fix): Promise<void> {
    const draft = this.isTouched ? undefined : await store.remembered<Draft>(this.draftName);
    if (draft) await this.fill(draft);
    this.select.value = category;
    this.select.dispatchEvent(new Event("wangge:restored"));
    this.showQuick();
    this.place.set(fix);
    await this.keep();
  }

  useCatalogue(items: readonly CatalogueItem[], recent: readonly string[]): void {
    const chosen = this.select.value;
    const groups = new Map<string, HTMLOptGroupElement>();
    this.select.replaceChildren(make("option"));
    for (const [key, name, group, code, words] of items) {
      let holder = groups.get(group);
      if (!holder) {
        holder = make("optgroup");
        holder.label = group;
        groups.set(group, holder);
        this.select.append(holder);
      }
      const option = make("option", "", name);
      option.value = key;
      option.dataset["hint"] = code;
      option.dataset["words"] = words;
      holder.append(option);
    }
    this.select.value = chosen;
    this.select.dispatchEvent(new Event("wangge:restored"));
    const names = new Map(items.map(([key, name]) => [key, name]));
    const offered = [...recent, ...items.map(([key]) => key)].filter((key, at, all) => names.has(key) && all.indexOf(key) === at);
    const quick = this.form.querySelector<HTMLElement>("[data-quick]")!;
    quick.replaceChildren(
      ...offered.slice(0, QUICK).map((key) => {
        const input = make("input");
        Object.assign(input, { type: "radio", name: "quick", value: key, checked: key === chosen });
        return make("label", "choice", input, " ", make("span", "", names.get(key) ?? key));
      }),
    );
  }

  private get isTouched(): boolean {
    return this.before.ids.length > 0 || this.after.ids.length > 0 || this.select.value !== "" || this.value("description") !== "";
  }

  private get entry(): string {
    return this.form.querySelector<HTMLInputElement>("[name=entry]:checked")?.value ?? "report";
  }

  private value(name: string): string {
    return this.form.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name=${name}]`)!.value.trim();
  }

  private onChange(event: Event): void {
    const target = event.target as HTMLInputElement;
    if (target.name === "quick") {
      this.select.value = target.value;
      this.select.dispatchEvent(new Event("wangge:restored"));
    } else if (target === (this.select as unknown)) this.showQuick();
    if (target.name === "entry") this.showAfter();
    void this.keep();
  }

  private showQuick(): void {
    for (const radio of this.form.querySelectorAll<HTMLInputElement>("[name=quick]")) radio.checked = radio.value === this.select.value;
  }

  private showAfter(): void {
    this.after.root.hidden = this.entry !== SELF;
  }

  private async fill(draft: Draft): Promise<void> {
    this.restoring = true;
    try {
      for (const radio of this.form.querySelectorAll<HTMLInputElement>("[name=entry]")) radio.checked = radio.value === draft.entry;
      this.select.value = draft.category;
      this.select.dispatchEvent(new Event("wangge:restored"));
      this.showQuick();
      this.showAfter();
      this.form.querySelector<HTMLInputElement>("[name=address]")!.value = draft.address;
      this.form.querySelector<HTMLTextAreaElement>("[name=description]")!.value = draft.description;
      await this.before.show(draft.pictures["photo_before"] ?? []);
      await this.after.show(draft.pictures["photo_after"] ?? []);
      this.place.offer({ ...this.after.told, ...this.before.told });
      if (draft.fix) this.place.set(draft.fix);
      this.mends = draft.mends;
      const mended = draft.mends ? await store.itemOf(draft.mends) : undefined;
      this.sayMending(mended?.state === "refused" ? mended : undefined);
      if (mended?.state !== "refused") this.mends = undefined;
    } finally {
      this.restoring = false;
    }
  }

  private sayMending(item: Item | undefined): void {
    const note = this.form.querySelector<HTMLElement>("[data-mending]")!;
    note.hidden = !item;
    note.textContent = item ? say("mending", { why: item.refusal?.detail ?? item.refusal?.title ?? "" }) : "";
  }

  private pictures(): Record<string, string[]> {
    const own = { photo_before: [...this.before.ids] };
    return this.entry === SELF ? { ...own, photo_after: [...this.after.ids] } : own;
  }

  /** Keeps what is being filled in, so that a restart, a call or an empty battery takes nothing away. */
  private async keep(): Promise<void> {
    if (this.restoring || !this.hooks.scope()) return;
    const draft: Draft = {
      entry: this.entry,
      category: this.select.value,
      address: this.value("address"),
      description: this.value("description"),
      pictures: { photo_before: [...this.before.ids], photo_after: [...this.after.ids] },
      fix: this.place.fix,
      ...(this.mends ? { mends: this.mends } : {}),
    };
    if (this.isTouched || draft.address) await store.remember(this.draftName, draft).catch(() => undefined);
  }

  private lacking(): string {
    if (!this.before.ids.length) return say("need_photo");
    if (this.entry === SELF && !this.after.ids.length) return say("need_after");
    if (!this.select.value) return say("need_category");
    return this.place.fix ? "" : say("need_place");
  }

  private async save(): Promise<void> {
    const lacking = this.hooks.scope() ? this.lacking() : say("nobody");
    this.complain(lacking);
    if (lacking) return;
    const location = { ...this.place.location, ...(this.value("address") ? { address: this.value("address") } : {}) };
    const kind = this.entry === SELF ? say("self_handled") : say("report");
    const before = this.mends ? await store.itemOf(this.mends) : undefined;
    const item: Item = {
      key: before?.key ?? `field:${crypto.randomUUID()}`,
      scope: this.hooks.scope(),
      kind: "report",
      state: "waiting",
      createdAt: before?.createdAt ?? Date.now(),
      title: `${kind} · ${this.select.selectedOptions[0]?.text ?? ""}`,
      body: { source: "collector", entry: this.entry, category: this.select.value, description: this.value("description"), location },
      pictures: this.pictures(),
    };
    try {
      await store.keepItem(item, this.draftName);
    } catch {
      this.complain(say("storage_full"));
      return;
    }
    this.reset();
    this.hooks.saved(item);
  }

  private reset(): void {
    this.restoring = true;
    this.mends = undefined;
    this.sayMending(undefined);
    this.form.reset();
    this.select.value = "";
    this.select.dispatchEvent(new Event("wangge:restored"));
    this.showQuick();
    this.showAfter();
    this.before.clear();
    this.after.clear();
    this.place.clear();
    this.restoring = false;
    void this.place.locate(true);
  }

  private complain(words: string): void {
    this.form.querySelector<HTMLElement>("[data-form-error]")!.textContent = words;
  }
}
