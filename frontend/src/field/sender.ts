// Sends what waits, the oldest first: pictures in pieces until the server's hash agrees, then the items with their keys.
//
// Whatever breaks off is sent again under the same key, so nothing is lost and nothing counts twice. An item leaves the
// queue only when the server has answered for it; a refusal stays with its reason until the person mends or drops it.
import { Kept, type Obstacle, reasonOf, type Server, type State } from "./asking";
import * as store from "./store";
import type { Item, Picture } from "./store";

const AT_ONCE = 20;
const LOCK = "wangge-field-sending";
const MOST_FIXES = 500;

export type Phase = "idle" | "sending" | Obstacle;

interface Upload {
  id: string;
  received: number;
  piece_most: number;
  state: "receiving" | "sent";
  photo: { id: string; sha256: string } | null;
}

interface Result {
  key: string;
  status: number;
  case: { number: string } | null;
  problem: { type: string; title: string; detail: string; field?: string; status: number } | null;
}

export interface Fixed {
  at: string;
  lon: number;
  lat: number;
  accuracy_m: number | null;
}

export class Sender {
  phase: Phase = "idle";
  progress = 0;
  private again = false;

  constructor(
    private readonly server: Server,
    private readonly onState: (state: State) => Promise<void>,
    private readonly onChange: () => void,
  ) {}

  /** One round; a call during a round makes another one follow. Across tabs only one sends at a time. */
  async send(): Promise<void> {
    if (this.phase === "sending") {
      this.again = true;
      return;
    }
    this.turn("sending");
    let end: Phase = "idle";
    try {
      do {
        this.again = false;
        await this.alone(() => this.round());
      } while (this.again);
    } catch (failure) {
      if (!(failure instanceof Kept)) throw failure;
      end = failure.obstacle;
    } finally {
      this.turn(end);
    }
  }

  private turn(phase: Phase): void {
    this.phase = phase;
    this.onChange();
  }

  private async alone(work: () => Promise<void>): Promise<void> {
    if (!("locks" in navigator)) return work();
    await navigator.locks.request(LOCK, work);
  }

  private async round(): Promise<void> {
    const catalogue = await store.remembered<{ version: string }>("catalogue");
    const state = await this.server.state(catalogue?.version ?? "");
    await this.onState(state);
    const offset = Date.parse(state.now) - Date.now();
    for (const kind of ["report", "move"] as const) {
      for (;;) {
        const waiting = (await store.itemsOf(state.scope)).filter((item) => item.state === "waiting" && item.kind === kind);
        const batch = waiting.slice(0, AT_ONCE);
        if (!batch.length || !(await this.batch(kind, batch, offset))) break;
      }
    }
    await this.fixes(state.scope);
    await store.dropOldSent(Date.now());
  }

  /** Sends a batch; whether anything of it was settled, so that more may follow. */
  private async batch(kind: "report" | "move", items: Item[], offset: number): Promise<boolean> {
    const ready: Item[] = [];
    let settled = false;
    for (const item of items) {
      if (await this.pictures(item)) ready.push(item);
      else settled = true;
    }
    if (!ready.length) return settled;
    const bodies: unknown[] = [];
    for (const item of ready) bodies.push(await this.body(item, offset));
    const named = kind === "report" ? "reports" : "moves";
    const answer = await this.server.post(named, { items: bodies });
    if (answer.status >= 300) throw new Kept("away");
    for (const result of (answer.body as { items: Result[] }).items) {
      const item = ready.find((each) => each.key === result.key);
      if (item) settled = (await this.settle(item, result)) || settled;
    }
    this.onChange();
    return settled;
  }

  /**
   * The item as the server takes it. What was sent once is sent again to the letter, because its key stands for it: the
   * answer may have been lost on the way, and another body under the same key would be refused.
   */
  private async body(item: Item, offset: number): Promise<unknown> {
    if (item.sending) return item.sending;
    const sending = await bodyOf(item, offset);
    await store.changeItem(item.key, { sending });
    return sending;
  }

