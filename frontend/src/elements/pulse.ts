// A list that is looked at asks for itself again as soon as cases of its stages moved, and a seat for the call that
// rings at it; hidden pages do not listen.
import htmx from "htmx.org";

const LIST = "[data-pulse]";
const CALLS = "[data-calls]";
const LEAST_MS = 2_000;
const BUSY_MS = 1_500;

let source: EventSource | undefined;
let refreshedAt = 0;
let waiting: number | undefined;

/** Whether a hand reads or types in the list: then it is left alone. */
export function isBusy(list: Element): boolean {
  return list.contains(document.activeElement) && (document.activeElement?.matches("input, select, textarea") ?? false);
}

/** At once, but never twice within two seconds and never under a hand that is typing. */
function refreshSoon(): void {
  if (waiting !== undefined) return;
  const act = (): void => {
    waiting = undefined;
    const list = document.querySelector(LIST);
    if (!list || document.hidden) return;
    if (isBusy(list)) {
      waiting = window.setTimeout(act, BUSY_MS);
      return;
    }
    refreshedAt = Date.now();
    htmx.trigger(list, "wangge:refresh");
  };
  waiting = window.setTimeout(act, Math.max(0, refreshedAt + LEAST_MS - Date.now()));
}

function heard(event: MessageEvent<string>): void {
  const wanted = document.querySelector<HTMLElement>(LIST)?.dataset["stages"]?.split(" ").filter(Boolean) ?? [];
  const moved = JSON.parse(event.data) as string[];
  if (wanted.length === 0 || moved.some((stage) => wanted.includes(stage))) refreshSoon();
}

function rang(): void {
  const calls = document.querySelector(CALLS);
  if (calls) htmx.trigger(calls, "wangge:rang");
}

function listen(): void {
  const address =
    document.querySelector<HTMLElement>(LIST)?.dataset["pulse"] ||
    document.querySelector<HTMLElement>(CALLS)?.dataset["calls"];
  if (!address || source) return;
  source = new EventSource(address);
  source.addEventListener("moved", heard);
  source.addEventListener("rang", rang);
}

export function followPulse(): void {
  listen();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else {
      listen();
      if (source) {
        refreshSoon();
        rang();
      }
    }
  });
}
