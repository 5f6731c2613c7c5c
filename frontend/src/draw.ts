// <wangge-draw>: a grid's border over a <wangge-map>, with its corners to be moved, added and taken away.
//
// The border goes into the form's text field as GeoJSON, which may be typed as well. What it does to the neighbours is
// asked of the server after each change; nothing is written before the form is sent and its dry run confirmed.
import type { GeoJSONSource, Map as Ground, StyleSpecification } from "maplibre-gl";
import { Marker } from "maplibre-gl";
import { type At, Border, type Geometry, type Point } from "./drawing/border";
import { followHand, nearest, type Touch } from "./drawing/gripping";
import { Snapping } from "./drawing/snapping";
import { CityMap } from "./map";
import "./styles/draw.css";

const REACH_PIXELS = 12;
const CATCH_PIXELS = 8;
const MIDDLE_REACH_PIXELS = 9;
const ASK_AFTER_MS = 200;
const STEP_METRES = 2;
const LARGE_STEP_METRES = 20;
const METRES_PER_DEGREE = 111_320;
const MOST_UNDONE = 100;
const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

interface Feature {
  type: "Feature";
  properties: { code: string; name: string; part: "own" | "neighbour" | "parent" };
  geometry: Geometry;
}

interface Answer {
  features: Feature[];
  lines: string[];
  problems: string[];
}

class Draw extends HTMLElement {
  private ground: Ground | undefined;
  private handle: Marker | undefined;
  private border = new Border({ type: "Polygon", coordinates: [] });
  private chosen: At | undefined;
  private original: Feature | undefined;
  private around: Feature[] = [];
  private changed = new Map<string, Feature>();
  private snapping = new Snapping([]);
  private undone: string[] = [];
  private asked: AbortController | undefined;
  private waiting: number | undefined;

  connectedCallback(): void {
    void this.begin();
  }

  private get form(): HTMLFormElement {
    return this.closest("form")!;
  }

  private get field(): HTMLTextAreaElement {
    return this.form.querySelector<HTMLTextAreaElement>("[name=figure]")!;
  }

  private text(name: string): string {
    return this.getAttribute(`text-${name}`) ?? "";
  }

  private async begin(): Promise<void> {
    const map = this.querySelector("wangge-map");
    const answer = await fetch(this.getAttribute("sheet") ?? "", { headers: { Accept: "application/geo+json" } });
    if (!(map instanceof CityMap) || !answer.ok) return;
    const { features } = (await answer.json()) as { features: Feature[] };
    this.original = features.find((each) => each.properties.part === "own");
    this.around = features.filter((each) => each.properties.part === "neighbour");
    this.snapping = new Snapping(features.filter((each) => each !== this.original).map((each) => each.geometry));
    if (!this.original) return;
    this.border = new Border(this.typed() ?? this.original.geometry);
    this.ground = await map.drawOver({ sources: () => this.sources(), layers: drawn });
    if (!this.ground) return;
    this.follow(this.ground);
    this.ground.fitBounds(this.border.box, { padding: 36, animate: false });
    this.querySelector<HTMLElement>(".draw-tools")!.hidden = false;
    this.addEventListener("click", (event) => this.act((event.target as Element).closest<HTMLElement>("[data-act]")?.dataset["act"]));
    this.field.addEventListener("change", () => this.takeTyped());
    this.form.querySelector("[name=follows]")?.addEventListener("change", () => this.ask());
    this.dataset["ready"] = "yes";
    this.show();
    if (this.isChanged) this.ask();
  }

  private get isChanged(): boolean {
    return JSON.stringify(this.border.geometry) !== JSON.stringify(new Border(this.original!.geometry).geometry);
  }

  // ---- what is drawn --------------------------------------------------------------------------------------------

  private sources(): StyleSpecification["sources"] {
    return { "draw-areas": { type: "geojson", data: this.areas() }, "draw-corners": { type: "geojson", data: this.corners() } };
  }

  private areas(): GeoJSON.FeatureCollection {
    const around = this.around.map((each) => this.changed.get(each.properties.code) ?? each);
    const own = { type: "Feature", properties: { part: "new" }, geometry: this.border.geometry } as GeoJSON.Feature;
    const changed = around.map((each) => ({ ...each, properties: { part: this.changed.has(each.properties.code) ? "changed" : "neighbour" } }));
    return { type: "FeatureCollection", features: [...(changed as GeoJSON.Feature[]), this.original as GeoJSON.Feature, own] };
  }

  private corners(): GeoJSON.FeatureCollection {
    const spot = (kind: string) => ({ point }: { point: Point }): GeoJSON.Feature => ({
      type: "Feature",
      properties: { kind },
      geometry: { type: "Point", coordinates: point },
    });
    return { type: "FeatureCollection", features: [...this.border.middles().map(spot("middle")), ...this.border.corners().map(spot("corner"))] };
  }

