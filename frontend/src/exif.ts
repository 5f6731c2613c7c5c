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
