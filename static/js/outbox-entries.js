// What an entry of the outbox says in words, its place in the list, and how its form is filled in again.
(() => {
  "use strict";
  // Fields that are made anew with each form; any other hidden one says which form it is.
  const RENEWED = ["client_key", "csrfmiddlewaretoken", "version"];
  const PLACE = ["kecamatan", "wilayah"];

  const element = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };
  const safe = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const oneLine = (text) => (text ?? "").replace(/\s+/g, " ").trim();

  const isTicked = (field) => ["radio", "checkbox"].includes(field.type);
  const isTyped = (field) => field.name && !["hidden", "submit", "button", "file", "fieldset"].includes(field.type);

  // What somebody filled in, as the form words it; photos are counted elsewhere.
  const saidIn = (form) => [...form.elements]
    .filter((field) => isTyped(field) && (isTicked(field) ? field.checked : field.value.trim()))
    .map((field) => {
      const group = oneLine(field.closest("fieldset")?.querySelector("legend")?.innerText);
      const label = oneLine(field.labels?.[0]?.innerText), chosen = field.selectedOptions?.[0]?.text;
      const { name, value } = field;
      return isTicked(field) ? { name, value, label: group, text: label }
        : { name, value, label: [group, label].filter(Boolean).join(": "), text: oneLine(chosen ?? value) };
    });

  const facts = (said) => `<dl class="facts snug">${said.map(({ label, text }) => `<dt>${safe(label)}</dt><dd>${safe(text)}</dd>`).join("")}</dl>`;

  const addressed = (url) => {
    const { pathname, searchParams } = new URL(url, location);
    return [pathname, ...PLACE.map((name) => searchParams.get(name))].join(" ");
  };

  // Whether a form is the one from which an entry came, with its day where it is about one.
  const isFormOf = (form, entry) => {
    if (addressed(form.action) !== addressed(entry.url)) return false;
    const hidden = [...form.elements].filter((field) => field.type === "hidden" && !RENEWED.includes(field.name));
    const names = new Set(hidden.map((field) => field.name));
    const isKept = ({ name, value }) => entry.fields.some(([one, kept]) => one === name && kept === value);
    return [...names].every((name) => hidden.some((field) => field.name === name && isKept(field)));
  };

  // Fills a form in as it was; returns what has no field in it any more.
  const fill = (form, entry) => {
    const kept = new Map(), taken = new Set();
    for (const [name, value] of entry.fields) kept.set(name, [...(kept.get(name) ?? []), value]);
    for (const field of form.elements) {
      const values = kept.get(field.name) ?? [];
      if (field.type === "file") {
        const files = new DataTransfer();
        values.forEach((file) => files.items.add(file));
        field.files = files.files;
      } else if (!isTyped(field)) continue;
      else if (isTicked(field)) field.checked = values.includes(field.value);
      // Fields of one name get the values in their order.
      else if (values.length) field.value = values.shift();
      if (!isTicked(field) || field.checked) taken.add(`${field.name}=${field.value}`);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return (entry.said ?? []).filter(({ name, value }) => !taken.has(`${name}=${value}`));
  };

  const reason = ({ text, field, url }, isHere = () => false) => {
    const target = url || (field && isHere(field) && `#${field}`);
    return target ? `<a href="${safe(target)}">${safe(text)}</a>` : safe(text);
  };

  const stateOf = (entry) => `${entry.key} ${entry.refused ? "Ditolak" : "Menunggu"}`;

  const item = (entry) => {
    const at = new Date(entry.filledAt).toLocaleString("id-ID", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    const photos = entry.fields.filter(([, value]) => value instanceof File).length;
    const texts = [entry.detail, photos && `${photos} foto`, `ditulis ${at}`].filter(Boolean).map(safe).join(" · ");
    const reasons = (entry.refused ?? []).map((error) => `<p class="err sect">${reason(error)}</p>`).join("");
    const content = entry.said?.length ? `<details class="disc"><summary>Isinya</summary>${facts(entry.said)}</details>` : "";
    const row = element(`<li data-state="${safe(stateOf(entry))}"><div class="row apart"><b>${safe(entry.title)}</b><span class="tag plain">${entry.refused ? "Ditolak" : "Menunggu sinyal"}</span></div><p class="small quiet">${texts}</p>${reasons}${content}<div class="row sect">${entry.refused ? `<a class="btn" href="${safe(entry.page)}#kotak=${safe(entry.key)}">Perbaiki</a>` : ""}<details class="disc"><summary class="btn risk">Buang</summary><p>Isinya hilang dan tidak pernah dikirim.</p><button class="btn risk">Ya, buang</button></details></div></li>`);
    const button = row.querySelector("button");
    button.addEventListener("click", () => {
      button.disabled = true;
      button.textContent = "Membuang …";
      Outbox.remove(entry.key);
    });
    return row;
  };

  // Draws the list anew where it changed, but never a row under the hands of somebody who reads or confirms.
  const list = (place, entries) => {
    const rows = new Map([...place.children].map((row) => [row.dataset.state, row]));
    const states = entries.map(stateOf);
    if (states.join() === [...rows.keys()].join()) return;
    place.replaceChildren(...entries.map((entry, number) => rows.get(states[number]) ?? item(entry)));
  };

  Object.assign(Outbox, { element, safe, saidIn, facts, isFormOf, fill, reason, list });
})();