  private show(): void {
    (this.ground?.getSource("draw-areas") as GeoJSONSource | undefined)?.setData(this.areas());
    (this.ground?.getSource("draw-corners") as GeoJSONSource | undefined)?.setData(this.corners());
    const point = this.chosen && this.border.at(this.chosen);
    if (!point) this.handle?.remove();
    else this.showHandle(point);
  }

  private showHandle(point: Point): void {
    if (!this.handle) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "draw-handle";
      button.addEventListener("keydown", (event) => this.push(event));
      this.handle = new Marker({ element: button });
    }
    this.handle.setLngLat(point).addTo(this.ground!);
    const all = this.border.corners();
    const number = all.findIndex((each) => each.point === point) + 1;
    const words = this.text("corner").replace("{n}", String(number)).replace("{all}", String(all.length));
    this.handle.getElement().setAttribute("aria-label", words);
  }

  // ---- by hand --------------------------------------------------------------------------------------------------

  private follow(ground: Ground): void {
    ground.scrollZoom.enable();
    followHand(ground, {
      take: (touch) => this.take(ground, touch),
      carry: (touch) => this.carry(touch),
      release: () => this.release(),
    });
  }

  private take(ground: Ground, touch: Touch): boolean {
    const corner = nearest(ground, this.border.corners(), touch.point, REACH_PIXELS);
    const middle = corner ? undefined : nearest(ground, this.border.middles(), touch.point, MIDDLE_REACH_PIXELS);
    if (!corner && !middle) return false;
    this.keep();
    this.chosen = corner?.at ?? this.border.add(middle!.at, middle!.point);
    this.show();
    return true;
  }

  private carry(touch: Touch): void {
    if (!this.chosen) return;
    const free: Point = [touch.lngLat.lng, touch.lngLat.lat];
    const caught = touch.originalEvent.altKey ? free : this.snapping.near(free, CATCH_PIXELS * this.degreesPerPixel(free));
    this.border.move(this.chosen, caught);
    this.show();
  }

  private degreesPerPixel(point: Point): number {
    const here = this.ground!.project(point);
    return Math.abs(this.ground!.unproject([here.x + 1, here.y]).lng - point[0]);
  }

  private release(): void {
    if (this.undone.at(-1) === JSON.stringify(this.border.geometry)) this.undone.pop();
    this.handle?.getElement().focus();
    this.tell();
  }

  // ---- by keys and buttons --------------------------------------------------------------------------------------

  private act(act: string | undefined): void {
    const acts: Record<string, () => void> = {
      next: () => this.step(1),
      previous: () => this.step(-1),
      add: () => this.add(),
      remove: () => this.takeAway(),
      undo: () => this.undo(),
      reset: () => this.reset(),
    };
    acts[act ?? ""]?.();
  }

  private step(by: number): void {
    const all = this.border.corners();
    const now = all.findIndex((each) => each.point === (this.chosen && this.border.at(this.chosen)));
    this.chosen = all[now < 0 ? 0 : (now + by + all.length) % all.length]?.at;
    this.show();
    const point = this.chosen && this.border.at(this.chosen);
    if (point && !this.ground!.getBounds().contains(point)) this.ground!.jumpTo({ center: point });
    this.handle?.getElement().focus();
  }

  private add(): void {
    const middle = this.border.middles().find((each) => String(each.at) === String(this.chosen));
    if (!middle) return this.step(1);
    this.keep();
    this.chosen = this.border.add(middle.at, middle.point);
    this.tell();
    this.handle?.getElement().focus();
  }

  private takeAway(): void {
    if (!this.chosen) return;
    this.keep();
    if (!this.border.remove(this.chosen)) {
      this.undone.pop();
      return this.say([this.text("least")]);
    }
    this.tell();
    this.handle?.getElement().focus();
  }

  private push(event: KeyboardEvent): void {
    const direction = ARROWS[event.key];
    const other: Record<string, string> = { n: "next", p: "previous", Insert: "add", "+": "add", Delete: "remove", Backspace: "remove" };
    const act = event.ctrlKey && event.key === "z" ? "undo" : event.ctrlKey || event.metaKey ? "" : (other[event.key] ?? "");
    if (!direction && !act) return;
    event.preventDefault();
    event.stopPropagation();
    if (act) return this.act(act);
    const point = this.chosen && this.border.at(this.chosen);
    if (!point || !direction) return;
    this.keep();
    const degrees = (event.shiftKey ? LARGE_STEP_METRES : STEP_METRES) / METRES_PER_DEGREE;
    const stretch = Math.cos((point[1] * Math.PI) / 180);
    this.border.move(this.chosen!, [point[0] + (direction[0] * degrees) / stretch, point[1] + direction[1] * degrees]);
    this.tell();
    this.handle?.getElement().focus();
  }

  private keep(): void {
    this.undone.push(JSON.stringify(this.border.geometry));
    if (this.undone.length > MOST_UNDONE) this.undone.shift();
  }

  private undo(): void {
    const before = this.undone.pop();
    if (before) this.replace(JSON.parse(before) as Geometry);
  }

  private reset(): void {
    this.keep();
    this.replace(this.original!.geometry);
  }

  private replace(figure: Geometry): void {
    this.border = new Border(figure);
    if (this.chosen && !this.border.at(this.chosen)) this.chosen = undefined;
    this.tell();
  }

  private typed(): Geometry | undefined {
    try {
      const told = JSON.parse(this.field.value) as Geometry & { geometry?: Geometry };
      const figure = told.geometry ?? told;
      return figure.type === "Polygon" || figure.type === "MultiPolygon" ? figure : undefined;
    } catch {
      return undefined;
    }
  }

  private takeTyped(): void {
    const figure = this.typed();
    if (!figure) return this.say([this.text("unreadable")]);
    this.keep();
    this.replace(figure);
    const [first] = this.border.corners();
    if (first && !this.ground!.getBounds().contains(first.point)) this.ground!.jumpTo({ center: first.point });
  }

  // ---- what it comes to -----------------------------------------------------------------------------------------

  private tell(): void {
    this.field.value = JSON.stringify(this.border.geometry);
    this.show();
    this.ask();
  }

  private ask(): void {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => void this.preview(), ASK_AFTER_MS);
  }

  private async preview(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const asked = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "from_on", "figure", "follows"]) {
      const value = new FormData(this.form).get(name);
      if (typeof value === "string") asked.set(name, value);
    }
    let answer: Answer;
    try {
      const got = await fetch(this.getAttribute("preview") ?? "", { method: "POST", body: asked, signal: this.asked.signal });
      if (!got.ok) return this.say([this.text("away")]);
      answer = (await got.json()) as Answer;
    } catch (error) {
      return error instanceof DOMException ? undefined : this.say([this.text("away")]);
    }
    this.changed = new Map(answer.features.map((each) => [each.properties.code, each]));
    this.show();
    this.say(answer.problems, answer.lines);
  }

  private say(problems: string[], lines: string[] = []): void {
    const said = this.form.querySelector<HTMLElement>("[data-said]")!;
    const line = (problem: boolean) => (words: string): HTMLLIElement => {
      const item = document.createElement("li");
      item.textContent = problem ? `▲ ${words}` : words;
      if (problem) item.className = "warn";
      return item;
    };
    said.replaceChildren(...problems.map(line(true)), ...lines.map(line(false)));
    if (!problems.length && !lines.length) said.replaceChildren(line(false)(this.text("same")));
  }
}

