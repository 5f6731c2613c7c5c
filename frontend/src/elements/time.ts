// <wangge-time due="…">: counts a running clock down, minute by minute, in the words the server uses.
//
// Only clocks that count every minute carry `due`; what working slots count is the server's to say.

const MINUTE_MS = 60_000;
const SIGN: Record<string, string> = { overdue: "▲", soon: "◔", on_time: "●" };

/** The server's clock minus this device's. */
let offsetMs = 0;
const ticking = new Set<TimeLeft>();

class TimeLeft extends HTMLElement {
  connectedCallback(): void {
    if (this.getAttribute("due")) ticking.add(this);
  }

  disconnectedCallback(): void {
    ticking.delete(this);
  }

  tick(nowMs: number): void {
    const minutes = Math.trunc((Date.parse(this.getAttribute("due") ?? "") - nowMs) / MINUTE_MS);
    const words = this.querySelector(".words");
    if (!words || Number.isNaN(minutes)) return;
    const wasLate = this.dataset["urgency"] === "overdue";
    // Whether a clock has turned late is the server's to say too: it knows pauses this page has not heard of.
    if (!wasLate && minutes <= 0) {
      this.dispatchEvent(new CustomEvent("wangge:due", { bubbles: true }));
      return;
    }
    words.textContent = relabelled(words.textContent ?? "", Math.abs(minutes));
    const sign = this.querySelector(".sign");
    if (sign) sign.textContent = SIGN[this.dataset["urgency"] ?? ""] ?? sign.textContent;
  }
}

/** The same sentence with another span: the word before it (剩余, 超时, …) stays as the server chose it. */
export function relabelled(sentence: string, minutes: number): string {
  const lead = /^\D*/.exec(sentence)?.[0] ?? "";
  return `${lead}${span(minutes)}`;
}

/** As words.py says it, for minutes that all count. */
export function span(minutes: number): string {
  const english = document.documentElement.lang.startsWith("en");
  const say = (number: number, zh: string, en: string): string =>
    english ? `${number} ${en}${number === 1 ? "" : "s"}` : `${number} ${zh}`;
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days) return [say(days, "天", "day"), hours ? say(hours, "小时", "hour") : ""].join(" ").trim();
  if (hours) return [say(hours, "小时", "hour"), rest ? say(rest, "分钟", "minute") : ""].join(" ").trim();
  return say(rest, "分钟", "minute");
}

customElements.define("wangge-time", TimeLeft);

document.addEventListener("DOMContentLoaded", () => {
  const serverNow = Date.parse(document.body.dataset["now"] ?? "");
  if (!Number.isNaN(serverNow)) offsetMs = serverNow - Date.now();
});
setInterval(() => {
  if (document.hidden) return;
  for (const element of ticking) element.tick(Date.now() + offsetMs);
}, 15_000);
