// Where the telephone is, how far things are, and in which order they are best walked to.

export interface Point {
  lon: number;
  lat: number;
}

/** A point with how it was found; the accuracy in metres where the device gave it. */
export interface Fix extends Point {
  fix: "device" | "photo" | "map" | "typed";
  accuracy?: number;
  at: number;
  /** The component whose place it is. */
  component?: { code: string; name: string };
}

const METRES_PER_DEGREE = 111_320;
const PATIENCE_MS = 15_000;
const FRESH_MS = 10_000;
const MOST_TO_IMPROVE = 60;

export async function whereIAm(): Promise<Fix | undefined> {
  if (!("geolocation" in navigator)) return undefined;
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        done({ lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, fix: "device", at: timestamp }),
      () => done(undefined),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  });
}

export function metresBetween(one: Point, other: Point): number {
  const stretch = Math.cos((((one.lat + other.lat) / 2) * Math.PI) / 180);
  return Math.hypot((one.lon - other.lon) * stretch, one.lat - other.lat) * METRES_PER_DEGREE;
}

const METRES_PER_PIXEL = 78_271.5; // at zoom 0 on the equator, of tiles of 512 pixels
const SEEN_PIXELS = 150;
const WIDEST_ZOOM = 11; // a grid of some kilometres, seen from outside
const NEAR_ZOOM = 16;

/** The zoom at which what lies so far from the middle of a telephone's map is still on it. */
export function zoomAround(metres: number, lat: number): number {
  if (metres <= 0) return NEAR_ZOOM;
  const fits = Math.log2((METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180) * SEEN_PIXELS) / metres);
  return Math.min(NEAR_ZOOM, Math.max(WIDEST_ZOOM, fits));
}

/** The stops in walking order from a point: each time the nearest, then crossings of the way taken out (2-opt). */
export function routed<Stop extends Point>(from: Point, stops: readonly Stop[]): Stop[] {
  const left = [...stops];
  const way: Stop[] = [];
  let here: Point = from;
  while (left.length) {
    let nearest = 0;
    for (let index = 1; index < left.length; index += 1) {
      if (metresBetween(here, left[index]!) < metresBetween(here, left[nearest]!)) nearest = index;
    }
    const next = left.splice(nearest, 1)[0]!;
    way.push(next);
    here = next;
  }
  return way.length <= MOST_TO_IMPROVE ? untangled(from, way) : way;
}

export function lengthOf(from: Point, way: readonly Point[]): number {
  return way.reduce((sum, stop, index) => sum + metresBetween(index ? way[index - 1]! : from, stop), 0);
}

function untangled<Stop extends Point>(from: Point, way: Stop[]): Stop[] {
  let best = way;
  for (let changed = true; changed; ) {
    changed = false;
    for (let first = 0; first < best.length - 1; first += 1) {
      for (let last = first + 1; last < best.length; last += 1) {
        const turned = [...best.slice(0, first), ...best.slice(first, last + 1).reverse(), ...best.slice(last + 1)];
        if (lengthOf(from, turned) < lengthOf(from, best) - 0.5) {
          best = turned;
          changed = true;
        }
      }
    }
  }
  return best;
}
