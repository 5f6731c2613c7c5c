// What the collectors' app keeps in the telephone: reports and results that wait, their pictures, the last tasks.
//
// Everything stands under the scope of the person who made it. Whoever else signs in on the same telephone neither
// sees nor sends it, and nothing of it is removed before the server has said that it has it.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

const NAME = "wangge-field";
const SENT_SHOWN_MS = 7 * 24 * 3600 * 1000;

export type ItemState = "waiting" | "refused" | "sent";

export interface Refusal {
  status: number;
  reason: string;
  title: string;
  detail: string;
}

/** A report or the result of a task, with the key it is known by wherever it is sent. */
export interface Item {
  key: string;
  scope: string;
  kind: "report" | "move";
  state: ItemState;
  createdAt: number;
  title: string;
  /** The body but for the pictures, whose names the server gives. */
  body: Record<string, unknown>;
  /** Kind of evidence → ids of pictures kept here. */
  pictures: Record<string, string[]>;
  number?: string;
  verb?: string;
  version?: number;
  refusal?: Refusal | undefined;
  sentAt?: number;
  /** Exactly what was sent under the key, until it is answered. */
  sending?: unknown;
  /** Made longer ago than the server takes as an observed moment. */
  late?: boolean;
}

export interface Picture {
  id: string;
  scope: string;
  name: string;
  bytes: ArrayBuffer;
  sha256: string;
  takenAt?: string;
  lon?: number;
  lat?: number;
  /** Its name at the server, once the server's hash agrees. */
  photoId?: string;
}

interface Shelves extends DBSchema {
  items: { key: string; value: Item; indexes: { scope: string } };
  pictures: { key: string; value: Picture; indexes: { scope: string } };
  kept: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Shelves>> | undefined;

function shelves(): Promise<IDBPDatabase<Shelves>> {
  opened ??= openDB<Shelves>(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("items", { keyPath: "key" }).createIndex("scope", "scope");
      database.createObjectStore("pictures", { keyPath: "id" }).createIndex("scope", "scope");
      database.createObjectStore("kept");
    },
    // Another tab wants a newer form of the store: this one lets go and opens anew when asked again.
    blocking: (_now, _wanted, event) => {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated: () => {
      opened = undefined;
    },
  });
  return opened;
}

export async function remembered<T>(name: string): Promise<T | undefined> {
  return (await (await shelves()).get("kept", name)) as T | undefined;
}

export async function remember(name: string, value: unknown): Promise<void> {
  await (await shelves()).put("kept", value, name);
}

export async function forget(name: string): Promise<void> {
  await (await shelves()).delete("kept", name);
}

/** The items of a person, the oldest first; what was sent long ago is no longer shown. */
export async function itemsOf(scope: string): Promise<Item[]> {
  const found = await (await shelves()).getAllFromIndex("items", "scope", scope);
  return found.sort((one, other) => one.createdAt - other.createdAt);
}

/** How many unsent items other people have in this telephone; what they are is theirs. */
export async function countOfOthers(scope: string): Promise<number> {
  const all = await (await shelves()).getAll("items");
  return all.filter((item) => item.scope !== scope && item.state !== "sent").length;
}

export async function itemOf(key: string): Promise<Item | undefined> {
  return (await shelves()).get("items", key);
}

/** Keeps an item and lets go of the draft it was made from, or neither. */
export async function keepItem(item: Item, draft?: string): Promise<void> {
  const change = (await shelves()).transaction(["items", "kept"], "readwrite", { durability: "strict" });
  void change.objectStore("items").put(item);
  if (draft) void change.objectStore("kept").delete(draft);
  await change.done;
}

/** Writes the outcome of an item unless it was removed meanwhile. */
export async function changeItem(key: string, change: Partial<Item>): Promise<void> {
  const work = (await shelves()).transaction("items", "readwrite", { durability: "strict" });
  const item = await work.store.get(key);
  if (item) void work.store.put({ ...item, ...change });
  await work.done;
}

/** The server has it: the pictures go, a line of it stays for some days. */
export async function itemSent(item: Item, number: string, at: number): Promise<void> {
  const work = (await shelves()).transaction(["items", "pictures"], "readwrite", { durability: "strict" });
  for (const id of Object.values(item.pictures).flat()) void work.objectStore("pictures").delete(id);
  const { refusal: _settled, sending: _sent, ...rest } = item;
  void work.objectStore("items").put({ ...rest, state: "sent", number, sentAt: at, pictures: {} });
  await work.done;
}

export async function dropItem(item: Item): Promise<void> {
  const work = (await shelves()).transaction(["items", "pictures"], "readwrite");
  for (const id of Object.values(item.pictures).flat()) void work.objectStore("pictures").delete(id);
  void work.objectStore("items").delete(item.key);
  await work.done;
}

export async function dropOldSent(now: number): Promise<void> {
  const work = (await shelves()).transaction("items", "readwrite");
  for (const item of await work.store.getAll()) {
    if (item.state === "sent" && now - (item.sentAt ?? 0) > SENT_SHOWN_MS) void work.store.delete(item.key);
  }
  await work.done;
}

export async function keepPicture(picture: Picture): Promise<void> {
  await (await shelves()).put("pictures", picture);
}

export async function pictureOf(id: string): Promise<Picture | undefined> {
  return (await shelves()).get("pictures", id);
}

export async function dropPicture(id: string): Promise<void> {
  await (await shelves()).delete("pictures", id);
}

/** On signing out: what was only shown goes; what is not sent yet stays for its owner. */
export async function forgetWhatWasShown(): Promise<void> {
  const work = (await shelves()).transaction("kept", "readwrite");
  for (const name of await work.store.getAllKeys()) {
    if (!/^(draft|fixes):/.test(name)) void work.store.delete(name);
  }
  await work.done;
}
