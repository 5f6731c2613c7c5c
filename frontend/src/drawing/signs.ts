// Open cases on a map: a disc with a count to come closer to, or one case to open; a triangle says that some are late.
//
// They are drawn by the map itself, so that a thousand of them move as smoothly as none; the same stands as a list of
// links beside the map for whoever does not point.
import type { ExpressionSpecification, GeoJSONSource, Map as Ground, StyleSpecification } from "maplibre-gl";

const LAYER = "case-signs";
const IMAGE = "case-sign";
const RATIO = 2;
const PLACES = 6;
const MOST_LISTED = 200;
const CLOSER = 2;

interface Cluster {
  geometry: { type: "Point"; coordinates: [number, number] };
  properties: { count: number; late: number; number: string };
}

export class CaseSigns {
  private found: Cluster[] = [];
  private asked: AbortController | undefined;
  private readonly list: HTMLDetailsElement | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly address: string,
  ) {
    const words = this.text("signs");
    if (!words) return;
    this.list = document.createElement("details");
    this.list.className = "map-signs";
    const summary = document.createElement("summary");
    summary.textContent = words;
    this.list.append(summary);
    this.list.addEventListener("toggle", () => this.showList());
    host.after(this.list);
  }

  remove(): void {
    this.asked?.abort();
    this.list?.remove();
  }

  private ground: Ground | undefined;

  /** From here on what the map shows is asked whenever it has moved. */
  follow(ground: Ground): void {
    this.ground = ground;
    ground.setMissingStyleImageResolver((id) => {
      if (id.startsWith(`${IMAGE}|`) && !ground.hasImage(id)) ground.addImage(id, this.image(id), { pixelRatio: RATIO });
    });
    ground.on("load", () => void this.renew());
    ground.on("moveend", () => void this.renew());
    ground.on("click", LAYER, ({ features }) => this.open(Number(features?.[0]?.properties["index"])));
    ground.on("mousemove", LAYER, ({ features }) => this.point(Number(features?.[0]?.properties["index"])));
    ground.on("mouseleave", LAYER, () => this.point(-1));
  }

  async renew(): Promise<void> {
    const ground = this.ground;
    if (!ground) return;
    const box = ground.getBounds();
    const url = new URL(this.address, document.baseURI);
    const edges = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    url.searchParams.set("bbox", edges.map((edge) => edge.toFixed(PLACES)).join(","));
    url.searchParams.set("zoom", String(Math.round(ground.getZoom())));
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/geo+json" } });
      if (!answer.ok) return;
      this.found = ((await answer.json()) as { features: Cluster[] }).features;
    } catch {
      return; // a newer question is on its way, or the server is: what is drawn stays
    }
    (ground.getSource(LAYER) as GeoJSONSource | undefined)?.setData(this.data());
    this.host.dataset["signs"] = String(this.found.length);
    this.showList();
  }

  // ---- drawn by the map -----------------------------------------------------------------------------------------

  sources(): StyleSpecification["sources"] {
    return { [LAYER]: { type: "geojson", data: this.data() } };
  }

  layers(): StyleSpecification["layers"] {
    // The biggest come first and lie below: a single one is not hidden by a crowd.
    const order: ExpressionSpecification = ["get", "index"];
    const image: ExpressionSpecification = ["get", "sign"];
    const layout = { "icon-image": image, "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": order };
    return [{ id: LAYER, type: "symbol", source: LAYER, layout }];
  }

  private data(): GeoJSON.FeatureCollection {
    const theme = this.colour("--accent");
    const features = this.found.map(({ geometry, properties: { count, late } }, index): GeoJSON.Feature => {
      const words = count > 1 ? String(count) : "";
      return { type: "Feature", geometry, properties: { index, sign: [IMAGE, late > 0 ? "late" : "", words, theme].join("|") } };
    });
    return { type: "FeatureCollection", features };
  }

  private image(id: string): ImageData {
    const [, late, words = ""] = id.split("|");
    const across = ({ 0: 18, 1: 24, 2: 28 }[words.length] ?? 26 + 4 * words.length) + (late && words ? 6 : 0);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = across * RATIO;
    const pen = canvas.getContext("2d")!;
    const middle = canvas.width / 2;
    pen.fillStyle = this.colour(late ? "--overdue" : "--accent");
    pen.strokeStyle = this.colour("--surface");
    pen.lineWidth = 2 * RATIO;
    pen.beginPath();
    pen.arc(middle, middle, middle - RATIO, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
    pen.fillStyle = this.colour("--on-accent");
    if (late) triangle(pen, middle, words ? middle * 0.42 : middle, (words ? 3 : 4.5) * RATIO);
    pen.font = `600 ${12 * RATIO}px ${getComputedStyle(this.host).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(words, middle, middle * (late ? 1.24 : 1.04));
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  }

  private colour(token: string): string {
    return getComputedStyle(this.host).getPropertyValue(token).trim();
  }

  // ---- pointed at, or from the list -----------------------------------------------------------------------------

  private text(name: string): string {
    return this.host.getAttribute(`text-${name}`) ?? "";
  }

  private caseUrl({ properties: { count, number } }: Cluster): string {
    return count === 1 && number ? `${this.host.getAttribute("case-url") ?? ""}${encodeURIComponent(number)}` : "";
  }

  private open(index: number): void {
    const sign = this.found[index];
    if (!sign) return;
    const url = this.caseUrl(sign);
    if (url) location.assign(url);
    else this.ground?.easeTo({ center: sign.geometry.coordinates, zoom: this.ground.getZoom() + CLOSER });
  }

  private point(index: number): void {
    const canvas = this.ground?.getCanvas();
    if (!canvas) return;
    canvas.classList.toggle("points", index >= 0);
    canvas.title = this.found[index]?.properties.number ?? "";
  }

  private showList(): void {
    if (!this.list?.open) return;
    const items = this.found.slice(0, MOST_LISTED).map((sign, index) => {
      const { count, late, number } = sign.properties;
      const url = this.caseUrl(sign);
      const way = document.createElement(url ? "a" : "button");
      if (way instanceof HTMLAnchorElement) way.href = url;
      else way.type = "button";
      way.textContent = `${url ? number : `${this.text("cluster")} ${count}`}${late > 0 ? ` · ▲ ${this.text("late")}${count > 1 ? ` ${late}` : ""}` : ""}`;
      if (!url) way.addEventListener("click", () => this.open(index));
      const item = document.createElement("li");
      item.append(way);
      return item;
    });
    const list = document.createElement("ul");
    list.append(...items);
    this.list.querySelector("ul")?.remove();
    this.list.append(list);
  }
}

function triangle(pen: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
  pen.beginPath();
  pen.moveTo(x, y - reach);
  pen.lineTo(x + reach, y + reach * 0.75);
  pen.lineTo(x - reach, y + reach * 0.75);
  pen.fill();
}
