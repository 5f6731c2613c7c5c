// <wangge-map>: the city's own ground with one point on it; with `chooses` the point may be set and moved.
//
// Everything drawn comes from this server: layers are GeoJSON addresses in <data> children, the worker is a file
// of this origin, labels use the device's own fonts. What the map says stands beside it in words and numbers.
import { Map as Ground, Marker, setWorkerUrl, type StyleSpecification, type ExpressionSpecification } from "maplibre-gl";
import { CaseSigns } from "./drawing/signs";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "./styles/map.css";

setWorkerUrl(new URL(workerUrl, import.meta.url).href);

const STEP_METRES = 2;
const LARGE_STEP_METRES = 20;
const METRES_PER_DEGREE = 111_320;
const PLACES = 6;
const SVG = "http://www.w3.org/2000/svg";

/** What a page draws over the ground: asked again whenever the colours change. */
export interface Overlay {
  sources(): StyleSpecification["sources"];
  layers(colour: (token: string) => string): StyleSpecification["layers"];
}

export class CityMap extends HTMLElement {
  private ground: Ground | undefined;
  private loaded: Promise<void> | undefined;
  private overlay: Overlay | undefined;
  private marker: Marker | undefined;
  private signs: CaseSigns | undefined;
  private renewing: number | undefined;
  private readonly onTheme = (): void => this.paint();

  connectedCallback(): void {
    if (this.ground) return;
    const frame = document.createElement("div");
    frame.className = "map-frame";
    this.prepend(frame);
    const clusters = this.getAttribute("clusters");
    if (clusters) this.signs = new CaseSigns(this, clusters);
    try {
      this.draw(frame);
    } catch {
      frame.remove();
      this.fail();
    }
    document.addEventListener("wangge:theme", this.onTheme);
  }

  disconnectedCallback(): void {
    document.removeEventListener("wangge:theme", this.onTheme);
    clearInterval(this.renewing);
    this.signs?.remove();
    this.signs = undefined;
    this.ground?.remove();
    this.ground = undefined;
  }

  private get centre(): [number, number] {
    return [Number(this.getAttribute("lon")), Number(this.getAttribute("lat"))];
  }

  private get chooses(): boolean {
    return this.hasAttribute("chooses");
  }

  private draw(frame: HTMLElement): void {
    const ground = new Ground({
      container: frame,
      style: this.style0(),
      center: this.centre,
      zoom: Number(this.getAttribute("zoom") ?? "15"),
      minZoom: 8,
      maxZoom: 20,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: false,
      fadeDuration: 0,
      locale: {},
    });
    ground.touchZoomRotate.disableRotation();
    // Scrolling the page must not be caught by a map that is only looked at.
    ground.scrollZoom.disable();
    this.ground = ground;
    this.loaded = new Promise((done) => void ground.once("load", () => done()));
    this.dataset["ready"] = "yes";
    ground.getCanvas().setAttribute("aria-label", this.getAttribute("label") ?? "");
    this.addButtons(frame);
    if (!this.hasAttribute("unmarked") && (!this.chooses || this.hasAttribute("chosen"))) this.mark(this.centre);
    if (this.chooses) this.beChosen(ground);
    this.signs?.follow(ground);
    const seconds = Number(this.getAttribute("renews") ?? "0");
    if (this.signs && seconds > 0) this.renewing = window.setInterval(() => void this.signs?.renew(), seconds * 1000);
  }

  /** Colours come from the page's own tokens, so that light and dark agree. */
  private style0(): StyleSpecification {
    const colour = (name: string): string => getComputedStyle(this).getPropertyValue(name).trim();
    const sources: StyleSpecification["sources"] = {};
    const layers: StyleSpecification["layers"] = [
      { id: "ground", type: "background", paint: { "background-color": colour("--map-ground") } },
    ];
    for (const data of this.querySelectorAll<HTMLDataElement>("data[data-layer]")) {
      const name = data.dataset["layer"] ?? "layer";
      sources[name] = { type: "geojson", data: new URL(data.value, document.baseURI).href };
      layers.push(...drawnAs(name, colour));
    }
    const nearby = this.getAttribute("nearby");
    if (nearby) {
      sources["nearby"] = { type: "geojson", data: new URL(nearby, document.baseURI).href };
      layers.push({
        id: "nearby",
        type: "circle",
        source: "nearby",
        paint: { "circle-radius": 4, "circle-color": colour("--quiet"), "circle-opacity": 0.75 },
      });
    }
    for (const overlay of [this.signs, this.overlay]) {
      Object.assign(sources, overlay?.sources());
      layers.push(...(overlay?.layers(colour) ?? []));
    }
    return { version: 8, sources, layers };
  }

  /** Draws more over the ground; answers the map to work with, or nothing where there is none. */
  async drawOver(overlay: Overlay): Promise<Ground | undefined> {
    this.overlay = overlay;
    await this.loaded;
    this.paint();
    return this.ground;
  }

  private paint(): void {
    this.ground?.setStyle(this.style0());
  }

