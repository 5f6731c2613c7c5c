// Asks the server by the session of the pages, and tells apart what keeps an answer away: no network, the server in
// trouble, a session that has ended, another person signed in.

export type Obstacle = "offline" | "away" | "ended" | "other";

export class Kept extends Error {
  constructor(readonly obstacle: Obstacle) {
    super(obstacle);
  }
}

export interface Task {
  number: string;
  version: number;
  stage: string;
  stage_words: string;
  url: string;
  category: string;
  place: string;
  lon: number | null;
  lat: number | null;
  description: string;
  due_at: string | null;
  time_words: string;
  urgency: string;
  pictures: string[];
  verbs: Verb[];
}

export interface Verb {
  verb: string;
  label: string;
  questions: Question[];
}

export interface Question {
  name: string;
  label: string;
  required: boolean;
  kind: "choice" | "text" | "place" | "photos";
  choices: [string, string][];
}

export interface Own {
  number: string;
  url: string;
  category: string;
  place: string;
  stage: string;
  reported_at: string;
}

export type CatalogueItem = [key: string, name: string, group: string, code: string, words: string];

export interface State {
  scope: string;
  name: string;
  csrf: string;
  now: string;
  may_report: boolean;
  catalogue: { version: string; items?: CatalogueItem[] };
  tasks: Task[];
  own: Own[];
  grids: { code: string; name: string; box: number[] }[];
  map: { lon: string; lat: string; zoom: string; layers: [string, string, string][] } | null;
}

/** A component: its code, name, class, state in words, whether it is whole, where it stands, who looks after it. */
export type Component = [code: string, name: string, category: string, state: string, whole: boolean, lon: number, lat: number, unit: string];

export interface Components {
  mark: string;
  grids: string[];
  items?: Component[];
}

export interface Answer {
  status: number;
  body: unknown;
}

const PATIENCE_MS = 60_000;
const STATE_PATIENCE_MS = 15_000;

export class Server {
  private csrf = "";

  constructor(
    private readonly urls: Record<string, string>,
    private scope = "",
  ) {}

  url(name: string): string {
    return this.urls[name] ?? "";
  }

  /** Who is signed in and what he needs; from here on everything is sent for him. */
  async state(catalogue: string): Promise<State> {
    const answer = await this.fetched(`${this.url("state")}?${new URLSearchParams({ catalogue })}`, {}, STATE_PATIENCE_MS);
    if (!answer.ok) throw new Kept(answer.status === 403 ? "ended" : "away");
    const state = (await readJson(answer)) as State;
    this.csrf = state.csrf;
    this.scope = state.scope;
    return state;
  }

  /** What stands in his grids; without the list where the telephone has it already. */
  async components(mark: string): Promise<Components> {
    const answer = await this.fetched(`${this.url("components")}?${new URLSearchParams({ mark })}`, {}, STATE_PATIENCE_MS);
    if (!answer.ok) throw new Kept(answer.status === 403 ? "ended" : "away");
    return (await readJson(answer)) as Components;
  }

  async post(name: string, body: unknown): Promise<Answer> {
    const init = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    return this.asked(this.url(name), init);
  }

  async patch(address: string, body: ArrayBuffer, headers: Record<string, string>): Promise<Answer> {
    const init = { method: "PATCH", body, headers: { ...headers, "Content-Type": "application/octet-stream" } };
    return this.asked(address, init);
  }

  private async asked(address: string, init: RequestInit): Promise<Answer> {
    const headers = { ...init.headers, "X-CSRFToken": this.csrf, "Sent-For": this.scope, Accept: "application/json" };
    const answer = await this.fetched(address, { ...init, headers }, PATIENCE_MS);
    // The CSRF check and the gate answer in HTML: the session is another one than the state was asked in.
    const isProblem = answer.headers.get("Content-Type")?.includes("json") ?? false;
    if (answer.status === 403 && !isProblem) throw new Kept("ended");
    if (answer.status >= 500 || !isProblem) throw new Kept("away");
    const body = await readJson(answer);
    if (answer.status === 409 && reasonOf(body) === "other_person") throw new Kept("other");
    return { status: answer.status, body };
  }

  private async fetched(address: string, init: RequestInit, patience: number): Promise<Response> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(address, { ...init, redirect: "manual", credentials: "same-origin", signal: stop.signal });
      // Where the gate would lead to is a page for a person, never an answer.
      if (answer.type === "opaqueredirect") throw new Kept("ended");
      return answer;
    } catch (failure) {
      throw failure instanceof Kept ? failure : new Kept("offline");
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An answer that breaks off while it is read is no answer. */
async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new Kept("offline");
  }
}

/** The last part of a problem's type: why it was refused. */
export function reasonOf(body: unknown): string {
  const type = (body as { type?: string } | null)?.type ?? "";
  return type.slice(type.lastIndexOf("/") + 1).replace(/^.*[:#]/, "");
}
