// The pictures of one question: taken, made smaller, kept in the store at once, shown, taken back.
import { exifOf, toldBy, type Told } from "../exif";
import { drawn, sizeOf, smaller } from "../pictures";
import * as store from "./store";
import { button, make, say } from "./words";

const MOST = { edge: 1920, bytes: 900 * 1024 };
const PREVIEW = { width: 160, height: 120 };

export class PictureField {
  ids: string[] = [];
  told: Told = {};
  private readonly most: number;
  private readonly previews: HTMLElement;

  constructor(
    readonly root: HTMLElement,
    private readonly scope: () => string,
    private readonly onChange: () => void,
  ) {
    this.most = Number(root.dataset["most"] ?? "6");
    this.previews = root.querySelector<HTMLElement>(".previews")!;
    for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.addEventListener("change", () => void this.add(input));
    }
  }

  get kind(): string {
    return this.root.dataset["photos"] ?? "";
  }

  private async add(input: HTMLInputElement): Promise<void> {
    const chosen = [...(input.files ?? [])];
    input.value = "";
    this.complain("");
    const room = this.most - this.ids.length;
    if (chosen.length > room) this.complain(say("too_many", { n: this.most }));
    this.root.setAttribute("aria-busy", "true");
    for (const file of chosen.slice(0, room)) await this.take(file);
    this.root.removeAttribute("aria-busy");
    this.onChange();
  }

  private async take(file: File): Promise<void> {
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      this.complain(say("photo_unreadable"));
      return;
    }
    try {
      // Time and place are read before the picture is made smaller; its Exif goes along, for the server to read too.
      const told = file.type === "image/jpeg" ? toldBy(exifOf(await file.arrayBuffer())) : {};
      const kept = await smaller(file, picture, MOST);
      const bytes = await kept.arrayBuffer();
      const id = crypto.randomUUID();
      const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
      await store.keepPicture({ id, scope: this.scope(), name: kept.name, bytes, sha256, ...told });
      this.told = { ...this.told, ...told };
      this.ids.push(id);
      this.previews.append(this.preview(id, picture, sizeOf(kept)));
    } catch {
      this.complain(say("storage_full"));
    } finally {
      picture.close();
    }
  }

  /** The pictures of a draft or of a refused item, from the store. */
  async show(ids: readonly string[]): Promise<void> {
    this.clear();
    for (const id of ids) {
      const kept = await store.pictureOf(id);
      if (!kept) continue;
      const blob = new Blob([kept.bytes]);
      const picture = await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => undefined);
      if (!picture) continue;
      this.ids.push(id);
      if (kept.lon !== undefined && kept.lat !== undefined) this.told = { ...this.told, lon: kept.lon, lat: kept.lat };
      if (kept.takenAt) this.told = { ...this.told, takenAt: kept.takenAt };
      this.previews.append(this.preview(id, picture, sizeOf(new File([blob], kept.name))));
      picture.close();
    }
  }

  clear(): void {
    this.ids = [];
    this.told = {};
    this.previews.replaceChildren();
    this.complain("");
  }

  complain(words: string): void {
    const place = this.root.querySelector<HTMLElement>(".error");
    if (place) place.textContent = words;
  }

  private preview(id: string, picture: ImageBitmap, size: string): HTMLElement {
    const canvas = drawn(picture, PREVIEW.width, PREVIEW.height, true);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", say("photo_of", { n: this.ids.indexOf(id) + 1 }));
    const caption = make("figcaption", "", `${size} `);
    const figure = make("figure", "", canvas, caption);
    const remove = button(say("remove"), "plain", () => {
      this.ids = this.ids.filter((other) => other !== id);
      figure.remove();
      void store.dropPicture(id);
      this.onChange();
    });
    caption.append(remove);
    return figure;
  }
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
