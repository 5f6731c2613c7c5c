// <wangge-field>: the collectors' app. One page with its screens; what a person has lies in the telephone's storage.
//
// The page is the same for everyone and comes from the cache where there is no network. Who works with it is known from
// the last answer of the server; whoever signs in after him sees his own work only, and nobody's work is lost by that.
import { type CatalogueItem, type Component, Server, type State, type Task } from "./asking";
import { GridComponents } from "./components";
import { zoomAround, type Fix } from "./places";
import { drawQueue } from "./queue";
import { ReportForm } from "./report";
import { type Fixed, Sender } from "./sender";
import * as store from "./store";
import type { Item } from "./store";
import { drawTask, drawTasks, pictureName } from "./tasks";
import { clockTime, make, say, useWords } from "./words";

const EVERY_MS = 60_000;
const MOST_FIXES = 500;
const MOST_RECENT = 12;
const MOST_PICTURES = 60;

interface Who {
  scope: string;
  name: string;
}

class FieldApp extends HTMLElement {
  private server!: Server;
  private sender!: Sender;
  private report!: ReportForm;
  private components!: GridComponents;
  private who: Who | undefined;
  private state: State | undefined;
  private asOf = 0;
  private here: Fix | undefined;
  private mending: Item | undefined;
  private urls: Record<string, string> = {};

  connectedCallback(): void {
    useWords(this.getAttribute("words"));
    if (!this.getAttribute("urls")) return;
    this.urls = JSON.parse(this.getAttribute("urls") ?? "{}") as Record<string, string>;
    this.server = new Server(this.urls);
    this.sender = new Sender(this.server, (state) => this.take(state), () => void this.show());
    const shared = {
      scope: () => this.who?.scope ?? "",
      map: () => this.map(),
      fixed: (fix: Fix) => void this.fixed(fix),
      saved: (item: Item) => void this.saved(item),
    };
    this.report = new ReportForm(this.querySelector("form")!, shared);
    this.components = new GridComponents(this, this.server, (component) => void this.reportComponent(component));
    for (const way of this.querySelectorAll<HTMLAnchorElement>("a[data-url]")) way.href = this.urls[way.dataset["url"] ?? ""] ?? "#";
    this.querySelector<HTMLAnchorElement>("[data-sign-in]")!.href = this.urls["enter"] ?? "/";
    window.addEventListener("hashchange", () => void this.turnTo());
    window.addEventListener("online", () => void this.sender.send());
    document.addEventListener("visibilitychange", () => !document.hidden && void this.sender.send());
    setInterval(() => !document.hidden && void this.sender.send(), EVERY_MS);
    void this.begin();
  }

  private async begin(): Promise<void> {
    this.who = await store.remembered<Who>("who");
    if (this.who) {
      this.state = await store.remembered<State>(`state:${this.who.scope}`);
      this.asOf = (await store.remembered<number>(`asked:${this.who.scope}`)) ?? 0;
      await this.components.use(this.who.scope);
    }
    await this.useCatalogue();
    if (!window.isSecureContext) this.tell(say("insecure"));
    this.keepApp();
    await this.turnTo();
    await this.show();
    this.dataset["ready"] = "yes";
    await this.sender.send();
  }

  /** The server said who is signed in and what he needs; another person begins with his own. */
  private async take(state: State): Promise<void> {
    const changed = this.who?.scope !== state.scope;
    this.who = { scope: state.scope, name: state.name };
    this.state = state;
    await store.remember("who", this.who);
    this.asOf = Date.now();
    await store.remember(`state:${state.scope}`, state);
    await store.remember(`asked:${state.scope}`, this.asOf);
    if (state.catalogue.items) await store.remember("catalogue", state.catalogue);
    if (state.catalogue.items || changed) await this.useCatalogue();
    void this.keepPictures(state);
    await this.components.use(state.scope);
    void this.components.renew(state.grids.map((grid) => grid.code)).then(() => this.components.show(this.here));
    if (changed) await this.turnTo();
    else await this.show();
  }

  private async useCatalogue(): Promise<void> {
    const catalogue = await store.remembered<{ items: CatalogueItem[] }>("catalogue");
    const recent = this.who ? ((await store.remembered<string[]>(`recent:${this.who.scope}`)) ?? []) : [];
    if (catalogue) this.report.useCatalogue(catalogue.items, recent);
  }

  /** Small pictures of the tasks, so that what was reported can be looked at on the spot without a network. */
  private async keepPictures(state: State): Promise<void> {
    for (const address of state.tasks.flatMap((task) => task.pictures).slice(0, MOST_PICTURES)) {
      const name = pictureName(state.scope, address);
      if (await store.remembered(name)) continue;
      const answer = await fetch(address, { redirect: "error" }).catch(() => undefined);
      if (!answer?.ok) continue;
      const told = await dataUrl(await answer.blob());
      await store.remember(name, told).catch(() => undefined);
    }
  }

