// <wangge-within>: a ring drawn on a map to look for cases within; its corners go into the form as text.
//
// The map comes only when the fold is opened: it is drawn from a <template>, so that the list itself stays light.
import type { GeoJSONSource, Map as Ground, StyleSpecification } from "maplibre-gl";
import type { Point } from "./drawing/border";
import { followHand, nearest } from "./drawing/gripping";
import { CityMap } from "./map";
import "./styles/draw.css";

const REACH_PIXELS = 12;
const PLACES = 5;
const SHRUNK = 0.08;

class Within extends HTMLElement {
  private ground: Ground | undefined;
  private ring: Point[] = [];
  private held = -1;
  private justHeld = false;

  connectedCallback(): void {
    const template = this.querySelector("template");
    if (!template || this.dataset["ready"]) return;
    this.insertBefore(template.content.cloneNode(true), template);
    void this.begin();
  }

  private get field(): HTMLInputElement {
    return this.querySelector<HTMLInputElement>("[name=within]")!;
  }

  private async begin(): Promise<void> {
    const map = this.querySelector("wangge-map");
    if (!(map instanceof CityMap)) return;
    this.read();
    const ground = await map.drawOver({ sources: () => ({ within: { type: "geojson", data: this.drawing() } }), layers });
    if (!ground) return;
    this.ground = ground;
    ground.scrollZoom.enable();
    ground.doubleClickZoom.disable();
    followHand(ground, {
      take: (touch) => {
        const corners = this.ring.map((point, index) => ({ point, index }));
        this.held = nearest(ground, corners, touch.point, REACH_PIXELS)?.index ?? -1;
        return this.held >= 0;
      },
      carry: ({ lngLat }) => {
        this.ring[this.held] = [lngLat.lng, lngLat.lat];
        this.show();
      },
      release: () => {
        this.justHeld = true;
        this.tell();
      },
    });
    ground.on("click", ({ lngLat }) => {
      if (this.justHeld) this.justHeld = false;
      else this.set([...this.ring, [lngLat.lng, lngLat.lat]]);
    });
    this.querySelector<HTMLElement>(".draw-tools")!.hidden = false;
    this.addEventListener("click", (event) => this.act((event.target as Element).closest<HTMLElement>("[data-act]")?.dataset["act"]));
    this.field.addEventListener("change", () => {
      this.read();
      this.show();
    });
    this.dataset["ready"] = "yes";
    this.show();
  }

  private act(act: string | undefined): void {
    if (act === "seen") this.set(this.seen());
    if (act === "back") this.set(this.ring.slice(0, -1));
    if (act === "clear") this.set([]);
  }

  /** A box a little smaller than what the map shows, so that its edges are seen. */
  private seen(): Point[] {
    const box = this.ground!.getBounds();
    const [aside, up] = [(box.getEast() - box.getWest()) * SHRUNK, (box.getNorth() - box.getSouth()) * SHRUNK];
    const [west, south, east, north] = [box.getWest() + aside, box.getSouth() + up, box.getEast() - aside, box.getNorth() - up];
    return [[west, south], [east, south], [east, north], [west, north]];
  }

  private set(ring: Point[]): void {
    this.ring = ring.slice(-Number(this.getAttribute("most") ?? "60"));
    this.tell();
  }

  private tell(): void {
    this.field.value = this.ring.map((point) => point.map((part) => part.toFixed(PLACES)).join(",")).join(";");
    this.show();
  }

  private read(): void {
    const told = this.field.value.split(";").map((corner) => corner.split(",").map(Number));
    this.ring = told.filter((corner): corner is Point => corner.length === 2 && corner.every(Number.isFinite));
  }

  private show(): void {
    (this.ground?.getSource("within") as GeoJSONSource | undefined)?.setData(this.drawing());
  }

  private drawing(): GeoJSON.FeatureCollection {
    const corners = this.ring.map((point): GeoJSON.Feature => feature({ type: "Point", coordinates: point }));
    if (this.ring.length < 2) return { type: "FeatureCollection", features: corners };
    const closed = [...this.ring, this.ring[0]!];
    const area: GeoJSON.Geometry = this.ring.length > 2 ? { type: "Polygon", coordinates: [closed] } : { type: "LineString", coordinates: this.ring };
    return { type: "FeatureCollection", features: [feature(area), ...corners] };
  }
}

function feature(geometry: GeoJSON.Geometry): GeoJSON.Feature {
  return { type: "Feature", properties: {}, geometry };
}

function layers(colour: (token: string) => string): StyleSpecification["layers"] {
  const accent = colour("--accent");
  return [
    { id: "within-fill", type: "fill", source: "within", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": accent, "fill-opacity": 0.14 } },
    { id: "within-line", type: "line", source: "within", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": accent, "line-width": 2.5 } },
    { id: "within-corners", type: "circle", source: "within", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 5, "circle-color": colour("--surface"), "circle-stroke-color": accent, "circle-stroke-width": 2 } },
  ];
}

customElements.define("wangge-within", Within);
