// A hand on a map: takes hold of what lies under it, carries it, lets it go; with a mouse or one finger.
import type { Map as Ground, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { Point } from "./border";

export type Touch = MapMouseEvent | MapTouchEvent;

export interface Hand {
  /** Whether something lies there and is held from now on. */
  take(touch: Touch): boolean;
  carry(touch: Touch): void;
  release(): void;
}

export function followHand(ground: Ground, hand: Hand): void {
  let held = false;
  const take = (touch: Touch): void => {
    held = hand.take(touch);
    if (held) touch.preventDefault();
  };
  const carry = (touch: Touch): void => {
    if (held) hand.carry(touch);
  };
  const release = (): void => {
    if (held) hand.release();
    held = false;
  };
  ground.on("mousedown", take);
  ground.on("touchstart", (touch) => touch.points.length === 1 && take(touch));
  ground.on("mousemove", carry);
  ground.on("touchmove", carry);
  for (const end of ["mouseup", "touchend", "touchcancel"] as const) ground.on(end, release);
}

/** What is drawn nearest to a place of the screen, within reach (in pixels). */
export function nearest<Spot extends { point: Point }>(ground: Ground, spots: Spot[], where: { x: number; y: number }, reach: number): Spot | undefined {
  let best: Spot | undefined;
  let least = reach;
  for (const spot of spots) {
    const seen = ground.project(spot.point);
    const away = Math.hypot(seen.x - where.x, seen.y - where.y);
    if (away <= least) [best, least] = [spot, away];
  }
  return best;
}
