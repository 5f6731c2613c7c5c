// <wangge-theme>: turns light, dark, as the device asks. Kept in a cookie, so that the server prints it at once.

const ORDER = ["auto", "light", "dark"] as const;
const KEPT_FOR_SECONDS = 365 * 24 * 3600;

class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", () => {
      const root = document.documentElement;
      const now = ORDER.findIndex((theme) => theme === root.dataset["theme"]);
      const next = ORDER[(now + 1) % ORDER.length] ?? "auto";
      root.dataset["theme"] = next;
      document.cookie = `wangge_theme=${next}; path=/; max-age=${KEPT_FOR_SECONDS}; samesite=lax`;
      document.dispatchEvent(new CustomEvent("wangge:theme"));
    });
  }
}

customElements.define("wangge-theme", ThemeSwitch);
