// A case whose form somebody begins to fill is in his hand: the others see it. It is given back when the page is left.
const RENEW_MS = 60_000;

function sent(act: HTMLElement, more: Record<string, string> = {}): FormData {
  const data = new FormData();
  const token = act.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  data.set("csrfmiddlewaretoken", token);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return data;
}

async function take(act: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address, { method: "POST", body: sent(act), headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { mine, told } = (await answer.json()) as { mine: boolean; told?: string };
  const line = document.querySelector<HTMLElement>("[data-in-hand-told]");
  if (!line) return;
  line.hidden = mine;
  line.textContent = mine ? "" : `▲ ${told ?? ""}`;
}

/** Begins with the first touch of a form beside the case; called once per page. */
export function takeInHand(): void {
  const act = document.querySelector<HTMLElement>("[data-in-hand]");
  const address = act?.dataset["inHand"];
  if (!act || !address) return;
  let timer: number | undefined;
  const begin = (): void => {
    if (timer !== undefined) return;
    void take(act, address);
    timer = window.setInterval(() => {
      if (!document.hidden) void take(act, address);
    }, RENEW_MS);
  };
  act.addEventListener("focusin", begin);
  act.addEventListener("input", begin);
  window.addEventListener("pagehide", () => {
    if (timer !== undefined) navigator.sendBeacon(address, sent(act, { let_go: "1" }));
  });
}
