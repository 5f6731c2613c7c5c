// What is kept and what was sent: each item with its state, a refusal with its reason and a way to mend it.
import type { Task } from "./asking";
import * as store from "./store";
import type { Item } from "./store";
import { button, clockTime, make, say } from "./words";

export interface QueueHooks {
  scope(): string;
  tasks(): readonly Task[];
  mendReport(item: Item): void;
  mendTask(item: Item): void;
  changed(): void;
  caseUrl: string;
}

export async function drawQueue(root: HTMLElement, hooks: QueueHooks): Promise<void> {
  const items = await store.itemsOf(hooks.scope());
  const of = (state: store.ItemState): Item[] => items.filter((item) => item.state === state);
  const parts: HTMLElement[] = [];
  const refused = of("refused");
  if (refused.length) parts.push(group(say("refused"), refused, hooks));
  const waiting = of("waiting");
  parts.push(waiting.length ? group(say("waiting"), waiting, hooks) : make("p", "quiet", say("none_waiting")));
  const sent = of("sent").reverse();
  if (sent.length) parts.push(group(say("sent"), sent, hooks));
  root.replaceChildren(...parts);
}

function group(heading: string, items: readonly Item[], hooks: QueueHooks): HTMLElement {
  const title = make("h3", "", `${heading} ${items.length}`);
  return make("section", "queue-group", title, make("ul", "queue", ...items.map((item) => line(item, hooks))));
}

function line(item: Item, hooks: QueueHooks): HTMLLIElement {
  const photos = Object.values(item.pictures).flat().length;
  const when = item.state === "sent" ? say("sent_at", { time: clockTime(item.sentAt ?? 0) }) : say("kept_at", { time: clockTime(item.createdAt) });
  const facts = [when, photos ? say("photos_n", { n: photos }) : "", item.state === "sent" ? (item.number ?? "") : ""];
  const entry = make("li", "", make("b", "", item.title), make("span", "quiet", facts.filter(Boolean).join(" · ")));
  entry.dataset["state"] = item.state;
  entry.dataset["key"] = item.key;
  if (item.state === "sent" && item.number) {
    const open = make("a", "button secondary", say("open"));
    open.href = hooks.caseUrl.replace("-", encodeURIComponent(item.number));
    entry.append(open);
  }
  if (item.state === "refused") entry.append(refusal(item, hooks));
  return entry;
}

function refusal(item: Item, hooks: QueueHooks): HTMLElement {
  const told = item.refusal;
  const why = make("p", "error", [told?.title, told?.detail].filter(Boolean).join("："));
  const acts = make("p", "buttons");
  if (item.kind === "report") acts.append(button(say("mend"), "", () => hooks.mendReport(item)));
  else if (hooks.tasks().some((task) => task.number === item.number)) acts.append(button(say("mend"), "", () => hooks.mendTask(item)));
  acts.append(button(say("again"), "secondary", () => void again(item, hooks)), dropping(item, hooks));
  return make("div", "refusal", why, acts);
}

/** The same again; a result goes by the version of the task as it stands now. */
async function again(item: Item, hooks: QueueHooks): Promise<void> {
  const version = hooks.tasks().find((task) => task.number === item.number)?.version ?? item.version;
  await store.changeItem(item.key, { state: "waiting", refusal: undefined, ...(version === undefined ? {} : { version }) });
  hooks.changed();
}

/** What was never sent is removed only by a second tap. */
function dropping(item: Item, hooks: QueueHooks): HTMLButtonElement {
  const drop = button(say("drop"), "secondary", () => {
    if (drop.dataset["sure"]) {
      void store.dropItem(item).then(hooks.changed);
      return;
    }
    drop.dataset["sure"] = "yes";
    drop.textContent = say("drop_sure");
  });
  return drop;
}
