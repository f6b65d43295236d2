// An operator's forms go by the outbox: kept on this phone first, sent at once or as soon as there is signal.
// Every form works without this file; it needs a secure context, as the service worker does.
(() => {
  "use strict";
  const me = Number(document.currentScript.dataset.user) || null;
  if (!isSecureContext || !navigator.locks || !self.indexedDB) return;

  // By the address to which a form is sent: what is kept and sent from here, and what people call it.
  const KINDS = [
    [/^\/repairs\/report\/$/, "Laporan kerusakan"],
    [/^\/outages\/report\/$/, "Laporan gangguan"],
    [/^\/outages\/\d+\/(restored|end)\/$/, "Gangguan sudah pulih"],
    [/^\/outages\/\d+\/confirm\/$/, "Gangguan masih berlangsung"],
    [/^\/recordings\/$/, "Hitungan perekaman"],
    [/^\/recordings\/[\d.]+\/normal\/$/, "Hari ini normal"],
  ];
  const FORMS = ["/repairs/report/", "/outages/report/", "/recordings/"];
  const AGAIN = 30_000, SMALL_ENOUGH = 350_000, TRIES = [[1600, 0.8], [1600, 0.6], [1280, 0.5]];
  const main = document.getElementById("isi"), $ = (selector) => main.querySelector(selector);

  const titleOf = (form) => {
    const { pathname } = new URL(form.action);
    return form.method === "post" && KINDS.find(([address]) => address.test(pathname))?.[1];
  };
  const forms = () => [...document.forms].filter(titleOf);

  const element = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };
  const safe = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

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

  const entryOf = async (form, said) => {
    const fields = [];
    for (const [name, value] of said) {
      if (name === "csrfmiddlewaretoken" || (value instanceof File && !value.size && !value.name)) continue;
      fields.push([name, await smaller(value)]);
    }
    const chosen = [...form.querySelectorAll("input:checked")].map((input) => input.closest("label")?.innerText.trim());
    return {
      key: form.elements.namedItem("client_key")?.value || crypto.randomUUID(),
      user: me,
      url: form.action,
      page: location.pathname + location.search,
      title: titleOf(form),
      detail: chosen.filter(Boolean).slice(0, 2).join(", ").replace(/\s+/g, " "),
      fields,
      filledAt: new Date().toISOString(),
      order: Date.now(),
    };
  };

  const busy = (form, is) => {
    form.toggleAttribute("aria-busy", is);
    for (const button of form.querySelectorAll("button")) button.disabled = is;
  };

  const submit = async (form, submitter) => {
    // Before the buttons are shut: the word of a shut button is not sent, and "sudah pulih" would be a report.
    const said = [...new FormData(form, submitter)];
    busy(form, true);
    sending += 1;
    try {
      const entry = await entryOf(form, said);
      await Outbox.put(entry, form.dataset.mends);
      say(`<b>Mengirim ${safe(entry.title.toLowerCase())} …</b> Sudah tersimpan di HP ini.`);
      const result = (await Outbox.send(entry.key)).get(entry.key) ?? { state: "waiting" };
      sending -= 1;
      if (result.state === "sent") return location.assign(result.url);
      if (result.state === "signed_out") return location.assign(`/login/?next=${encodeURIComponent(entry.page)}`);
      if (result.state === "refused") return refuse(form, entry, result.errors);
      await wait(form);
    } catch (error) {
      sending = 0;
      throw error;
    } finally {
      busy(form, false);
    }
  };

  const reason = ({ text, field, url }, isHere) => {
    const target = url || (field && isHere(field) && `#${field}`);
    return target ? `<a href="${safe(target)}">${safe(text)}</a>` : safe(text);
  };

  const refuse = (form, entry, errors) => {
    form.dataset.mends = entry.key;
    renewKeys();
    const items = errors.map((error) => `<li>${reason(error, (id) => document.getElementById(id))}</li>`);
    $(".errs")?.remove();
    const summary = element(`<div class="errs" role="alert" tabindex="-1" aria-labelledby="galat"><h2 id="galat">Belum terkirim</h2><ul>${items.join("")}</ul></div>`);
    form.before(summary);
    show();
    summary.focus();
  };

  const wait = async (form) => {
    form.reset();
    form.dispatchEvent(new Event("change", { bubbles: true }));
    delete form.dataset.mends;
    $(".errs")?.remove();
    renewKeys();
    const { sync } = await navigator.serviceWorker.ready;
    sync?.register(Outbox.NAME).catch(() => {});
    await show();
    $("#kotak").focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!me || !titleOf(form) || event.defaultPrevented || form.dataset.plain) return;
    event.preventDefault();
    submit(form, event.submitter).catch(() => {
      // This phone keeps nothing (its memory is full, or private browsing): as without this file.
      form.dataset.plain = "1";
      form.requestSubmit(event.submitter);
    });
  });

  // --- What waits, in words ----------------------------------------------------------------------------------------

  const box = element(`<div class="msg" id="kotak" role="status" tabindex="-1" hidden><div></div></div>`);
  const say = (html) => {
    box.hidden = !html;
    box.firstElementChild.innerHTML = html;
  };

  let told = "", sending = 0;
  const show = async () => {
    if (sending) return;
    const entries = await Outbox.all();
    const own = entries.filter((entry) => entry.user === me);
    const waiting = own.filter((entry) => !entry.refused).length, refused = own.length - waiting;
    const others = me ? entries.length - own.length : 0;
    const parts = [];
    if (waiting) parts.push(`<b>${waiting} laporan menunggu sinyal.</b> Tersimpan di HP ini, terkirim sendiri.`);
    if (refused) parts.push(`<b>${refused} laporan ditolak</b> dan menunggu Anda perbaiki.`);
    if (parts.length && location.pathname !== "/outbox/") parts.push(`<a href="/outbox/">Lihat</a>`);
    if (!own.length && told) parts.push(`${told} <b>Tidak ada yang menunggu di HP ini.</b>`);
    if (others) parts.push(`${others} laporan pengguna lain menunggu ia masuk di HP ini.`);
    if (!me && entries.length) parts.push(`<b>${entries.length} laporan menunggu di HP ini.</b> Terkirim sesudah penulisnya masuk.`);
    say(parts.join(" "));
    list(own, others);
  };

  const sendAll = async () => {
    await Outbox.send();
    await show();
  };

  new BroadcastChannel(Outbox.NAME).onmessage = ({ data }) => {
    if (data.sent) {
      const texts = data.sent.map((receipt) =>
        receipt.number ? `<a href="${safe(receipt.url)}">${safe(receipt.number)}</a>` : safe(receipt.message));
      told = `${data.sent.length} laporan terkirim: ${texts.filter(Boolean).join(", ")}.`;
    }
    show();
  };

  // --- The page of the outbox ----------------------------------------------------------------------------------------

  const list = (own) => {
    const place = $("#daftar-kotak");
    // Not under the hands of somebody who confirms.
    if (!place || place.querySelector("details[open]")) return;
    place.replaceChildren(...own.map(item));
    $("#kotak-kosong").hidden = own.length > 0;
  };

  const item = (entry) => {
    const at = new Date(entry.filledAt).toLocaleString("id-ID", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    const photos = entry.fields.filter(([, value]) => value instanceof File).length;
    const texts = [entry.detail, photos && `${photos} foto`, `ditulis ${at}`].filter(Boolean).map(safe).join(" · ");
    const reasons = (entry.refused ?? []).map((error) => `<p class="err">${reason(error, () => false)}</p>`).join("");
    const row = element(`<li><div class="row apart"><b>${safe(entry.title)}</b><span class="tag plain">${entry.refused ? "Ditolak" : "Menunggu sinyal"}</span></div><p class="small quiet">${texts}</p>${reasons}<div class="row">${entry.refused ? `<a class="btn" href="${safe(entry.page)}#kotak=${safe(entry.key)}">Perbaiki</a>` : ""}<details class="disc"><summary class="btn risk">Buang</summary><p>Isinya hilang dan tidak pernah dikirim.</p><button class="btn risk">Ya, buang</button></details></div></li>`);
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      Outbox.remove(entry.key);
    });
    return row;
  };

  // --- Mending: the form as it was sent, with why it was refused ------------------------------------------------------

  const mend = async () => {
    const entry = await Outbox.find(location.hash.replace("#kotak=", ""));
    const part = (one) => one.elements.namedItem("formulir")?.value;
    const sent = Object.fromEntries(entry?.fields ?? []).formulir;
    const form = entry?.user === me && forms().find((one) => one.action === entry.url && part(one) === sent);
    if (!form) return;
    history.replaceState(null, "", location.pathname + location.search);
    for (const field of form.elements) {
      const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (!values.length || ["client_key", "version"].includes(field.name)) continue;
      if (field.type === "file") {
        const files = new DataTransfer();
        values.forEach((file) => files.items.add(file));
        field.files = files.files;
      } else if (["radio", "checkbox"].includes(field.type)) {
        field.checked = values.includes(field.value);
      } else {
        [field.value] = values;
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    refuse(form, entry, entry.refused ?? []);
  };

  // --- From here on ------------------------------------------------------------------------------------------------------

  // The very first page came before there was a worker to keep it.
  const isFirst = !navigator.serviceWorker?.controller;
  const keepPages = async () => {
    await navigator.serviceWorker.register("/sw.js");
    if (location.pathname !== "/") return;
    const { active } = await navigator.serviceWorker.ready;
    // The first way to each form is the plain one; others name a component or a day.
    const ahead = new Map();
    for (const { href, pathname, origin, search } of main.querySelectorAll("a[href]")) {
      if (FORMS.includes(pathname) && !ahead.has(pathname)) ahead.set(pathname, origin + pathname + search);
    }
    const here = isFirst ? [location.href] : [];
    active.postMessage({ keep: [...here, ...ahead.values(), `${location.origin}/outbox/`] });
  };

  const forgetOthers = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("halaman-") && name !== `halaman-${me}`) await caches.delete(name);
    }
  };

  const start = async () => {
    main.querySelector(".title, .now, form, section")?.before(box);
    if (!box.isConnected) main.prepend(box);
    if (!me) return show();
    renewKeys();
    pickNamed();
    if (location.hash.startsWith("#kotak=")) await mend();
    addEventListener("pageshow", (event) => event.persisted && renewKeys());
    addEventListener("online", sendAll);
    document.addEventListener("visibilitychange", () => document.hidden || sendAll());
    setInterval(async () => !document.hidden && navigator.onLine && !box.hidden && sendAll(), AGAIN);
    await forgetOthers();
    await sendAll();
    if (navigator.serviceWorker) await keepPages();
  };
  start();
})();