  private addButtons(frame: HTMLElement): void {
    const bar = document.createElement("div");
    bar.className = "map-buttons";
    const add = (drawing: string, words: string | null, act: () => void): void => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(sign(drawing));
      button.title = words ?? "";
      button.setAttribute("aria-label", words ?? "");
      button.addEventListener("click", act);
      bar.append(button);
    };
    add("M12 5v14M5 12h14", this.getAttribute("text-in"), () => this.ground?.zoomIn());
    add("M5 12h14", this.getAttribute("text-out"), () => this.ground?.zoomOut());
    add("M5 12a7 7 0 1 0 14 0a7 7 0 1 0-14 0M11 12h2", this.getAttribute("text-back"), () => this.ground?.jumpTo({ center: this.marker?.getLngLat() ?? this.centre }));
    if (this.chooses && "geolocation" in navigator) add("M12 2v5M12 17v5M2 12h5M17 12h5M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0", this.getAttribute("text-here"), () => this.useHere());
    frame.append(bar);
  }

  private mark(point: [number, number]): void {
    if (this.marker) {
      this.marker.setLngLat(point);
      return;
    }
    const pin = document.createElement("div");
    pin.className = "map-pin";
    this.marker = new Marker({ element: pin, anchor: "bottom", draggable: this.chooses }).setLngLat(point);
    if (this.ground) this.marker.addTo(this.ground);
    if (!this.chooses) return;
    pin.tabIndex = 0;
    pin.setAttribute("role", "button");
    pin.setAttribute("aria-label", this.getAttribute("text-marker") ?? "");
    pin.addEventListener("keydown", (event) => this.push(event));
    this.marker.on("dragend", () => this.tell());
  }

  private beChosen(ground: Ground): void {
    ground.scrollZoom.enable();
    ground.on("click", (event) => {
      this.mark([event.lngLat.lng, event.lngLat.lat]);
      this.tell();
    });
    for (const input of [this.input("lon"), this.input("lat")]) {
      input?.addEventListener("change", () => this.follow());
      input?.addEventListener("wangge:restored", () => this.follow());
    }
    if (this.input("lon")?.value && this.input("lat")?.value) this.follow();
  }

  private input(part: "lon" | "lat"): HTMLInputElement | null {
    return this.closest("fieldset")?.querySelector<HTMLInputElement>(`[data-${part}]`) ?? null;
  }

  /** The numbers were typed: the mark goes there. */
  private follow(): void {
    const lon = this.input("lon")?.valueAsNumber ?? NaN;
    const lat = this.input("lat")?.valueAsNumber ?? NaN;
    if (Number.isNaN(lon) || Number.isNaN(lat) || Math.abs(lat) > 85) return;
    this.mark([lon, lat]);
    this.ground?.jumpTo({ center: [lon, lat] });
  }

  /** The mark was moved: the numbers say where it stands. */
  private tell(): void {
    const point = this.marker?.getLngLat();
    const lon = this.input("lon");
    const lat = this.input("lat");
    if (!point || !lon || !lat) return;
    lon.value = point.lng.toFixed(PLACES);
    lat.value = point.lat.toFixed(PLACES);
    lat.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("wangge:moved", { bubbles: true }));
  }

  private push(event: KeyboardEvent): void {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const point = this.marker?.getLngLat();
    if (!direction || !point) return;
    event.preventDefault();
    event.stopPropagation();
    const degrees = (event.shiftKey ? LARGE_STEP_METRES : STEP_METRES) / METRES_PER_DEGREE;
    const [east = 0, north = 0] = direction;
    const stretch = Math.cos((point.lat * Math.PI) / 180);
    this.mark([point.lng + (east * degrees) / stretch, point.lat + north * degrees]);
    this.tell();
  }

  private useHere(): void {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.mark([coords.longitude, coords.latitude]);
        this.ground?.jumpTo({ center: [coords.longitude, coords.latitude], zoom: 17 });
        this.tell();
      },
      () => this.say(this.getAttribute("text-no-position")),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  }

  private fail(): void {
    this.say(this.getAttribute("text-failed"));
  }

  private say(words: string | null): void {
    const note = document.createElement("p");
    note.className = "map-note quiet";
    note.setAttribute("role", "status");
    note.textContent = words;
    this.querySelector(".map-note")?.remove();
    this.append(note);
  }
}

/** A drawn sign: fonts of old machines lack such characters. */
function sign(drawing: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", drawing);
  svg.append(path);
  return svg;
}

/** How each kind of the city's own layers is drawn; an unknown one as thin lines. */
function drawnAs(name: string, colour: (token: string) => string): StyleSpecification["layers"] {
  const line = (token: string, width: number): StyleSpecification["layers"][number] => ({
    id: `${name}-line`,
    type: "line",
    source: name,
    paint: { "line-color": colour(token), "line-width": width },
  });
  if (name === "districts") return [line("--map-district", 2)];
  if (name === "grids") return [line("--map-district", 1)];
  if (name === "measured") {
    const depth: ExpressionSpecification = ["+", 0.08, ["*", 0.72, ["get", "share"]]];
    return [
      { id: name, type: "fill", source: name, paint: { "fill-color": colour("--accent"), "fill-opacity": depth } },
      line("--map-district", 1),
    ];
  }
  if (name === "roads") return [line("--map-road", 3)];
  if (name === "water") {
    return [{ id: name, type: "fill", source: name, paint: { "fill-color": colour("--map-water") } }];
  }
  if (name === "components") {
    return [
      {
        id: name,
        type: "circle",
        source: name,
        minzoom: 14,
        paint: { "circle-radius": 3, "circle-color": colour("--accent"), "circle-opacity": 0.8 },
      },
    ];
  }
  return [line("--map-grid", 1)];
}

customElements.define("wangge-map", CityMap);
