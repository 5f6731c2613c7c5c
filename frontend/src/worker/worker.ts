// The service worker of the collectors' app: keeps the shell and the built files, so that it opens with no network.
//
// The server writes `self.wangge` before this: which build it is, what is to be kept. Another build is another cache;
// it takes over when the person says so or no page of the old one is open, and then the old cache goes. Nothing of a
// person is kept here: pages, tasks and pictures of people never enter a cache.

interface Plan {
  shell: string;
  first: string[];
  later: string[];
  ground: string;
  pages: string[];
}

declare const self: ServiceWorkerGlobalScope & { wangge: { version: string; plan: Plan } };

const { version, plan } = self.wangge;
const PREFIX = "wangge-field-";
const KEPT = `${PREFIX}${version}`;
const GROUND = `${PREFIX}ground`;
const PATIENCE_MS = 4000;
const STATIC = new Set([...plan.first, ...plan.later]);

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
  if (event.data === "keep-map") event.waitUntil(keepLater());
});

async function keep(): Promise<void> {
  const cache = await caches.open(KEPT);
  await cache.addAll([...plan.first, new Request(plan.shell, { cache: "reload" })]);
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== KEPT && name !== GROUND);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The map's files, one by one: a network that breaks between them leaves what came. */
async function keepLater(): Promise<void> {
  const cache = await caches.open(KEPT);
  for (const address of plan.later) {
    if (!(await cache.match(address))) await cache.add(address).catch(() => undefined);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === plan.shell) event.respondWith(shell(request));
    else if (plan.pages.includes(url.pathname)) event.respondWith(pageOrShell(request));
  } else if (STATIC.has(url.pathname)) event.respondWith(keptFirst(request, url.pathname));
  else if (url.pathname.startsWith(plan.ground) && url.pathname.endsWith(".geojson")) event.respondWith(ground(request));
});

/** The shell from the network while that answers soon, else as it was kept. */
async function shell(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(plan.shell);
  try {
    const answer = await within(fetch(request), kept ? PATIENCE_MS : undefined);
    if (answer.ok && !answer.redirected) await cache.put(plan.shell, answer.clone());
    // A server in trouble (502 of a proxy) must not stand before an app that needs none.
    return answer.ok || !kept ? answer : kept;
  } catch (failure) {
    if (kept) return kept;
    throw failure;
  }
}

/** Home and the list of tasks are pages of the server; without a network the app stands in for them. */
async function pageOrShell(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(`${plan.shell}#tasks`, 302);
  }
}

async function keptFirst(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(path);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(path, answer.clone());
  return answer;
}

/** The city's own ground is nobody's secret within the staff, and changes rarely: fresh if possible, else as kept. */
async function ground(request: Request): Promise<Response> {
  const cache = await caches.open(GROUND);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw failure;
  }
}

function within(answer: Promise<Response>, ms: number | undefined): Promise<Response> {
  if (ms === undefined) return answer;
  const late = new Promise<never>((_done, fail) => setTimeout(() => fail(new Error("late")), ms));
  return Promise.race([answer, late]);
}

// A module for the types only: the script that is served has neither imports nor exports.
export {};
