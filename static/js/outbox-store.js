// The outbox of this phone: what was filled in waits here until the server has said that it received it.
// Pages and the service worker share it; docs/offline.md says how the server answers.
// An entry leaves the store only by a receipt or by its owner's hand, and both happen under the lock.
(() => {
  "use strict";
  const NAME = "kotak-keluar", PATIENCE = 8000, RECEIPT_KEPT = 60 * 60_000;
  // An upload may take half a minute, and as long as its bytes need on 32 kbit/s.
  const UPLOAD = 30_000, BYTES_A_MILLISECOND = 4;
  // Said by whatever stands between the phone and the server, or of this moment only: no refusal.
  const UNCLEAR = [401, 403, 404, 407, 408, 425, 429];
  const channel = new BroadcastChannel(NAME);

  const opened = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  // Resolves to what the work gives once the transaction is over, so what was put is on the disk.
  const within = async (mode, work) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction("entries", mode, { durability: "strict" });
        let given;
        transaction.oncomplete = () => resolve(given);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore("entries"), (value) => { given = value; });
      });
    } finally {
      database.close();
      if (mode === "readwrite") channel.postMessage("changed");
    }
  };
  const then = (asked, use) => { asked.onsuccess = () => use(asked.result); };
  const alone = (work) => navigator.locks.request(NAME, work);

  const all = async () => (await within("readonly", (store, give) => then(store.getAll(), give)))
    .sort((one, other) => one.order - other.order);
  const find = (key) => within("readonly", (store, give) => then(store.get(key), give));

  // Keeps an entry, in the place of a refused one where it mends that; resolves to false where that is gone.
  const put = (entry, instead) => within("readwrite", (store, give) => {
    const add = () => {
      store.add(entry);
      give(true);
    };
    give(false);
    if (!instead) return add();
    then(store.get(instead), (old) => {
      if (!old?.refused) return;
      store.delete(instead);
      add();
    });
  });

  const update = (key, change) => within("readwrite", (store) => {
    then(store.get(key), (old) => old && store.put(change(old)));
  });

  // Throws an entry away, unless it was sent meanwhile: then its receipt stays.
  const remove = (key) => alone(() => within("readwrite", (store) => {
    then(store.get(key), (old) => old?.receipt || store.delete(key));
  }));

  // Hands out receipts to be shown, each once, and drops those that were shown long ago.
  const claim = (isMeant) => within("readwrite", (store, give) => then(store.getAll(), (entries) => {
    const receipts = entries.filter((entry) => entry.receipt), fresh = receipts.filter((one) => !one.shown && isMeant(one));
    for (const one of fresh) store.put({ ...one, shown: true });
    for (const one of receipts) if (one.shown && one.sentAt < Date.now() - RECEIPT_KEPT) store.delete(one.key);
    give(fresh);
  }));

  // Who is signed in, with a fresh token; nothing where the server is not reached, or something else answers for it.
  const session = async () => {
    try {
      const response = await fetch("/outbox/session/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      const said = response.ok ? await response.json() : null;
      return said && "user" in said ? said : null;
    } catch {
      return null;
    }
  };

  const post = async (entry, token, waits) => {
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
    const signal = AbortSignal.timeout(UPLOAD + (entry.size ?? 0) / BYTES_A_MILLISECOND);
    try {
      const response = await fetch(entry.url, { method: "POST", body, headers, signal });
      return { status: response.status, answer: (await response.json().catch(() => null)) ?? {} };
    } catch {
      return { status: 0, answer: {} };
    }
  };

  // What the server said of one: "sent" with its receipt, "refused" with the reasons, "waiting" for anything unclear;
  // "signed_out" and "other_user" wait for their writer to sign in.
  const deliver = async (entry, token, waits) => {
    let { status, answer } = await post(entry, token, waits);
    if (answer.reason === "stale_token") {
      const fresh = await session();
      if (fresh?.token) ({ status, answer } = await post(entry, fresh.token, waits));
    }
    if (status === 201 && answer.url) return { state: "sent", receipt: answer };
    if (["signed_out", "other_user"].includes(answer.reason)) return { state: answer.reason };
    const isRefusal = status >= 400 && status < 500 && !answer.reason && !UNCLEAR.includes(status);
    if (!answer.errors && !isRefusal) return { state: "waiting" };
    const said = { text: `Server menolak kiriman ini (kode ${status}).` };
    return { state: "refused", errors: answer.errors?.length ? answer.errors : [said] };
  };

  // What is known of an entry without asking; another page may have sent it.
  const known = (entry) => {
    if (!entry) return { state: "gone" };
    if (entry.receipt) return { state: "sent", receipt: entry.receipt };
    return entry.refused ? { state: "refused", errors: entry.refused } : null;
  };

  const settle = async ({ key, user, title, order }, { state, receipt, errors }) => {
    if (state === "sent") await update(key, () => ({ key, user, title, order, receipt, sentAt: Date.now() }));
    if (state === "refused") await update(key, (old) => ({ ...old, refused: errors }));
  };

  // Sends one entry, alone under the lock, so that none is sent twice at once. ``access`` is what the server said of
  // the session to the one before: it is asked again where that did not get through, to know whether there is signal.
  const sendOne = (key, access = {}, waits = true) => alone(async () => {
    const entry = await find(key), done = known(entry);
    if (done) return done;
    if (access.said === undefined) access.said = await session();
    const { said } = access;
    if (!said) return { state: "waiting" };
    if (said.user !== entry.user) return { state: said.user ? "other_user" : "signed_out" };
    const result = await deliver(entry, said.token, waits);
    if (result.state === "waiting") access.said = undefined;
    await settle(entry, result);
    return result;
  });

  // Sends what waits of whoever is signed in, small ones first; none keeps another from its turn.
  // Resolves to what became of each.
  const send = async () => {
    const results = [], access = {}, waiting = (await all()).filter((entry) => !known(entry));
    waiting.sort((one, other) => (one.size ?? 0) - (other.size ?? 0));
    for (const { key } of waiting) results.push(await sendOne(key, access, false));
    return results;
  };

  // Sends what this phone could not keep.
  const sendUnkept = async (entry) => {
    const access = await session();
    if (!access) return { state: "waiting" };
    return access.user === entry.user ? deliver(entry, access.token, true) : { state: "signed_out" };
  };

  self.Outbox = { NAME, all, find, put, remove, claim, send, sendOne, sendUnkept };
})();
