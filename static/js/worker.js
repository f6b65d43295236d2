// The service worker of an operator's phone: it keeps the shell and the operator's own pages, shows them with their
// time where there is no signal, and sends the outbox when the phone says that there is one again.
// The server puts self.KEPT before this: a version, the files of the shell, and whether their names change with them.
"use strict";
importScripts(KEPT.store);

const SHELLS = "kerangka-", SHELL = SHELLS + KEPT.version, PAGES = "halaman-";
const PATIENCE = 8000, FRESH = 5 * 60_000, MOST_PAGES = 24;
const isShell = (name) => name.startsWith(SHELLS), isPages = (name) => name.startsWith(PAGES);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...KEPT.files, KEPT.nothing])));
});

// The shell before stays until the pages that name its files are fetched anew.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // Signing in or out, in whichever way.
  if (request.mode === "navigate" && request.method === "POST" && /^\/log(in|out)\//.test(url.pathname)) {
    event.waitUntil(forget(isPages));
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith(KEPT.static)) event.respondWith(file(request));
});

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(renew().then(() => Promise.all(event.data.keep.map(fetchAhead))));
});

self.addEventListener("sync", (event) => {
  if (event.tag === Outbox.NAME) event.waitUntil(sendOrFail());
});

// The browser tries again later only where it is told that something still waits.
const sendOrFail = async () => {
  if ((await Outbox.send()).some(({ state }) => state === "waiting")) throw new Error("Something still waits.");
};

const forget = async (isOld) => {
  for (const name of await caches.keys()) if (isOld(name)) await caches.delete(name);
};

const file = async (request) => {
  const kept = () => caches.match(request);
  if (KEPT.lasting) return (await kept()) ?? fetch(request);
  return fetch(request).catch(async () => (await kept()) ?? Response.error());
};

// --- Pages: the network first, what was kept where it fails, takes too long, or the server is ill ------------------

const page = async (event) => {
  const { url } = event.request, isLabel = new URL(url).pathname.startsWith("/d/");
  const asked = fetch(event.request).then((response) => {
    event.waitUntil(keep(url, response.clone()));
    return response;
  });
  const known = await find(url);
  if (!known) return asked.catch(async () => (isLabel && (await toForm())) || (await caches.match(KEPT.nothing)) || Response.error());
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  if (answer?.status < 500) return answer;
  return dated(known, answer ? "server sedang terganggu" : "tanpa sinyal");
};

// What a label says is known to the server only: without it the form that was kept asks for the component, and where
// there are forms of several kecamatan the own page asks for the kecamatan.
const toForm = async () => {
  const kept = (await keptPages()).filter((url) => new URL(url).pathname === "/repairs/report/");
  const places = new Set(kept.map((url) => new URL(url).searchParams.get("kecamatan")));
  return places.size ? Response.redirect(places.size > 1 ? "/" : kept[0]) : null;
};

const keptPages = async () => {
  const requests = [];
  for (const name of (await caches.keys()).filter(isPages)) requests.push(...(await (await caches.open(name)).keys()));
  return requests.map(({ url }) => url);
};

// The server names the pages that may be kept and whose they are; a phone keeps those of one person, the newest ones,
// and none once that person is asked to sign in. Resolves to whether the page is kept.
const keep = async (address, response) => {
  const user = response.headers.get("X-Kept-For");
  if (response.ok && new URL(response.url || address).pathname === "/login/") await forget(isPages);
  if (!user || !response.ok || response.redirected) return false;
  await forget((name) => isPages(name) && name !== PAGES + user);
  const cache = await caches.open(PAGES + user);
  await cache.put(address.split("#")[0], response);
  for (const old of (await cache.keys()).slice(0, -MOST_PAGES)) await cache.delete(old);
  return true;
};

// A form that is opened for one component or day is kept for all; the first page is the own one, whichever address named it.
const find = async (address) => {
  const { origin, pathname, search } = new URL(address);
  const query = new URLSearchParams(search);
  for (const name of ["komponen", "set", "jenis", "hari"]) query.delete(name);
  const wider = [search, query.size ? `?${query}` : "", ...(pathname === "/" ? [""] : [])];
  for (const cacheName of (await caches.keys()).filter(isPages)) {
    for (const one of wider) {
      const found = await caches.match(origin + pathname + one, { cacheName });
      if (found) return found;
    }
    if (pathname === "/" && !search) return caches.match(address, { cacheName, ignoreSearch: true });
  }
};

const dated = async (response, why) => {
  const at = new Date(response.headers.get("Date")), now = new Date();
  const day = at.toDateString() === now.toDateString() ? {} : { day: "numeric", month: "long" };
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  const words = { ...day, ...year, hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  const text = at.toLocaleString("id-ID", words).replace(/^(?=\d\d\.)/, "pukul ");
  const notice = `<div class="msg" id="tanpa-sinyal" role="status"><div><b>Keadaan terakhir ${text}, ${why}.</b>`
    + ` Formulir tetap bisa diisi: tersimpan di HP ini dan terkirim sendiri. <a href="">Coba lagi</a></div></div>`;
  const html = (await response.text())
    // What was said once is not said again.
    .replace(/<div class="(?:toast|msg [^"]*)" role="status">[^]*?<\/div><\/div>/g, "")
    .replace(/<main[^>]*>/, (main) => main + notice);
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
  const policy = response.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  return new Response(html, { headers });
};

const fetchedAt = new Map();
// What is said once is left for the page that somebody looks at.
const quietly = (address) => fetch(address, { headers: { "X-Outbox-Ahead": "1" } }).catch(() => undefined);

const fetchAhead = async (address) => {
  const isFresh = Date.now() - fetchedAt.get(address) < FRESH;
  if (isFresh && (await keptPages()).includes(address)) return;
  const response = await quietly(address);
  if (response && (await keep(address, response))) fetchedAt.set(address, Date.now());
};

// After a new version: pages that were kept name files of the old shell, so they are fetched anew before it goes.
const renew = async () => {
  if ((await caches.keys()).filter(isShell).length < 2) return;
  for (const address of await keptPages()) {
    const response = await quietly(address);
    if (!response || response.status >= 500) return;
    if (!(await keep(address, response))) await forgetPage(address);
  }
  await forget((name) => isShell(name) && name !== SHELL);
};

const forgetPage = async (address) => {
  for (const name of (await caches.keys()).filter(isPages)) await (await caches.open(name)).delete(address);
};
