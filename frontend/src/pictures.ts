// Pictures before they are sent: drawn upright, made smaller, with the Exif of the original, which the server reads.
import { exifOf, withExif } from "./exif";

const QUALITY = 0.88;

/** What is larger than this is made smaller. */
export interface Most {
  edge: number;
  bytes: number;
}

const PAGE: Most = { edge: 2560, bytes: 3 * 1024 * 1024 };

/** A JPEG copy of at most the edge when the picture is larger; its Exif goes along. */
export async function smaller(file: File, picture: ImageBitmap, most: Most = PAGE): Promise<File> {
  const longest = Math.max(picture.width, picture.height);
  if (file.type !== "image/jpeg" || (longest <= most.edge && file.size <= most.bytes)) return file;
  const scale = Math.min(1, most.edge / longest);
  const canvas = drawn(picture, Math.round(picture.width * scale), Math.round(picture.height * scale), false);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  const whole = withExif(await blob.arrayBuffer(), exifOf(await file.arrayBuffer()));
  return new File([whole], file.name, { type: "image/jpeg", lastModified: file.lastModified });
}

/** The picture on a canvas of that size, stretched to it or, for previews, cropped to fill. */
export function drawn(picture: ImageBitmap, width: number, height: number, crop: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const scale = crop ? Math.max(width / picture.width, height / picture.height) : width / picture.width;
  const fullWidth = crop ? picture.width * scale : width;
  const fullHeight = crop ? picture.height * scale : height;
  canvas.getContext("2d")?.drawImage(picture, (width - fullWidth) / 2, (height - fullHeight) / 2, fullWidth, fullHeight);
  return canvas;
}

/** How big a file is, in the unit a person would say: a small picture is not "0.0 MB". */
export function sizeOf(file: File): string {
  const kib = file.size / 1024;
  return kib < 1024 ? `${Math.max(1, Math.round(kib))} KB` : `${(kib / 1024).toFixed(1)} MB`;
}
