// The place of a report or a result: found by the device, offered from a picture, set on the map or typed.
//
// A place from a picture is never taken by itself: it is offered, and where it lies far from the device's it is said.
import type { Told } from "../exif";
import { type Fix, metresBetween, whereIAm } from "./places";
import { button, clockTime, make, say } from "./words";

const COARSE_METRES = 100;
const FAR_METRES = 200;
const DIGITS = 6;

export class PlaceField {
  fix: Fix | undefined;
  private told: Told = {};
  private readonly line: HTMLElement;
  private readonly fromPhoto: HTMLElement;
  private readonly lon: HTMLInputElement;
  private readonly lat: HTMLInputElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly map: () => HTMLElement | undefined,
    private readonly onFix: (fix: Fix) => void,
    private readonly onChange: () => void,
  ) {
    this.line = root.querySelector<HTMLElement>("[data-fix]")!;
    this.fromPhoto = root.querySelector<HTMLElement>("[data-photo-place]")!;
    this.lon = root.querySelector<HTMLInputElement>("[data-lon]")!;
    this.lat = root.querySelector<HTMLInputElement>("[data-lat]")!;
    root.querySelector("[data-locate]")?.addEventListener("click", () => void this.locate());
    root.querySelector("[data-pick]")?.addEventListener("click", () => this.pick());
    this.fromPhoto.addEventListener("click", () => this.usePhoto());
    for (const input of [this.lon, this.lat]) input.addEventListener("input", () => this.typed());
    root.addEventListener("wangge:moved", () => this.set({ ...this.typedPoint(), fix: "map", at: Date.now() }));
  }

  /** Asks the device; a place the person set himself stays. */
  async locate(quietly = false): Promise<void> {
    if (quietly && this.fix) return;
    this.line.textContent = say("locating");
    const found = await whereIAm();
    if (found) this.onFix(found);
    if (quietly && this.fix) return;
    if (found) this.set(found);
    else if (!this.fix) this.line.textContent = say("no_position");
    else this.describe();
  }

  offer(told: Told): void {
    this.told = told;
    const has = told.lon !== undefined && told.lat !== undefined;
    this.fromPhoto.hidden = !has;
    if (has) this.describe();
  }

  set(fix: Fix | undefined): void {
    this.fix = fix;
    this.lon.value = fix ? fix.lon.toFixed(DIGITS) : "";
    this.lat.value = fix ? fix.lat.toFixed(DIGITS) : "";
    this.lat.dispatchEvent(new Event("change", { bubbles: true }));
    this.describe();
    this.onChange();
  }

  clear(): void {
    this.told = {};
    this.fromPhoto.hidden = true;
    this.set(undefined);
    this.root.querySelector<HTMLElement>("[data-pick-map]")!.hidden = true;
  }

  /** The place as the server takes it. */
  get location(): Record<string, unknown> | undefined {
    if (!this.fix) return undefined;
    const { lon, lat, fix, accuracy, component } = this.fix;
    const known = component ? { component: component.code } : {};
    const rounded = { lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)), system: "wgs84", fix, ...known };
    return accuracy === undefined ? rounded : { ...rounded, accuracy_m: Math.round(accuracy * 10) / 10 };
  }

  private describe(): void {
    const parts: string[] = [];
    if (!this.fix) parts.push(say("no_position"));
    else if (this.fix.fix === "device") {
      const metres = Math.round(this.fix.accuracy ?? 0);
      parts.push(say("place_device", { metres, time: clockTime(this.fix.at) }));
      if (metres > COARSE_METRES) parts.push(say("coarse"));
    } else if (this.fix.fix === "photo") parts.push(say("place_photo", { time: this.told.takenAt ?? "?" }));
    else if (this.fix.component) parts.push(say("place_thing", this.fix.component));
    else parts.push(say(this.fix.fix === "map" ? "place_map" : "place_typed"));
    const { lon, lat } = this.told;
    if (this.fix && this.fix.fix !== "photo" && lon !== undefined && lat !== undefined) {
      const metres = metresBetween(this.fix, { lon, lat });
      if (metres > FAR_METRES) parts.push(say("photo_place_differs", { metres: Math.round(metres) }));
    }
    this.line.textContent = parts.join(" ");
    this.line.dataset["kind"] = this.fix ? "known" : "unknown";
  }

  private usePhoto(): void {
    const { lon, lat } = this.told;
    if (lon !== undefined && lat !== undefined) this.set({ lon, lat, fix: "photo", at: Date.now() });
  }

  private typedPoint(): { lon: number; lat: number } {
    return { lon: this.lon.valueAsNumber, lat: this.lat.valueAsNumber };
  }

  private typed(): void {
    const point = this.typedPoint();
    const whole = Number.isFinite(point.lon) && Number.isFinite(point.lat) && this.lat.checkValidity() && this.lon.checkValidity();
    this.fix = whole ? { ...point, fix: "typed", at: Date.now() } : undefined;
    this.describe();
    this.onChange();
  }

  private pick(): void {
    const place = this.root.querySelector<HTMLElement>("[data-pick-map]")!;
    place.hidden = !place.hidden;
    if (place.hidden || place.childElementCount) return;
    const map = this.map();
    if (!map) {
      place.append(make("p", "quiet", say("map_none")));
      return;
    }
    if (this.fix) {
      map.setAttribute("lon", String(this.fix.lon));
      map.setAttribute("lat", String(this.fix.lat));
      map.setAttribute("zoom", "17");
      map.setAttribute("chosen", "");
    }
    map.setAttribute("chooses", "");
    place.append(map);
    void import("../map");
  }
}

/** The questions of a place for a form that is drawn here. */
export function placeQuestions(legend: string): HTMLFieldSetElement {
  const set = make("fieldset", "field", make("legend", "", legend));
  const line = make("p", "fix");
  line.dataset["fix"] = "";
  line.setAttribute("role", "status");
  const mark = (made: HTMLElement, name: string): HTMLElement => {
    made.dataset[name] = "";
    return made;
  };
  const photo = mark(button(say("use_photo_place"), "secondary", () => undefined), "photoPlace");
  photo.hidden = true;
  const map = mark(make("div"), "pickMap");
  map.hidden = true;
  const number = (words: string, name: "lon" | "lat", least: string, most: string): HTMLElement => {
    const input = mark(make("input"), name) as HTMLInputElement;
    Object.assign(input, { type: "number", inputMode: "decimal", step: "0.000001", min: least, max: most, name });
    return make("label", "", `${words} `, input);
  };
  set.append(
    line,
    make(
      "p", "buttons",
      mark(button(say("locate"), "secondary", () => undefined), "locate"),
      photo,
      mark(button(say("pick"), "secondary", () => undefined), "pick"),
    ),
    map,
    make(
      "details", "typed", make("summary", "", say("place_typed")),
      make("div", "pairs coordinates", number(say("east"), "lon", "70", "140"), number(say("north"), "lat", "3", "54")),
    ),
  );
  return set;
}
