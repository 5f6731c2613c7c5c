// Where a point that is drawn catches: the nearest corner of the borders around, else the nearest of their edges.
import type { Geometry, Point } from "./border";

export class Snapping {
  private readonly rings: Point[][];

  constructor(figures: Geometry[]) {
    this.rings = figures.flatMap((figure) => (figure.type === "Polygon" ? figure.coordinates : figure.coordinates.flat()));
  }

  /** The point itself where nothing is within reach (in degrees of longitude). */
  near(point: Point, reach: number): Point {
    const stretch = Math.cos((point[1] * Math.PI) / 180);
    const away = ([lon, lat]: Point): number => Math.hypot((lon - point[0]) * stretch, lat - point[1]);
    const reached = reach * stretch;
    let corner: Point | undefined;
    let edge: Point | undefined;
    let [toCorner, toEdge] = [reached, reached * 0.7];
    for (const ring of this.rings) {
      for (let index = 0; index + 1 < ring.length; index += 1) {
        const [from, to] = [ring[index]!, ring[index + 1]!];
        if (away(from) < toCorner) [corner, toCorner] = [from, away(from)];
        const foot = footOn(point, from, to, stretch);
        if (away(foot) < toEdge) [edge, toEdge] = [foot, away(foot)];
      }
    }
    return corner ?? edge ?? point;
  }
}

/** The point of an edge nearest to another point. */
function footOn(point: Point, from: Point, to: Point, stretch: number): Point {
  const [east, north] = [(to[0] - from[0]) * stretch, to[1] - from[1]];
  const length = east * east + north * north;
  const along = length ? (((point[0] - from[0]) * stretch * east + (point[1] - from[1]) * north) / length) : 0;
  const share = Math.min(1, Math.max(0, along));
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}
