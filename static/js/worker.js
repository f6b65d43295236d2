// The service worker of an operator's phone: it keeps the shell and the operator's own pages, shows them with their
// time where there is no signal, and sends the outbox when the phone says that there is one again.
// The server puts self.KEPT before this: a version, the files of the shell, and whether their names change with them.
"use strict";
importScripts(KEPT.store);

const SHELL = `kerangka-${KEPT.version}`, PAGES = "halaman-";
const PATIENCE = 8000, FRESH = 5 * 60_000;
const OVER = ["/login/", "/logout/"];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...KEPT.files, KEPT.nothing])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), forget((name) => name.startsWith("kerangka-") && name !== SHELL)]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "POST" && OVER.includes(url.pathname)) {
    event.waitUntil(forget((name) => name.startsWith(PAGES)));
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (KEPT.files.includes(url.pathname)) event.respondWith(file(request));
});

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(Promise.all(event.data.keep.map(fetchAhead)));
});

self.addEventListener("sync", (event) => {
  if (event.tag === Outbox.NAME) event.waitUntil(Outbox.send());
});

const forget = async (isOld) => {
  for (const name of await caches.keys()) if (isOld(name)) await caches.delete(name);
};

const file = async (request) => {
  const kept = () => caches.match(request, { cacheName: SHELL });
  if (KEPT.lasting) return (await kept()) ?? fetch(request);
  return fetch(request).catch(async () => (await kept()) ?? Response.error());
};

// --- Pages: the network first, what was kept where it fails or takes too long ------------------------------------

const page = async (event) => {
  const asked = fetch(event.request).then((response) => {
    event.waitUntil(keep(event.request.url, response.clone()));
    return response;
  });
  const known = await find(event.request.url);
  if (!known) return asked.catch(async () => (await caches.match(KEPT.nothing)) ?? Response.error());
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  return answer ?? dated(known);
};

// The server names the pages that may be kept and whose they are; a phone keeps those of one person.
const keep = async (address, response) => {
  const user = response.headers.get("X-Kept-For");
  if (!user || !response.ok || response.redirected) return;
  await forget((name) => name.startsWith(PAGES) && name !== PAGES + user);
  await (await caches.open(PAGES + user)).put(address.split("#")[0], response);
};

// A form that is opened for one component or day is kept for all; the first page is the own one, whichever address named it.
const find = async (address) => {
  const { origin, pathname, search } = new URL(address);
  const query = new URLSearchParams(search);
  for (const name of ["komponen", "set", "jenis", "hari"]) query.delete(name);
  const wider = [search, query.size ? `?${query}` : "", ...(pathname === "/" ? [""] : [])];
  for (const cacheName of (await caches.keys()).filter((name) => name.startsWith(PAGES))) {
    for (const one of wider) {
      const found = await caches.match(origin + pathname + one, { cacheName });
      if (found) return found;
    }
    if (pathname === "/" && !search) return caches.match(address, { cacheName, ignoreSearch: true });
  }
};

const dated = async (response) => {
  const at = new Date(response.headers.get("Date")), today = new Date().toDateString() === at.toDateString();
  const words = { ...(today ? {} : { day: "numeric", month: "long" }), hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  const text = at.toLocaleString("id-ID", words).replace(/^(?=\d\d\.)/, "pukul ");
  const notice = `<div class="msg" id="tanpa-sinyal" role="status"><div><b>Keadaan terakhir ${text}, tanpa sinyal.</b>`
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
const fetchAhead = async (address) => {
  if (Date.now() - fetchedAt.get(address) < FRESH) return;
  const response = await fetch(address).catch(() => undefined);
  if (!response) return;
  fetchedAt.set(address, Date.now());
  await keep(address, response);
};
