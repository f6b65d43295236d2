// An operator's forms go by the outbox: kept on this phone first, sent at once or as soon as there is signal.
// Every form works without this file; it needs a secure context, as the service worker does.
(() => {
  "use strict";
  const me = Number(document.currentScript.dataset.user) || null;
  if (!isSecureContext || !navigator.locks || !self.indexedDB || !AbortSignal.timeout) return;
  const { element, safe, reason } = Outbox;

  // By the address to which a form is sent: what is kept and sent from here, and what people call it.
  const KINDS = [
    [/^\/repairs\/report\/$/, "Laporan kerusakan"],
    [/^\/repairs\/TKT-[^/]+\/comment\/$/, "Komentar tiket"],
    [/^\/outages\/report\/$/, "Laporan gangguan"],
    [/^\/outages\/\d+\/(restored|end)\/$/, "Gangguan sudah pulih"],
    [/^\/outages\/\d+\/confirm\/$/, "Gangguan masih berlangsung"],
    [/^\/recordings\/$/, "Hitungan perekaman"],
    [/^\/recordings\/[\d.]+\/guests\/$/, "Hitungan tamu"],
    [/^\/recordings\/[\d.]+\/normal\/$/, "Hari ini normal"],
  ];
  // The forms that are fetched ahead from the pages that lead to them.
  const FORMS = /^\/(repairs\/report|outages\/report|recordings|recordings\/[\d.]+\/guests)\/$/, LEADING = ["/", "/recordings/"];
  const AGAIN = 30_000, PATIENCE = 8000, BYTES_A_MILLISECOND = 25;
  const SMALL_ENOUGH = 350_000, TRIES = [[1600, 0.8], [1600, 0.6], [1280, 0.5]], LARGEST = 15 * 1024 ** 2;
  const main = document.getElementById("isi"), $ = (selector) => main.querySelector(selector);

  // A correction of what is on record needs the server's comparison: it is sent at once or not at all.
  const titleOf = (form) => {
    const { pathname } = new URL(form.action);
    if (form.method !== "post" || form.elements.namedItem("seen")) return undefined;
    return KINDS.find(([address]) => address.test(pathname))?.[1];
  };
  const forms = () => [...document.forms].filter(titleOf);

  // --- Opening a form: each time another key, also where the page itself comes from this phone ---------------------

  const renewKeys = () => {
    for (const form of forms()) {
      const key = form.elements.namedItem("client_key");
      if (key) key.value = crypto.randomUUID();
    }
  };

  // A form that this phone kept for all components is opened for the one that the address names.
  const pickNamed = () => {
    const named = new URLSearchParams(location.search).get("komponen");
    const radio = named && $(`input[name="component"][value="${CSS.escape(named)}"]`);
    if (radio && $("#tanpa-sinyal")) radio.click();
  };

  // A form of counts that this phone kept is about the day on which it was kept.
  const nameDay = () => {
    if (!$("#tanpa-sinyal")) return;
    for (const form of forms()) {
      const { tanggal: day, formulir: part } = form.elements;
      const at = day?.value && part?.value !== "bulan" && new Date(`${day.value}T00:00`);
      if (!at || at.toDateString() === new Date().toDateString()) continue;
      const name = at.toLocaleDateString("id-ID", { weekday: "long", day: "numeric", month: "long" });
      form.before(element(`<p class="err">Formulir ini untuk ${name}, bukan untuk hari ini.</p>`));
    }
  };

  // --- Sending -----------------------------------------------------------------------------------------------------

  // A photo of 4 MB takes more than a minute on a slow line; the server keeps no more than this of it anyway.
  const smaller = async (value) => {
    if (!(value instanceof File) || !/^image\/(jpeg|png|webp)$/.test(value.type) || value.size < SMALL_ENOUGH) return value;
    try {
      const picture = await createImageBitmap(value, { imageOrientation: "from-image" });
      let blob = value;
      for (const [longest, quality] of TRIES) {
        const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
        const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        const next = await canvas.convertToBlob({ type: "image/jpeg", quality });
        if (next.size < blob.size) blob = next;
        if (blob.size < SMALL_ENOUGH) break;
      }
      return blob === value ? value : new File([blob], value.name.replace(/\.\w+$/, ".jpg"), { type: blob.type });
    } catch {
      return value; // The server says what is wrong with it.
    }
  };

  const entryOf = async (form, sent) => {
    const fields = [];
    for (const [name, value] of sent) {
      if (name === "csrfmiddlewaretoken" || (value instanceof File && !value.size && !value.name)) continue;
      fields.push([name, await smaller(value)]);
    }
    const said = Outbox.saidIn(form);
    return {
      key: form.elements.namedItem("client_key")?.value || crypto.randomUUID(),
      user: me,
      url: form.action,
      page: form.dataset.page || location.pathname + location.search,
      title: titleOf(form),
      // One tap says nothing by itself: what it was about stands in its line.
      detail: said.slice(0, 2).map(({ text }) => text).join(", ") || (form.closest("li")?.querySelector("a")?.innerText ?? ""),
      said,
      fields,
      size: fields.reduce((sum, [, value]) => sum + (value.size ?? 0), 0),
      filledAt: new Date().toISOString(),
      order: Date.now(),
    };
  };

  // What the server would refuse anyway, said before it waits here for days.
  const faultsOf = (form, entry) => [...form.querySelectorAll("input[data-photos]")].flatMap((input) => {
    const files = entry.fields.filter(([name]) => name === input.name).map(([, file]) => file);
    const most = Number(input.dataset.photos), faults = [];
    if (files.length > most) faults.push(`Sekali kirim paling banyak ${most} berkas.`);
    for (const { name, size, type } of files) {
      if (size > LARGEST) faults.push(`${name}: lebih dari 15 MB.`);
      else if (type && !input.accept.split(",").includes(type)) faults.push(`${name}: bukan foto JPEG, PNG atau WebP.`);
    }
    return faults.map((text) => ({ text, field: input.id }));
  });

  const dropPages = async (isMine = () => false) => {
    for (const name of await caches.keys()) if (name.startsWith("halaman-") && !isMine(name)) await caches.delete(name);
  };

  // "kept"; "gone" where what it mends is not there any more; "full" where this phone keeps nothing, even without pages.
  const keep = async (entry, instead) => {
    navigator.storage?.persist?.().catch(() => {});
    for (const isLast of [false, true]) {
      try {
        return await Outbox.put(entry, instead) ? "kept" : "gone";
      } catch (error) {
        if (isLast || error?.name !== "QuotaExceededError") break;
        await dropPages();
      }
    }
    return "full";
  };

  const syncLater = async () => (await navigator.serviceWorker?.getRegistration())?.sync?.register(Outbox.NAME);

  // Whoever waits is let go once it takes much longer than it should; the sending goes on.
  const sendNow = ({ key, size }) => Promise.race([
    Outbox.sendOne(key),
    new Promise((resolve) => setTimeout(resolve, PATIENCE + size / BYTES_A_MILLISECOND, { state: "waiting" })),
  ]);

  const busy = (form, is) => {
    if (is) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button")) button.disabled = is;
  };

  const FULL = "Memori HP penuh, jadi ini belum tersimpan dan belum terkirim. Kosongkan sedikit memori, atau kirim lagi saat ada sinyal; jangan tutup halaman ini.";
  const GONE = { text: "Laporan yang diperbaiki ini sudah dikirim ulang atau dibuang di halaman lain. Lihat kotak keluar.", url: "/outbox/" };

  const deliver = async (form, entry) => {
    const { mends } = form.dataset, kept = await keep(entry, mends);
    if (kept === "gone") return refuse(form, [GONE], mends);
    say(`<b>Mengirim ${safe(entry.title.toLowerCase())} …</b>${kept === "kept" ? " Sudah tersimpan di HP ini." : ""}`);
    const asked = kept === "kept" ? sendNow(entry) : Outbox.sendUnkept(entry);
    // Should this page be closed; the worker's turn comes after this one's.
    syncLater().catch(() => {});
    const result = await asked;
    if (result.state === "sent") {
      await (kept === "kept" ? Outbox.claim(({ key }) => key === entry.key) : mends && Outbox.remove(mends));
      return location.assign(result.receipt.url);
    }
    if (result.state === "refused") return refuse(form, result.errors, kept === "kept" ? entry.key : mends);
    if (kept === "full") return refuse(form, [{ text: FULL }], mends);
    if (result.state === "signed_out") return location.assign(`/login/?next=${encodeURIComponent(entry.page)}`);
    return wait(form);
  };

  const submit = async (form, submitter) => {
    // Before the buttons are shut: the word of a shut button is not sent, and "sudah pulih" would be a report.
    const sent = [...new FormData(form, submitter)];
    busy(form, true);
    sending = true;
    try {
      const entry = await entryOf(form, sent), faults = faultsOf(form, entry);
      await (faults.length ? refuse(form, faults, form.dataset.mends) : deliver(form, entry));
    } finally {
      sending = false;
      busy(form, false);
    }
  };

  // Says why a form was not taken; ``mends`` is the entry in whose place it is sent again.
  const refuse = (form, errors, mends, more = "") => {
    sending = false;
    if (mends) form.dataset.mends = mends;
    else delete form.dataset.mends;
    renewKeys();
    tell(form, "Belum terkirim", errors, more);
  };

  const tell = (before, heading, errors, more = "") => {
    const items = errors.map((error) => `<li>${reason(error, (id) => document.getElementById(id))}</li>`);
    $(".errs")?.remove();
    const summary = element(`<div class="errs" role="alert" tabindex="-1" aria-labelledby="galat"><h2 id="galat">${heading}</h2><ul>${items.join("")}</ul>${more}</div>`);
    before.before(summary);
    show();
    summary.focus();
  };

  const wait = async (form) => {
    sending = false;
    form.reset();
    form.dispatchEvent(new Event("change", { bubbles: true }));
    delete form.dataset.mends;
    $(".errs")?.remove();
    renewKeys();
    await show();
    $("#kotak").focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!me || event.defaultPrevented) return;
    if (unsent && !form.dataset.warned && new URL(form.action).pathname === "/logout/") {
      event.preventDefault();
      warn(form, event.submitter);
    }
    if (!titleOf(form)) return;
    event.preventDefault();
    if (!form.hasAttribute("aria-busy")) submit(form, event.submitter);
  });

  // Somebody who signs out takes away who sends what waits.
  const warn = (form, submitter) => {
    form.dataset.warned = "1";
    form.closest("details")?.removeAttribute("open");
    say(`<b>${unsent} laporan Anda belum terkirim.</b> Tersimpan di HP ini dan baru terkirim sesudah Anda masuk lagi di HP ini. <a href="/outbox/">Lihat</a></p><p class="sect"><button class="btn" type="button">Tetap keluar</button>`);
    box.querySelector("button").addEventListener("click", () => form.requestSubmit(submitter));
    box.focus();
  };

  // --- What waits, in words ----------------------------------------------------------------------------------------

  const box = element(`<div class="msg" id="kotak" role="status" tabindex="-1" hidden><div></div></div>`);
  const say = (html) => {
    box.hidden = !html;
    box.firstElementChild.innerHTML = `<p>${html}</p>`;
  };

  // What came through since it was last said, also while no page was open; once said it is not said on the next page.
  const told = [];
  let sending = false, unsent = 0;
  const readReceipts = async (own) => {
    if (document.hidden || !own.some((entry) => entry.receipt && !entry.shown)) return;
    const fresh = await Outbox.claim((entry) => entry.user === me);
    told.push(...fresh.map(({ receipt, title }) =>
      receipt.number ? `<a href="${safe(receipt.url)}">${safe(receipt.number)}</a>` : safe(receipt.message || title.toLowerCase())));
  };

  const show = async () => {
    const entries = await Outbox.all(), own = entries.filter((entry) => entry.user === me);
    const unread = own.filter((entry) => !entry.receipt);
    const waiting = unread.filter((entry) => !entry.refused).length, refused = unread.length - waiting;
    const others = entries.filter((entry) => entry.user !== me && !entry.receipt).length;
    unsent = unread.length;
    if (sending) return;
    await readReceipts(own);
    const parts = [];
    if (told.length) parts.push(`${told.length} laporan terkirim: ${told.join(", ")}.`);
    if (waiting) parts.push(`<b>${waiting} laporan menunggu sinyal.</b> Tersimpan di HP ini, terkirim sendiri.`);
    if (refused) parts.push(`<b>${refused} laporan ditolak</b> dan menunggu Anda perbaiki.`);
    if (unread.length && location.pathname !== "/outbox/") parts.push(`<a href="/outbox/">Lihat</a>`);
    if (!unread.length && told.length) parts.push(`<b>Tidak ada yang menunggu di HP ini.</b>`);
    if (others && me) parts.push(`${others} laporan pengguna lain menunggu ia masuk di HP ini.`);
    if (others && !me) parts.push(`<b>${others} laporan menunggu di HP ini.</b> Terkirim sesudah penulisnya masuk.`);
    say(parts.join(" "));
    const place = $("#daftar-kotak");
    if (!place) return;
    Outbox.list(place, unread);
    $("#kotak-kosong").hidden = unread.length > 0;
  };

  const sendAll = async () => {
    await Outbox.send();
    await show();
  };

  new BroadcastChannel(Outbox.NAME).onmessage = () => show();

  // --- Mending: the form as it was sent, with why it was refused ------------------------------------------------------

  const mend = async () => {
    const entry = location.hash.startsWith("#kotak=") && await Outbox.find(location.hash.replace("#kotak=", ""));
    if (!entry?.refused || entry.user !== me) return;
    const form = forms().find((one) => Outbox.isFormOf(one, entry));
    if (!form) {
      const why = $("#tanpa-sinyal") ? "Coba lagi saat ada sinyal." : "Mungkin sudah diisi atau diselesaikan orang lain.";
      const typed = entry.said?.length ? `<h3 class="sect sect-b">Yang Anda tulis</h3>${Outbox.facts(entry.said)}` : "";
      const way = `<p class="sect"><a class="btn" href="/outbox/">Ke kotak keluar</a></p>`;
      const here = [...(entry.refused ?? []), { text: `Formulirnya tidak ada di halaman ini. ${why}` }];
      return tell($(".title, .now, section") ?? main.firstElementChild, `${safe(entry.title)} belum terkirim`, here, typed + way);
    }
    history.replaceState(null, "", location.pathname + location.search);
    const left = Outbox.fill(form, entry);
    const more = left.length ? `<h3 class="sect sect-b">Tidak ada tempatnya lagi di formulir ini</h3>${Outbox.facts(left)}` : "";
    refuse(form, entry.refused, entry.key, more);
  };

  // --- From here on ------------------------------------------------------------------------------------------------------

  // The very first page came before there was a worker to keep it.
  const isFirst = !navigator.serviceWorker?.controller;
  const keepPages = async () => {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register("/sw.js");
    if (!LEADING.includes(location.pathname)) return;
    const { active } = await navigator.serviceWorker.ready;
    // The first way to each form is the plain one; others name a component or a day.
    const ahead = new Map();
    for (const { pathname, origin, search } of main.querySelectorAll("a[href]")) {
      if (FORMS.test(pathname) && !ahead.has(pathname)) ahead.set(pathname, origin + pathname + search);
    }
    const here = isFirst ? [location.href] : [];
    active.postMessage({ keep: [...here, ...ahead.values(), `${location.origin}/outbox/`] });
  };

  const start = async () => {
    main.querySelector(".title, .now, form, section")?.before(box);
    if (!box.isConnected) main.prepend(box);
    if (!me) return show();
    renewKeys();
    pickNamed();
    nameDay();
    addEventListener("pageshow", (event) => event.persisted && renewKeys());
    addEventListener("online", sendAll);
    document.addEventListener("visibilitychange", () => document.hidden || sendAll());
    setInterval(() => !document.hidden && navigator.onLine && unsent && sendAll(), AGAIN);
    // Whatever fails here, the next one is done.
    for (const step of [mend, show, () => dropPages((name) => name === `halaman-${me}`), sendAll, keepPages]) {
      await step().catch((error) => console.warn(error));
    }
  };
  start();
})();