  // ---- screens --------------------------------------------------------------------------------------------------

  private get wanted(): [screen: string, rest: string] {
    const [screen = "", rest = ""] = location.hash.slice(1).split("/");
    return this.querySelector(`[data-screen="${CSS.escape(screen)}"]`) ? [screen, decodeURIComponent(rest)] : ["tasks", ""];
  }

  private async turnTo(): Promise<void> {
    const [screen, rest] = this.wanted;
    for (const section of this.querySelectorAll<HTMLElement>("[data-screen]")) section.hidden = section.dataset["screen"] !== screen;
    for (const way of document.querySelectorAll<HTMLAnchorElement>(".thumb-bar a, .ways a")) {
      if (way.hash === `#${screen}`) way.setAttribute("aria-current", "page");
      else way.removeAttribute("aria-current");
    }
    this.tell("");
    await this.show();
    if (screen === "report") await this.report.open();
    else if (screen === "task") await this.showTask(rest);
    else if (screen === "map") this.showMap();
    else if (screen === "tasks" && !this.here) void this.locate();
    window.scrollTo(0, 0);
  }

  /** What changes with every item: the bar, the queue, the tasks. */
  private async show(): Promise<void> {
    const scope = this.who?.scope ?? "";
    const items = await store.itemsOf(scope);
    const count = (wanted: store.ItemState): number => items.filter((item) => item.state === wanted).length;
    const counts = this.querySelector<HTMLElement>("[data-counts]")!;
    const refused = count("refused");
    counts.textContent = [
      say("counts", { kept: count("waiting") + refused, sent: count("sent") }),
      refused ? say("refused_count", { n: refused }) : "",
    ].filter(Boolean).join(" · ");
    counts.dataset["refused"] = String(refused);
    this.showPhase();
    const others = await store.countOfOthers(scope);
    this.querySelector<HTMLElement>("[data-others]")!.textContent = others ? say("other", { n: others }) : "";
    await drawQueue(this.querySelector<HTMLElement>("[data-queue]")!, {
      scope: () => scope,
      tasks: () => this.state?.tasks ?? [],
      mendReport: (item) => void this.mendReport(item),
      mendTask: (item) => this.mendTask(item),
      changed: () => void this.show().then(() => this.sender.send()),
      caseUrl: this.urls["case"] ?? "",
    });
    const waiting = new Set(items.filter((item) => item.kind === "move" && item.state !== "sent").map((item) => item.number ?? ""));
    const tasks: Task[] = this.state?.tasks ?? [];
    const [list, line] = [this.querySelector<HTMLElement>("[data-tasks]")!, this.querySelector<HTMLElement>("[data-route]")!];
    drawTasks(list, line, tasks, this.here, waiting, this.state ? clockTime(this.asOf) : "");
    this.showMine();
  }

  private showPhase(): void {
    const phase = this.sender.phase;
    const words = {
      idle: "", sending: say("sending"), offline: say("offline"), away: say("server_away"),
      ended: say(this.who ? "ended" : "nobody"), other: say("sending"),
    }[phase];
    const progress = phase === "sending" && this.sender.progress ? say("photo_progress", { percent: this.sender.progress }) : "";
    const line = this.querySelector<HTMLElement>("[data-line]")!;
    const told = progress || (this.who || phase !== "offline" ? words : say("nobody"));
    if (line.textContent !== told) line.textContent = told;
    this.dataset["phase"] = phase;
    this.querySelector<HTMLElement>("[data-sign-in]")!.hidden = phase !== "ended";
  }

  private showMine(): void {
    this.querySelector<HTMLElement>("[data-name]")!.textContent = this.who?.name ?? say("nobody");
    const grids = this.state?.grids ?? [];
    const facts = this.querySelector<HTMLElement>("[data-facts]")!;
    const words = grids.length ? grids.map((grid) => `${grid.name} ${grid.code}`).join("、") : say("no_grid");
    facts.replaceChildren(make("div", "", make("dt", "", say("grid")), make("dd", "", words)));
    const own = this.state?.own ?? [];
    const lines = own.map((each) => {
      const link = make("a", "", make("b", "", each.category), make("span", "quiet", `${clockTime(Date.parse(each.reported_at))} · ${each.stage}`));
      link.href = each.url;
      return make("li", "", link);
    });
    this.querySelector<HTMLElement>("[data-own]")!.replaceChildren(...(lines.length ? lines : [make("li", "quiet", say("no_own"))]));
  }

  private async showTask(number: string): Promise<void> {
    const task = this.state?.tasks.find((each) => each.number === number);
    const root = this.querySelector<HTMLElement>("[data-task]")!;
    if (!task) {
      location.hash = "#tasks";
      return;
    }
    const before = this.mending?.number === number ? this.mending : undefined;
    const shared = {
      scope: () => this.who?.scope ?? "",
      map: () => this.map(),
      fixed: (fix: Fix) => void this.fixed(fix),
      saved: (item: Item) => void this.saved(item),
    };
    await drawTask(root, task, shared, before);
  }

