// What stands in the collector's grids: fetched when there is a network, kept under his name, shown on the map and as
// the few nearest. A tap on one begins a report with its class and place.
import type { GeoJSONSource, Map as Ground } from "maplibre-gl";
import { nearest } from "../drawing/gripping";
import type { CityMap, Overlay } from "../map";
import type { Component, Components, Server } from "./asking";
import { metresBetween, type Point } from "./places";
import * as store from "./store";
import { button, clockTime, distance, make, say } from "./words";

const OLD_MS = 6 * 3600 * 1000;
const NEAREST = 6;
const TAP_PIXELS = 24;

interface Kept extends Components {
  items: Component[];
  at: number;
}

export class GridComponents {
  private kept: Kept | undefined;
  private scope = "";
  private ground: Ground | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly server: Server,
    private readonly report: (component: Component) => void,
  ) {}

  /** What lies in the telephone of this person. */
  async use(scope: string): Promise<void> {
    if (scope === this.scope) return;
    this.scope = scope;
    this.kept = await store.remembered<Kept>(this.name);
    this.show(undefined);
  }

  /** Asks again where what is kept is old or of other grids; whoever is off duty keeps what he had. */
  async renew(grids: string[]): Promise<void> {
    const same = this.kept && String(this.kept.grids) === String(grids) && Date.now() - this.kept.at < OLD_MS;
    if (!grids.length || same) return;
    const scope = this.scope;
    const told = await this.server.components(this.kept?.mark ?? "").catch(() => undefined);
    const items = told?.items ?? this.kept?.items;
    if (!told?.grids.length || !items || scope !== this.scope) return;
    this.kept = { ...told, items, at: Date.now() };
    await store.remember(this.name, this.kept).catch(() => undefined);
    (this.ground?.getSource("things") as GeoJSONSource | undefined)?.setData(this.points());
  }

  private get name(): string {
    return `components:${this.scope}`;
  }

  /** The line below the map and the few nearest to where one stands. */
  show(here: Point | undefined): void {
    const items = this.kept?.items ?? [];
    const line = this.root.querySelector<HTMLElement>("[data-things]")!;
    line.textContent = items.length ? say("things", { n: items.length, time: clockTime(this.kept!.at) }) : say("things_none");
    this.root.querySelector("[data-near-things]")!.replaceChildren(
      ...this.nearestTo(here).map(({ item, metres }) => make("li", "", button(`${item[1]} · ${distance(metres)}${item[4] ? "" : ` · ▲ ${item[3]}`}`, "secondary", () => this.choose(item)))),
    );
  }

  /** How far away the few nearest lie, so that a map takes them in. */
  reach(here: Point): number {
    return this.nearestTo(here).at(-1)?.metres ?? 0;
  }

  private nearestTo(here: Point | undefined): { item: Component; metres: number }[] {
    const items = here ? (this.kept?.items ?? []) : [];
    const away = items.map((item) => ({ item, metres: metresBetween(here!, { lon: item[5], lat: item[6] }) }));
    return away.sort((one, other) => one.metres - other.metres).slice(0, NEAREST);
  }

  async drawOn(map: CityMap): Promise<void> {
    this.ground = await map.drawOver(this.overlay());
    this.ground?.on("click", ({ point }) => {
      const spots = (this.kept?.items ?? []).map((item) => ({ item, point: [item[5], item[6]] as [number, number] }));
      const best = nearest(this.ground!, spots, point, TAP_PIXELS)?.item;
      if (best) this.choose(best);
    });
  }

  private choose(item: Component): void {
    const [code, name, , state, whole, , , unit] = item;
    const words = [code, whole ? state : `▲ ${state}`, unit].filter(Boolean).join(" · ");
    const box = this.root.querySelector<HTMLElement>("[data-thing]")!;
    box.hidden = false;
    box.replaceChildren(make("p", "", make("b", "", name), " ", make("span", "quiet", words)), button(say("thing_report"), "primary", () => this.report(item)));
    box.scrollIntoView({ block: "nearest" });
  }

  private points(): GeoJSON.FeatureCollection {
    const features = (this.kept?.items ?? []).map((item): GeoJSON.Feature => ({
      type: "Feature",
      properties: { whole: item[4] },
      geometry: { type: "Point", coordinates: [item[5], item[6]] },
    }));
    return { type: "FeatureCollection", features };
  }

  private overlay(): Overlay {
    return {
      sources: () => ({ things: { type: "geojson", data: this.points() } }),
      layers: (colour) => [
        {
          id: "things",
          type: "circle",
          source: "things",
          minzoom: 11,
          paint: {
            "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2.5, 14, 4, 17, 7],
            "circle-color": ["case", ["get", "whole"], colour("--accent"), colour("--overdue")],
            "circle-stroke-color": colour("--surface"),
            "circle-stroke-width": 1,
          },
        },
      ],
    };
  }
}
