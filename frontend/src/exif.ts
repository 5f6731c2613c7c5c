// The Exif segment of a JPEG: taken from the original and put into the smaller copy, so that the moment and the
// place of the picture reach the server, which reads them and seals them away.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const SOS = 0xffda;
const ORIENTATION = 0x0112;

/** The APP1 segment with marker and length, its orientation set to upright; null when there is none. */
export function exifOf(jpeg: ArrayBuffer): Uint8Array | null {
  const view = new DataView(jpeg);
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null;
  let at = 2;
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2) + 2;
    if (marker === SOS || (marker & 0xff00) !== 0xff00 || at + length > view.byteLength) return null;
    if (marker === APP1 && length > 10 && view.getUint32(at + 4) === 0x45786966) {
      const segment = new Uint8Array(jpeg.slice(at, at + length));
      standUpright(segment);
      return segment;
    }
    at += length;
  }
  return null;
}

/** The copy was drawn upright; an orientation kept from the original would turn it twice. */
function standUpright(segment: Uint8Array): void {
  const view = new DataView(segment.buffer, segment.byteOffset + 10);
  if (view.byteLength < 14) return;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return;
  const count = view.getUint16(directory, little);
  for (let index = 0; index < count; index += 1) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > view.byteLength) return;
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
  }
}

/** The JPEG with the segment right after its first marker. */
export function withExif(jpeg: ArrayBuffer, segment: Uint8Array | null): Blob {
  if (!segment) return new Blob([jpeg], { type: "image/jpeg" });
  const parts = [jpeg.slice(0, 2), segment.slice().buffer, jpeg.slice(2)];
  return new Blob(parts, { type: "image/jpeg" });
}

/** What a picture says of itself; the place in degrees, the moment as the camera's clock wrote it. */
export interface Told {
  takenAt?: string;
  lon?: number;
  lat?: number;
}

const DIRECTORY = 0x8769;
const GPS = 0x8825;
const TAKEN = 0x9003;

/** Moment and place of an Exif segment; what cannot be read is left out, never guessed. */
export function toldBy(segment: Uint8Array | null): Told {
  if (!segment || segment.length < 18) return {};
  const view = new DataView(segment.buffer, segment.byteOffset + 10, segment.length - 10);
  try {
    const little = view.getUint16(0) === 0x4949;
    const first = entries(view, view.getUint32(4, little), little);
    const detail = first.get(DIRECTORY);
    const place = first.get(GPS);
    const told: Told = {};
    const taken = detail ? entries(view, view.getUint32(detail + 8, little), little).get(TAKEN) : undefined;
    if (taken) told.takenAt = text(view, view.getUint32(taken + 8, little), 19);
    return place ? { ...told, ...pointOf(view, view.getUint32(place + 8, little), little) } : told;
  } catch {
    return {}; // an address beyond the segment: a broken Exif says nothing
  }
}

/** Tag → where its entry begins. */
function entries(view: DataView, at: number, little: boolean): Map<number, number> {
  const found = new Map<number, number>();
  const count = view.getUint16(at, little);
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + index * 12;
    found.set(view.getUint16(entry, little), entry);
  }
  return found;
}

function pointOf(view: DataView, at: number, little: boolean): Told {
  const tags = entries(view, at, little);
  const degrees = (reference: number, value: number, negative: string): number => {
    const sign = tags.get(reference);
    const entry = tags.get(value);
    if (!sign || !entry) return NaN;
    const from = view.getUint32(entry + 8, little);
    const part = (index: number): number =>
      view.getUint32(from + index * 8, little) / view.getUint32(from + index * 8 + 4, little);
    const size = part(0) + part(1) / 60 + part(2) / 3600;
    return String.fromCharCode(view.getUint8(sign + 8)) === negative ? -size : size;
  };
  const lat = degrees(1, 2, "S");
  const lon = degrees(3, 4, "W");
  const known = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  return known ? { lon, lat } : {};
}

function text(view: DataView, at: number, length: number): string {
  let read = "";
  for (let index = 0; index < length; index += 1) read += String.fromCharCode(view.getUint8(at + index));
  return read;
}