/** The old border dashed under the new one; neighbours that move are drawn stronger. */
function drawn(colour: (token: string) => string): StyleSpecification["layers"] {
  const accent = colour("--accent");
  return [
    { id: "draw-fill", type: "fill", source: "draw-areas", filter: ["==", ["get", "part"], "new"], paint: { "fill-color": accent, "fill-opacity": 0.14 } },
    { id: "draw-around", type: "line", source: "draw-areas", filter: ["==", ["get", "part"], "neighbour"], paint: { "line-color": colour("--map-district"), "line-width": 1 } },
    { id: "draw-changed", type: "line", source: "draw-areas", filter: ["==", ["get", "part"], "changed"], paint: { "line-color": colour("--soon"), "line-width": 2 } },
    { id: "draw-old", type: "line", source: "draw-areas", filter: ["==", ["get", "part"], "own"], paint: { "line-color": colour("--quiet"), "line-width": 1.5, "line-dasharray": [3, 3] } },
    { id: "draw-new", type: "line", source: "draw-areas", filter: ["==", ["get", "part"], "new"], paint: { "line-color": accent, "line-width": 2.5 } },
    { id: "draw-middles", type: "circle", source: "draw-corners", minzoom: 11, filter: ["==", ["get", "kind"], "middle"], paint: { "circle-radius": 3, "circle-color": accent, "circle-opacity": 0.55 } },
    { id: "draw-corners", type: "circle", source: "draw-corners", filter: ["==", ["get", "kind"], "corner"], paint: { "circle-radius": 5, "circle-color": colour("--surface"), "circle-stroke-color": accent, "circle-stroke-width": 2 } },
  ];
}

customElements.define("wangge-draw", Draw);