  private showMap(): void {
    if (this.here) this.components.show(this.here);
    else void this.locate().then(() => this.components.show(this.here));
    const root = this.querySelector<HTMLElement>("[data-map]")!;
    if (root.querySelector("wangge-map")) return;
    const map = this.map();
    if (!map) {
      root.replaceChildren(make("p", "quiet", say("map_none")));
      return;
    }
    const box = this.state?.grids[0]?.box;
    const at = this.here ?? (box ? { lon: (box[0]! + box[2]!) / 2, lat: (box[1]! + box[3]!) / 2 } : undefined);
    if (at) {
      map.setAttribute("lon", String(at.lon));
      map.setAttribute("lat", String(at.lat));
      map.setAttribute("zoom", String(zoomAround(this.components.reach(at), at.lat)));
    }
    if (!this.here) map.setAttribute("unmarked", "");
    root.replaceChildren(map);
    void import("../map").then(({ CityMap }) => (map instanceof CityMap ? this.components.drawOn(map) : undefined));
  }

  /** A report of a component: what it is and where it stands is known. */
  private async reportComponent([code, name, category, , , lon, lat]: Component): Promise<void> {
    await this.report.beginAt(category, { lon, lat, fix: "map", at: Date.now(), component: { code, name } });
    location.hash = "#report";
  }

  private map(): HTMLElement | undefined {
    const told = this.state?.map;
    const words = this.querySelector<HTMLTemplateElement>("template[data-map-words]")!;
    if (!told) return undefined;
    const map = (words.content.cloneNode(true) as DocumentFragment).querySelector<HTMLElement>("wangge-map")!;
    map.setAttribute("lon", told.lon);
    map.setAttribute("lat", told.lat);
    map.setAttribute("zoom", told.zoom);
    for (const [name, label, url] of told.layers) {
      const layer = make("data", "", label);
      layer.value = url;
      layer.hidden = true;
      layer.dataset["layer"] = name;
      map.append(layer);
    }
    return map;
  }

  // ---- what happens ---------------------------------------------------------------------------------------------

  private async saved(item: Item): Promise<void> {
    this.mending = undefined;
    void navigator.storage?.persist?.();
    if (item.kind === "report") {
      const name = `recent:${item.scope}`;
      const recent = (await store.remembered<string[]>(name)) ?? [];
      const chosen = String(item.body["category"]);
      await store.remember(name, [chosen, ...recent.filter((each) => each !== chosen)].slice(0, MOST_RECENT));
      await this.useCatalogue();
    } else location.hash = "#tasks";
    await this.show();
    this.tell(`${say("saved")} · ${item.title}。${say("saved_detail")}`);
    window.scrollTo(0, 0);
    await this.sender.send();
  }

  private async mendReport(item: Item): Promise<void> {
    await this.report.mend(item);
    location.hash = "#report";
  }

  private mendTask(item: Item): void {
    this.mending = item;
    location.hash = `#task/${encodeURIComponent(item.number ?? "")}`;
  }

  private async locate(): Promise<void> {
    const { whereIAm } = await import("./places");
    const fix = await whereIAm();
    if (fix) await this.fixed(fix);
  }

  /** The telephone knows where it is: tasks are ordered by it, and it counts as presence while on duty. */
  private async fixed(fix: Fix): Promise<void> {
    this.here = fix;
    const scope = this.who?.scope;
    if (scope) {
      const name = `fixes:${scope}`;
      const found = (await store.remembered<Fixed[]>(name)) ?? [];
      const told = { at: new Date(fix.at).toISOString(), lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy ?? null };
      await store.remember(name, [...found, told].slice(-MOST_FIXES)).catch(() => undefined);
    }
    await this.show();
  }

  private tell(words: string): void {
    const note = this.querySelector<HTMLElement>("[data-told]")!;
    note.hidden = !words;
    note.dataset["kind"] = "done";
    note.textContent = words;
  }

  // ---- the app itself -------------------------------------------------------------------------------------------

  private keepApp(): void {
    if (!("serviceWorker" in navigator)) return;
    const update = this.querySelector<HTMLButtonElement>("[data-update]")!;
    const hadOne = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener("controllerchange", () => hadOne && location.reload());
    void navigator.serviceWorker.ready.then((registration) => {
      registration.active?.postMessage("keep-map");
      const offer = (): void => {
        const waiting = registration.waiting;
        update.hidden = !waiting;
        update.onclick = () => waiting?.postMessage("take-over");
      };
      offer();
      registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
    });
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}

customElements.define("wangge-field", FieldApp);
