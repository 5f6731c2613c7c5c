// The head of the page: what sticks below it must know how high it is, and on a telephone the way one stands on is seen.

/** Its links take a second line where a window is too narrow for one. */
export function measureTop(): void {
  const top = document.querySelector<HTMLElement>(".top");
  if (!top) return;
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--top-height", `${top.offsetHeight}px`);
  }).observe(top);
  const ways = top.querySelector<HTMLElement>(".ways");
  const here = ways?.querySelector<HTMLElement>("[aria-current]");
  if (ways && here) ways.scrollLeft = here.offsetLeft - (ways.clientWidth - here.offsetWidth) / 2;
}
