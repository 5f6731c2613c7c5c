// <wangge-photos>: previews of the pictures chosen, taking one back, and making large ones smaller before sending.
//
// Previews are drawn on canvases: blob: addresses are closed by the Content-Security-Policy.
import { exifOf, withExif } from "../exif";

const LONGEST_EDGE = 2560;
const LARGE_BYTES = 3 * 1024 * 1024;
const PREVIEW_WIDTH = 160;
const PREVIEW_HEIGHT = 120;
const QUALITY = 0.88;

class Photos extends HTMLElement {
  private files: File[] = [];
  private input!: HTMLInputElement;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) return;
    this.input = input;
    input.addEventListener("change", () => void this.add([...(input.files ?? [])]));
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.dataset["over"] = "yes";
    });
    this.addEventListener("dragleave", () => delete this.dataset["over"]);
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      delete this.dataset["over"];
      void this.add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  private async add(chosen: File[]): Promise<void> {
    const room = Number(this.getAttribute("max") ?? "6") - this.files.length;
    this.say(chosen.length > room ? this.getAttribute("text-too-many") : "");
    // While pictures are made smaller the input holds what was there before, never half of the new ones.
    for (const file of chosen.slice(0, room)) await this.take(file);
    this.hand();
  }

  private async take(file: File): Promise<void> {
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      this.say(this.getAttribute("text-unreadable"));
      return;
    }
    const kept = await smaller(file, picture);
    this.files.push(kept);
    this.querySelector(".previews")?.append(this.preview(kept, picture));
    picture.close();
  }

  private preview(file: File, picture: ImageBitmap): HTMLElement {
    const figure = document.createElement("figure");
    const canvas = drawn(picture, PREVIEW_WIDTH, PREVIEW_HEIGHT, true);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", file.name);
    const caption = document.createElement("figcaption");
    caption.textContent = `${sizeOf(file)} `;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "plain";
    remove.textContent = this.getAttribute("text-remove");
    remove.addEventListener("click", () => {
      this.files = this.files.filter((other) => other !== file);
      figure.remove();
      this.hand();
    });
    caption.append(remove);
    figure.append(canvas, caption);
    return figure;
  }

  /** Puts the files into the input, which the form sends as it would without script. */
  private hand(): void {
    const transfer = new DataTransfer();
    for (const file of this.files) transfer.items.add(file);
    this.input.files = transfer.files;
  }

  private say(words: string | null): void {
    let note = this.querySelector<HTMLElement>(".error");
    if (!note) {
      note = document.createElement("p");
      note.className = "error";
      note.setAttribute("role", "alert");
      this.append(note);
    }
    note.textContent = words ?? "";
  }
}

/** A JPEG copy of at most LONGEST_EDGE when the picture is larger; its Exif goes along. */
async function smaller(file: File, picture: ImageBitmap): Promise<File> {
  const longest = Math.max(picture.width, picture.height);
  if (file.type !== "image/jpeg" || (longest <= LONGEST_EDGE && file.size <= LARGE_BYTES)) return file;
  const scale = Math.min(1, LONGEST_EDGE / longest);
  const canvas = drawn(picture, Math.round(picture.width * scale), Math.round(picture.height * scale), false);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  const whole = withExif(await blob.arrayBuffer(), exifOf(await file.arrayBuffer()));
  return new File([whole], file.name, { type: "image/jpeg", lastModified: file.lastModified });
}

/** The picture on a canvas of that size, stretched to it or, for previews, cropped to fill. */
function drawn(picture: ImageBitmap, width: number, height: number, crop: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const scale = crop ? Math.max(width / picture.width, height / picture.height) : width / picture.width;
  const fullWidth = crop ? picture.width * scale : width;
  const fullHeight = crop ? picture.height * scale : height;
  canvas.getContext("2d")?.drawImage(picture, (width - fullWidth) / 2, (height - fullHeight) / 2, fullWidth, fullHeight);
  return canvas;
}

customElements.define("wangge-photos", Photos);

/** How big a file is, in the unit a person would say: a small picture is not "0.0 MB". */
function sizeOf(file: File): string {
  const kib = file.size / 1024;
  return kib < 1024 ? `${Math.max(1, Math.round(kib))} KB` : `${(kib / 1024).toFixed(1)} MB`;
}
