// The texts of the app, printed by the server in the language of the page, and small pieces of pages.

let texts: Record<string, string> = {};

export function useWords(told: string | null): void {
  texts = JSON.parse(told ?? "{}") as Record<string, string>;
}

/** The text of a key with its names filled in. */
export function say(key: string, filled: Record<string, string | number> = {}): string {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(filled[name] ?? whole));
}

export function clockTime(ms: number): string {
  const moment = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  const today = new Date().toDateString() === moment.toDateString();
  return today ? time : `${moment.getMonth() + 1}-${two(moment.getDate())} ${time}`;
}

export function distance(metres: number): string {
  if (metres < 950) return say("metres", { n: Math.max(10, Math.round(metres / 10) * 10) });
  return say("kilometres", { n: (metres / 1000).toFixed(1) });
}

type Part = Node | string | undefined | false;

/** An element with its class and children; texts stay texts. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  classes = "",
  ...parts: Part[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.append(...parts.filter((part): part is Node | string => part !== undefined && part !== false));
  return element;
}

export function button(words: string, classes: string, act: () => void): HTMLButtonElement {
  const made = make("button", classes, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
