// The outbox of this phone: what was filled in waits here until the server has said that it received it.
// Pages and the service worker share it; docs/offline.md says how the server answers.
(() => {
  "use strict";
  const NAME = "kotak-keluar", PATIENCE = 120_000;
  const channel = new BroadcastChannel(NAME);

  const opened = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  // Resolves once the transaction is over, so what was put is on the disk.
  const within = async (mode, work) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction("entries", mode, { durability: "strict" });
        const asked = work(transaction.objectStore("entries"));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
      if (mode === "readwrite") channel.postMessage("changed");
    }
  };

  const all = async () => (await within("readonly", (store) => store.getAll())).sort((a, b) => a.order - b.order);
  const find = (key) => within("readonly", (store) => store.get(key));
  const remove = (key) => within("readwrite", (store) => store.delete(key));
  const put = (entry, instead) => within("readwrite", (store) => {
    if (instead && instead !== entry.key) store.delete(instead);
    return store.put(entry);
  });

  const session = async () => (await fetch("/outbox/session/", { cache: "no-store" })).json();

  const post = (entry, token, waits) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token);
    for (const [name, value] of entry.fields) body.append(name, value);
    const headers = {
      Accept: "application/json",
      "X-Outbox-User": String(entry.user),
      "X-Outbox-Filled-At": entry.filledAt,
      "X-Outbox-Now": new Date().toISOString(),
      ...(waits ? { "X-Outbox-Waits": "1" } : {}),
    };
    return fetch(entry.url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
  };

  // What became of one: "sent" with its receipt, "refused" with the reasons, or "waiting". Only a receipt removes it.
  const sendOne = async (entry, token, waits) => {
    let response = await post(entry, token, waits), answer = await response.json().catch(() => ({}));
    if (answer.reason === "stale_token") {
      response = await post(entry, (await session()).token, waits);
      answer = await response.json().catch(() => ({}));
    }
    if (response.status === 201 && answer.url) {
      await remove(entry.key);
      return { state: "sent", ...answer };
    }
    const { status } = response;
    const isUnclear = status < 400 && !answer.errors;
    if (answer.reason || isUnclear || status === 429 || status >= 500) return { state: "waiting" };
    const errors = answer.errors?.length ? answer.errors : [{ text: `Server menolak kiriman ini (kode ${status}).` }];
    await put({ ...entry, refused: errors });
    return { state: "refused", errors };
  };

  // Sends what waits of whoever is signed in, one after the other and never twice at once; first the one waited for.
  // Resolves to what became of each, by its key; entries of others stay as they are.
  const send = (first) => navigator.locks.request(NAME, async () => {
    const results = new Map();
    const waiting = (await all()).filter((entry) => !entry.refused);
    if (!waiting.length) return results;
    try {
      const { user, token } = await session();
      const own = waiting.filter((entry) => entry.user === user);
      own.sort((a, b) => (b.key === first) - (a.key === first));
      if (first && !own.some((entry) => entry.key === first)) results.set(first, { state: "signed_out" });
      for (const entry of own) results.set(entry.key, await sendOne(entry, token, entry.key === first));
    } catch (error) {
      // No signal, or it broke off: everything else waits for the next time.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    }
    const sent = [...results.values()].filter((result) => result.state === "sent");
    if (sent.length) channel.postMessage({ sent });
    return results;
  });

  self.Outbox = { NAME, all, find, put, remove, send };
})();
