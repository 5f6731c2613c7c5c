// <wangge-photos>: previews of the pictures chosen, taking one back, and making large ones smaller before sending.
//
// Previews are drawn on canvases: blob: addresses are closed by the Content-Security-Policy.
import { drawn, sizeOf, smaller } from "../pictures";

const PREVIEW_WIDTH = 160;
const PREVIEW_HEIGHT = 120;

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

customElements.define("wangge-photos", Photos);
