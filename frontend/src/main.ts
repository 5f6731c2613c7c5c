// What every page loads: styles, htmx, the small elements. The map comes only to pages that hold one.
import "./styles/main.css";
import htmx from "htmx.org";
import "./elements/choose";
import "./elements/hall";
import "./elements/keys";
import "./elements/photos";
import "./elements/places";
import "./elements/suggested";
import "./elements/texts";
import "./elements/theme";
import "./elements/time";
import { takeInHand } from "./elements/in_hand";
import { followPulse, isBusy } from "./elements/pulse";
import { keepDrafts } from "./drafts";
import { enhanceForms } from "./forms";
import { keepFieldApp } from "./field/register";
import { measureTop } from "./top";

// The Content-Security-Policy allows neither inline styles nor evaluation; say so before htmx gets ready.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
// Cases must not stay readable in the browser's storage after signing out.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
// A refused form (422) and a conflict (409) bring the page that explains them.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(409|412|422)", swap: true },
  { code: "[45]..", swap: false, error: true },
];

function loadChartWhereOneIs(): void {
  if (document.querySelector("wangge-chart")) void import("./chart");
}

function loadMapWhereOneIs(): void {
  if (document.querySelector("wangge-map")) void import("./map");
}

function loadDrawingWhereItIs(): void {
  if (document.querySelector("wangge-draw")) void import("./draw");
}

/** The map to look for cases within comes with the opening of its fold. */
function loadWithinWhenOpened(): void {
  for (const fold of document.querySelectorAll<HTMLDetailsElement>("details[data-within]")) {
    const load = (): void => {
      if (fold.open) void import("./within");
    };
    fold.addEventListener("toggle", load);
    load();
  }
}

function loadFieldAppWhereItIs(): void {
  if (document.querySelector("wangge-field")) void import("./field/app");
}

const REFRESH_EVERY_MS = 30_000;

/** Asks for the list again while it is looked at, but never under a hand that is reading or typing. */
function refreshLists(): void {
  setInterval(() => {
    const work = document.querySelector("#work[hx-get]");
    if (work && !document.hidden && !isBusy(work)) htmx.trigger(work, "wangge:refresh");
  }, REFRESH_EVERY_MS);
}

document.addEventListener("DOMContentLoaded", () => {
  measureTop();
  loadMapWhereOneIs();
  loadDrawingWhereItIs();
  loadWithinWhenOpened();
  loadChartWhereOneIs();
  loadFieldAppWhereItIs();
  keepFieldApp();
  keepDrafts();
  enhanceForms();
  refreshLists();
  followPulse();
  takeInHand();
});
document.addEventListener("htmx:load", loadMapWhereOneIs);
