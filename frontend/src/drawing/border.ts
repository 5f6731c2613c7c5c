// A border as its corners: rings without the point that closes them, in the order of GeoJSON.

export type Point = [number, number];

/** Which part, which ring of it, which corner. */
export type At = readonly [part: number, ring: number, corner: number];

export type Geometry = { type: "Polygon"; coordinates: Point[][] } | { type: "MultiPolygon"; coordinates: Point[][][] };

export interface Corner {
  at: At;
  point: Point;
}

const LEAST_CORNERS = 3;
const PLACES = 1e8;

export class Border {
  private readonly parts: Point[][][];

  constructor(figure: Geometry) {
    const parts = figure.type === "Polygon" ? [figure.coordinates] : figure.coordinates;
    this.parts = parts.map((rings) => rings.map((ring) => ring.slice(0, -1).map(([lon, lat]): Point => [lon, lat])));
  }

  get geometry(): Geometry {
    const closed = this.parts.map((rings) => rings.map((ring) => [...ring, ring[0]!].map(rounded)));
    return closed.length === 1 ? { type: "Polygon", coordinates: closed[0]! } : { type: "MultiPolygon", coordinates: closed };
  }

  /** South-west and north-east. */
  get box(): [Point, Point] {
    const points = this.corners().map(({ point }) => point);
    const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
    return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
  }

  at([part, ring, corner]: At): Point | undefined {
    return this.parts[part]?.[ring]?.[corner];
  }

  corners(): Corner[] {
    return this.parts.flatMap((rings, part) => rings.flatMap((points, ring) => points.map((point, corner) => ({ at: [part, ring, corner] as const, point }))));
  }

  /** The middles of the edges; each stands at the corner its edge begins at. */
  middles(): Corner[] {
    return this.corners().map(({ at, point }) => {
      const ring = this.parts[at[0]]![at[1]]!;
      const next = ring[(at[2] + 1) % ring.length]!;
      return { at, point: [(point[0] + next[0]) / 2, (point[1] + next[1]) / 2] };
    });
  }

  move([part, ring, corner]: At, point: Point): void {
    this.parts[part]![ring]![corner] = point;
  }

  /** A new corner after the one given; answers where it stands. */
  add([part, ring, corner]: At, point: Point): At {
    this.parts[part]![ring]!.splice(corner + 1, 0, point);
    return [part, ring, corner + 1];
  }

  /** Takes a corner away; false where the ring has no more than an area needs. */
  remove([part, ring, corner]: At): boolean {
    const points = this.parts[part]?.[ring];
    if (!points || points.length <= LEAST_CORNERS) return false;
    points.splice(corner, 1);
    return true;
  }
}

function rounded([lon, lat]: Point): Point {
  return [Math.round(lon * PLACES) / PLACES, Math.round(lat * PLACES) / PLACES];
}
