// Keeps the text of a form through a reload, a lost session or a conflict: in this browser, for this person.
//
// A draft goes when the server says that something was saved ([data-saved]) after its form was sent, when it is
// a week old, and when the person signs out. A sending that led to the door (a session had ended) saved nothing. Personal fields ([data-personal]), files and secrets are never kept.

const PREFIX = "wangge-draft:";
const SENT = "wangge-draft-sent";
const KEPT_FOR_MS = 7 * 24 * 3600 * 1000;

interface Draft {
  savedAt: number;
  values: Record<string, string[]>;
}

type Question = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Begins keeping and restoring; called once per page. */
export function keepDrafts(): void {
  const scope = document.body.dataset["drafts"];
  dropOld();
  if (document.querySelector("[data-sign-in]")) sessionStorage.removeItem(SENT);
  if (document.querySelector("[data-saved]")) dropSent();
  document.addEventListener("submit", onSubmit);
  if (!scope) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) restore(form, keyOf(form, scope));
  document.addEventListener("input", (event) => save(event, scope));
  document.addEventListener("change", (event) => save(event, scope));
}

function keyOf(form: HTMLFormElement, scope: string): string {
  return `${PREFIX}${scope}:${form.dataset["draft"] ?? ""}`;
}

function questions(form: HTMLFormElement): Question[] {
  return [...form.elements].filter(
    (element): element is Question =>
      element.matches("input[name], textarea[name], select[name]") &&
      !element.matches("[type=hidden], [type=file], [type=password], [data-personal], [type=search]"),
  );
}

function read(form: HTMLFormElement): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const question of questions(form)) {
    if (question instanceof HTMLInputElement && /radio|checkbox/.test(question.type) && !question.checked) continue;
    (values[question.name] ??= []).push(question.value);
  }
  return values;
}

function save(event: Event, scope: string): void {
  const form = (event.target as Question | null)?.form;
  if (!form?.dataset["draft"]) return;
  const draft: Draft = { savedAt: Date.now(), values: read(form) };
  try {
    localStorage.setItem(keyOf(form, scope), JSON.stringify(draft));
  } catch {
    // A full or forbidden storage costs the convenience, not the work.
  }
}

function restore(form: HTMLFormElement, key: string): void {
  const draft = parse(localStorage.getItem(key));
  // What the server printed back after a refusal is newer than what was kept.
  if (!draft || form.querySelector("[data-wrong], [role=alert]")) return;
  let changed = false;
  for (const question of questions(form)) {
    const kept = draft.values[question.name];
    if (question instanceof HTMLInputElement && /radio|checkbox/.test(question.type)) {
      const checked = kept?.includes(question.value) ?? false;
      changed ||= checked !== question.checked;
      question.checked = checked;
    } else if (kept?.[0] !== undefined && kept[0] !== question.value) {
      question.value = kept[0];
      changed = true;
      question.dispatchEvent(new Event("wangge:restored", { bubbles: true }));
    }
  }
  if (changed) sayRestored(form, key);
}

function sayRestored(form: HTMLFormElement, key: string): void {
  const english = document.documentElement.lang.startsWith("en");
  const note = document.createElement("p");
  note.className = "draft-note quiet";
  note.textContent = english ? "Your unsent text is back. " : "已恢复上次未提交的内容。";
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "plain";
  clear.textContent = english ? "Clear" : "清除";
  clear.addEventListener("click", () => {
    localStorage.removeItem(key);
    form.reset();
    note.remove();
  });
  note.append(clear);
  form.prepend(note);
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const scope = document.body.dataset["drafts"];
  if (!scope) return;
  if (form.dataset["draft"]) sessionStorage.setItem(SENT, keyOf(form, scope));
  if (!form.hasAttribute("data-signs-out")) return;
  dropWhere((key) => key.startsWith(`${PREFIX}${scope}:`));
  leaveFieldApp(event, form);
}

/** The collectors' app lets go of what it only showed, before the page goes; what is not sent yet stays for its owner. */
function leaveFieldApp(event: SubmitEvent, form: HTMLFormElement): void {
  if (document.documentElement.dataset["audience"] !== "field" || form.dataset["left"]) return;
  event.preventDefault();
  form.dataset["left"] = "yes";
  void import("./field/store")
    .then((store) => store.forgetWhatWasShown())
    .finally(() => form.requestSubmit());
}

function dropSent(): void {
  const sent = sessionStorage.getItem(SENT);
  if (sent) localStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
}

function dropOld(): void {
  dropWhere((key) => {
    const draft = parse(localStorage.getItem(key));
    return key.startsWith(PREFIX) && (!draft || Date.now() - draft.savedAt > KEPT_FOR_MS);
  });
}

function dropWhere(condition: (key: string) => boolean): void {
  for (const key of Object.keys(localStorage)) if (condition(key)) localStorage.removeItem(key);
}

function parse(text: string | null): Draft | null {
  try {
    return text ? (JSON.parse(text) as Draft) : null;
  } catch {
    return null;
  }
}
