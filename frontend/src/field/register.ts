// On every page of a collector: the app is kept for the time without a network, and the thumb's ways lead into it.
//
// Without script, or where the browser keeps no app, the ways stay the pages of the server.

const WAYS: Record<string, string> = { "/cases/new": "#report" };

export function keepFieldApp(): void {
  const root = document.documentElement;
  if (root.dataset["audience"] !== "field" || !("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register("/field/worker.js", { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  for (const way of document.querySelectorAll<HTMLAnchorElement>(".thumb-bar a")) {
    const screen = WAYS[way.pathname];
    if (screen) way.href = `/field/app${screen}`;
  }
}