  private async settle(item: Item, result: Result): Promise<boolean> {
    if (result.case) {
      await store.itemSent(item, result.case.number, Date.now());
      return true;
    }
    const problem = result.problem;
    const reason = reasonOf(problem);
    if (result.status >= 500 || reason === "key_busy") return false; // it waits for the next round
    // A refusal is not kept under the key: the next body may be another one.
    if (reason === "photo_gone" || reason === "photo_unknown") {
      for (const id of Object.values(item.pictures).flat()) {
        const picture = await store.pictureOf(id);
        if (picture) await store.keepPicture(withoutName(picture));
      }
      await store.changeItem(item.key, { sending: undefined });
      return false;
    }
    if (problem?.field === "observed_at" && !item.late) {
      await store.changeItem(item.key, { sending: undefined, late: true });
      return true;
    }
    await store.changeItem(item.key, {
      state: "refused",
      sending: undefined,
      refusal: { status: result.status, reason, title: problem?.title ?? "", detail: problem?.detail ?? "" },
    });
    return true;
  }

  /** Brings every picture of an item to the server; false when one was refused, and with it the item. */
  private async pictures(item: Item): Promise<boolean> {
    for (const id of Object.values(item.pictures).flat()) {
      const picture = await store.pictureOf(id);
      if (!picture || picture.photoId) continue;
      const problem = await this.picture(picture);
      if (problem) {
        await store.changeItem(item.key, { state: "refused", refusal: problem });
        return false;
      }
    }
    return true;
  }

  private async picture(picture: Picture): Promise<store.Refusal | undefined> {
    let answer = await this.server.post("uploads", { byte_count: picture.bytes.byteLength, sha256: picture.sha256 });
    for (let tries = 0; tries < 200; tries += 1) {
      const upload = answer.body as Upload;
      if (answer.status < 300 && upload.state === "sent" && upload.photo) {
        // "Sent" is said when the server's own hash is ours, and not before.
        if (upload.photo.sha256 !== picture.sha256) break;
        await store.keepPicture({ ...picture, photoId: upload.photo.id });
        this.progress = 0;
        return undefined;
      }
      const known = ["offset_differs", "piece_length", "piece_broken", "content_differs"].includes(reasonOf(answer.body));
      if (answer.status >= 300 && !known) break;
      answer = await this.piece(picture, upload, answer);
    }
    const told = answer.body as { title?: string; detail?: string };
    return { status: answer.status, reason: reasonOf(answer.body), title: told.title ?? "", detail: told.detail ?? "" };
  }

  private upload: Upload | undefined;

  private async piece(picture: Picture, told: Upload, answer: { status: number }): Promise<{ status: number; body: unknown }> {
    // A refused piece says only where to go on; the rest is known from before.
    if (answer.status < 300) this.upload = told;
    const upload = this.upload;
    if (!upload) throw new Kept("away");
    const from = answer.status < 300 ? upload.received : (told.received ?? 0);
    const bytes = picture.bytes.slice(from, from + upload.piece_most);
    const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))));
    this.progress = Math.round((100 * from) / picture.bytes.byteLength);
    this.onChange();
    return this.server.patch(`${this.server.url("uploads")}/${upload.id}`, bytes, {
      "Upload-Offset": String(from),
      "Content-Digest": `sha-256=:${digest}:`,
    });
  }

  /** Where he was while the app was open; the server keeps what lies on duty and knows what came before. */
  private async fixes(scope: string): Promise<void> {
    const name = `fixes:${scope}`;
    const found = (await store.remembered<Fixed[]>(name)) ?? [];
    if (!found.length) return;
    const answer = await this.server.post("positions", { positions: found.slice(0, MOST_FIXES) });
    if (answer.status < 500) await store.forget(name);
  }
}

async function bodyOf(item: Item, offset: number): Promise<Record<string, unknown>> {
  const evidence: Record<string, unknown> = { ...(item.body["evidence"] as object | undefined) };
  for (const [kind, ids] of Object.entries(item.pictures)) {
    const found = await Promise.all(ids.map((id) => store.pictureOf(id)));
    evidence[kind] = found.map((picture) => picture?.photoId).filter(Boolean);
  }
  const body: Record<string, unknown> = { ...item.body, evidence };
  const observed = new Date(item.createdAt + offset).toISOString();
  // Older than the server takes as a moment (seven days), it is told in words.
  if (item.late) body["note"] = [body["note"], observed].filter(Boolean).join(" · ");
  else body["observed_at"] = observed;
  return item.kind === "report"
    ? { key: item.key, report: body }
    : { key: item.key, number: item.number, verb: item.verb, version: item.version, move: body };
}

function withoutName(picture: Picture): Picture {
  const { photoId: _gone, ...rest } = picture;
  return rest;
}
