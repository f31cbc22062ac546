// The bench by keyboard: sends a few rows at a time, keeps what is not sent on this machine, shows what colleagues save.
// Without it the form works as a form.
"use strict";
(() => {
  const form = document.querySelector("[data-bench]");
  if (!form) return;
  const texts = document.querySelector("[data-texts]").dataset;
  const drawer = document.querySelector("[data-drawer]");
  const drawerBody = drawer.querySelector("[data-drawer-body]");
  const status = document.querySelector("[data-status]");
  const base = form.getAttribute("action");
  const place = `bench:${form.dataset.order}:${form.dataset.person}`;
  const mayRecord = form.querySelector("#version") !== null;
  const loadedAt = Date.now();
  const BATCH = 25, PAUSE = 800, POLL = 5000;

  let cursor = Number(form.dataset.cursor), tag = "", timer = 0, isSending = false, isAsking = false, failures = 0, lastSaved = "";
  let isTimeTyped = false;
  // What is typed and not saved; what an earlier visit left; the batch on its way with the key that makes it safe to repeat.
  let drafts = {}, kept = {}, outbox = null;
  const queue = new Set(), conflicts = new Set();

  // --- What is kept on this machine -------------------------------------------------------------------------
  const store = () => {
    try {
      if (outbox || Object.keys(drafts).length || Object.keys(kept).length)
        localStorage.setItem(place, JSON.stringify({ drafts: { ...kept, ...drafts }, outbox }));
      else localStorage.removeItem(place);
      delete form.dataset.warnUnsaved;
    } catch {
      form.dataset.warnUnsaved = "";
    }
  };
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {};
    }
  };

  // --- Rows -------------------------------------------------------------------------------------------------
  const rows = () => [...form.querySelectorAll("tr[data-row]")];
  const rowOf = (element) => element.closest("tr[data-row]");
  const row = (code) => document.getElementById(`row-${code}`)?.closest("tr");
  const codeOf = (tr) => tr.dataset.row || tr.dataset.closed;
  const first = (tr) => tr.querySelector("input[type=radio]:checked, input[type=radio]")
    || tr.querySelector("input:not([type=hidden]), select");
  const fields = (tr) => [...tr.querySelectorAll("input:not([type=radio]):not([type=hidden]), select")];
  const isTyping = (element) => element.matches("select, textarea, input:not([type=radio])");
  const go = (tr) => {
    const target = tr && first(tr);
    target?.focus();
    target?.select?.();
    tr?.scrollIntoView({ block: "nearest" });
  };
  const neighbour = (tr, step) => {
    const all = rows();
    return all[all.indexOf(tr) + step];
  };

  const now = () => {
    const typed = form.querySelector("#performed_at");
    if (isTimeTyped && typed.value) return `${typed.value}:00+08:00`.replace(/(:\d\d:\d\d):00\+/, "$1+");
    return new Date(Date.parse(form.dataset.now) + Date.now() - loadedAt).toISOString();
  };
  const read = (tr) => {
    const version = form.querySelector("#version").selectedOptions[0];
    const values = {};
    for (const field of tr.querySelectorAll("[name^='value.']"))
      if (field.value.trim()) values[field.name.split(".").slice(2).join(".")] = { value: field.value.trim(), unit: field.dataset.unit };
    return {
      item: codeOf(tr), verdict: tr.querySelector("input[type=radio]:checked")?.value ?? null, values,
      remark: tr.querySelector("[name^='remark.']").value.trim(), hardware: version?.dataset.hardware ?? "",
      firmware: version?.dataset.firmware ?? "", tool: form.querySelector("#tool").value, performed_at: now(),
      slot_version: Number(tr.dataset.version),
    };
  };
  const isEmpty = (draft) => !draft.verdict && !draft.remark && !Object.keys(draft.values).length;
  const isWhole = (tr, draft) => {
    const isFilled = [...tr.querySelectorAll("[name^='value.']")].every((field) => field.value.trim());
    return tr.dataset.kind.startsWith("judged") ? Boolean(draft.verdict) && (draft.verdict !== "PASS" || isFilled) : isFilled;
  };
  const fill = (tr, draft) => {
    const radio = draft.verdict && tr.querySelector(`input[type=radio][value="${draft.verdict}"]`);
    if (radio) radio.checked = true;
    for (const [key, one] of Object.entries(draft.values)) {
      const field = tr.querySelector(`[name="value.${draft.item}.${CSS.escape(key)}"]`);
      if (field) field.value = one.value;
    }
    tr.querySelector("[name^='remark.']").value = draft.remark;
    tr.classList.add("unsaved");
  };
  const inWords = (draft) =>
    [draft.verdict, ...Object.values(draft.values).map((one) => `${one.value} ${one.unit}`.trim()), draft.remark]
      .filter(Boolean).join(" · ");

  // A field with the focus that is taken off the page says that it changed; its row was drawn anew, nobody typed.
  let isDrawing = false;
  const note = (tr) => {
    if (isDrawing || !tr.isConnected) return;
    const draft = read(tr);
    tr.classList.remove("wrong");
    for (const fault of tr.querySelectorAll(".refusal[data-fault]")) fault.remove();
    if (isEmpty(draft)) delete drafts[draft.item];
    else drafts[draft.item] = draft;
    tr.classList.toggle("unsaved", !isEmpty(draft));
    store();
    tell();
  };
  const leave = (tr) => {
    const draft = drafts[codeOf(tr)];
    if (draft && isWhole(tr, draft) && !tr.classList.contains("wrong")) enqueue([codeOf(tr)], PAUSE);
  };

  // --- Telling ----------------------------------------------------------------------------------------------
  let trouble = "";
  const tell = () => {
    const open = Object.keys(drafts).length;
    status.textContent = trouble || (isSending ? texts.saving : open ? `${open} ${texts.unsaved}` : lastSaved ? texts.saved : "");
    status.classList.toggle("trouble", Boolean(trouble));
  };
  const paragraph = (kind, text) => {
    const line = document.createElement("p");
    line.className = kind;
    line.dataset.fault = "";
    line.textContent = text;
    return line;
  };
  const showFault = (code, text) => {
    const tr = row(code);
    if (!tr) return;
    tr.classList.add("wrong");
    tr.querySelector("td.name > div").append(paragraph("refusal", text));
  };

  // --- Saving -----------------------------------------------------------------------------------------------
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.querySelector("[name=csrfmiddlewaretoken]").value;
  const isJson = (response) => (response.headers.get("Content-Type") ?? "").startsWith("application/json");

  const enqueue = (codes, pause) => {
    for (const code of codes) if (drafts[code] && !conflicts.has(code)) queue.add(code);
    clearTimeout(timer);
    timer = setTimeout(flush, pause);
  };
  const flush = () => {
    if (isSending) return;
    if (isAsking) {
      // One request at a time, so that the rows of an older answer never cover those of a newer one.
      timer = setTimeout(flush, 50);
      return;
    }
    if (!outbox) {
      const codes = [...queue].filter((code) => drafts[code]).slice(0, BATCH);
      for (const code of codes) queue.delete(code);
      if (!codes.length) return;
      outbox = { key: newKey(), rows: codes.map((code) => drafts[code]) };
      store();
    }
    send();
  };
  const later = (text) => {
    trouble = text;
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(flush, Math.min(30_000, 1000 * 2 ** failures));
  };
  const send = async () => {
    isSending = true;
    tell();
    try {
      const response = await fetch(`${base}save/`, {
        method: "POST", body: JSON.stringify({ rows: outbox.rows, since: cursor }),
        headers: { "X-CSRFToken": token(), "Content-Type": "application/json", "Idempotency-Key": outbox.key, Accept: "application/json" },
      });
      if (response.redirected || (!isJson(response) && response.status < 500)) later(texts.signedOut);
      else if (response.status >= 500) later(texts.offline);
      else {
        trouble = "";
        failures = 0;
        const answer = await response.json();
        if (response.ok) accepted(answer);
        else refused(answer);
      }
    } catch {
      later(texts.offline);
    }
    isSending = false;
    tell();
    if (!trouble && queue.size) timer = setTimeout(flush, 0);
  };
  // A field that was left without a change is noted again, with a later time; that is no other entry.
  const isSame = (a, b) => JSON.stringify({ ...a, performed_at: "" }) === JSON.stringify({ ...b, performed_at: "" });
  const accepted = (answer) => {
    const mine = new Set(outbox.rows.map((one) => one.item));
    for (const one of outbox.rows) {
      // Typed on while the batch was on its way: the row is saved as sent, the rest shows as not saved.
      if (isSame(drafts[one.item], one)) delete drafts[one.item];
      lastSaved = one.item;
    }
    outbox = null;
    store();
    show(answer, mine);
  };
  const refused = (answer) => {
    const faulty = new Set(answer.rows.map((fault) => fault.item));
    for (const fault of answer.rows) showFault(fault.item, `${fault.message} ${fault.remedy}`);
    if (!faulty.size) trouble = `${answer.message} ${answer.remedy}`;
    else for (const one of outbox.rows) if (!faulty.has(one.item)) queue.add(one.item);
    outbox = null;
    store();
    if (answer.rows.some((fault) => fault.slot_state)) poll();
  };

  // --- What changed on the server ---------------------------------------------------------------------------
  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };
  const conflict = (tr, draft) => {
    conflicts.add(draft.item);
    const line = paragraph("conflict small", `${texts.mine}${inWords(draft)} `);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "button small";
    drop.textContent = texts.drop;
    drop.addEventListener("click", () => {
      conflicts.delete(draft.item);
      delete drafts[draft.item];
      line.remove();
      tr.classList.remove("wrong");
      store();
      tell();
    });
    line.append(drop);
    tr.classList.add("wrong");
    tr.querySelector("td.name > div").append(line);
  };
  const show = (answer, mine = new Set()) => {
    cursor = Math.max(cursor, answer.cursor);
    for (const [code, { html, by }] of Object.entries(answer.rows)) {
      const old = row(code);
      if (!old) continue;
      const fresh = made(html), active = old.contains(document.activeElement) ? document.activeElement : null;
      const draft = drafts[code], last = old.querySelector(".state")?.textContent;
      isDrawing = true;
      old.replaceWith(fresh);
      isDrawing = false;
      if (draft && fresh.dataset.row) fill(fresh, draft);
      else if (draft) conflict(fresh, draft);
      if (last !== fresh.querySelector(".state").textContent) mark(fresh, mine.has(code) ? texts.just : by && `${texts.by}${by}`);
      if (active) ((active.name && fresh.querySelector(`[name="${CSS.escape(active.name)}"]`)) || fresh.querySelector("a.item")).focus();
    }
    if (answer.is_outdated) trouble = texts.outdated;
    const bar = document.getElementById("progress"), open = form.querySelectorAll("tr[data-open]").length;
    bar.value = bar.max - open;
    document.querySelector("[data-done]").textContent = `${bar.value}/${bar.max}`;
    tell();
  };
  const mark = (tr, text) => {
    tr.classList.add("just");
    if (!text) return;
    const badge = document.createElement("span");
    badge.className = "badge tone-info just-by";
    badge.textContent = text;
    tr.querySelector(".state").prepend(badge, " ");
  };
  const poll = async () => {
    if (document.visibilityState !== "visible" || isSending || isAsking) return;
    isAsking = true;
    try {
      const response = await fetch(`${base}changes/?since=${cursor}`, { headers: { "If-None-Match": tag }, cache: "no-store" });
      if (response.status !== 200 || !isJson(response)) return;
      tag = response.headers.get("ETag") ?? "";
      show(await response.json());
    } catch {
      // The next round asks again; saving tells when the connection is gone.
    } finally {
      isAsking = false;
    }
  };

  // --- The drawer: one item with all its records and the forms that the grid has no room for ------------------
  let drawn = "";
  const open = async (code, wanted) => {
    const response = await fetch(`${base}items/${encodeURIComponent(code)}/`, { headers: { "X-Bench": "drawer" } });
    if (!response.ok || response.redirected) return;
    drawerBody.innerHTML = await response.text();
    drawn = code;
    if (!drawer.open) drawer.showModal();
    (drawerBody.querySelector(wanted || "a, select, input:not([type=hidden])") || drawer.querySelector("[data-close]")).focus();
  };
  const exclude = async (code, kind) => {
    await open(code, "#drawer-reason");
    const choice = drawerBody.querySelector("#drawer-kind");
    if (choice) choice.value = kind;
  };
  const post = async (address, data, code) => {
    data.set("since", cursor);
    const response = await fetch(address, {
      method: "POST", body: data, headers: { "X-CSRFToken": token(), Accept: "application/json", "X-Bench": "drawer" },
    });
    if (!isJson(response)) {
      drawerBody.innerHTML = await response.text();
      return;
    }
    const answer = await response.json();
    if (response.ok) {
      drawer.close();
      show(answer, new Set([code]));
      (row(code)?.querySelector("a.item"))?.focus();
    } else if (drawer.open) {
      for (const old of drawerBody.querySelectorAll("[data-fault]")) old.remove();
      drawerBody.prepend(paragraph("refusal", `${answer.message} ${answer.remedy}`));
    } else showFault(code, `${answer.message} ${answer.remedy}`);
  };
  drawer.addEventListener("submit", (event) => {
    event.preventDefault();
    post(event.target.action, new FormData(event.target), drawn);
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
  });
  drawer.querySelector("[data-close]").addEventListener("click", () => drawer.close());
  drawer.addEventListener("close", () => {
    if (!form.contains(document.activeElement)) row(drawn)?.querySelector("a.item")?.focus();
  });

  // --- Keys -------------------------------------------------------------------------------------------------
  const EXCLUSIONS = { N: "NA", T: "NT", B: "BLK" };
  const advance = document.querySelector("[data-advance]");
  const judge = (tr, choice) => {
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const value = tr.querySelector("[name^='value.']");
    if (value) value.focus();
    else if (choice.value === "PASS" && advance.checked && neighbour(tr, 1)) go(neighbour(tr, 1));
    else choice.focus();
  };
  const command = (key, tr) => {
    const code = codeOf(tr);
    if (EXCLUSIONS[key]) exclude(code, EXCLUSIONS[key]);
    else if (key === "E") open(code, "input[type=file]");
    else if (key === "U") open(lastSaved || code, "[data-correct] select, [data-correct] input:not([type=hidden])");
    else if (key === "R") {
      enqueue([code], 0);
      go(neighbour(tr, 1));
    } else return false;
    return true;
  };
  const onLetter = (event, tr) => {
    const key = event.key.toUpperCase();
    if (event.ctrlKey || event.metaKey || key.length !== 1 || (isTyping(event.target) && !event.altKey)) return;
    const choice = tr.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (choice) judge(tr, choice);
    else if (!mayRecord || !command(key, tr)) return;
    event.preventDefault();
  };
  const onEnter = (event, tr) => {
    // Enter goes to the next field of the row, then to the next row; on the item's name it opens the drawer.
    event.preventDefault();
    if (event.target.matches("a.item")) {
      open(codeOf(tr));
      return;
    }
    const all = fields(tr), next = all[all.indexOf(event.target) + 1];
    const isDone = next?.name.startsWith("remark.") && event.target.name.startsWith("value.");
    if (next && !(isDone && advance.checked)) next.focus();
    else go(neighbour(tr, 1));
  };
  form.addEventListener("keydown", (event) => {
    const tr = event.target.closest("tr[data-row], tr[data-closed]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (!tr) return;
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.matches("select") && tr.dataset.row) {
      event.preventDefault();
      go(neighbour(tr, event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") onEnter(event, tr);
    else if (event.key === "Escape") tr.querySelector("a.item").focus();
    else onLetter(event, tr);
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("tr a[href*='/bench/items/']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(codeOf(link.closest("tr")));
  });

  // --- Files dropped onto a row -----------------------------------------------------------------------------
  form.addEventListener("dragover", (event) => {
    const tr = event.target.closest?.("tr[data-row], tr[data-closed]");
    if (!tr || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    for (const other of form.querySelectorAll("tr.drop")) if (other !== tr) other.classList.remove("drop");
    tr.classList.add("drop");
  });
  form.addEventListener("dragleave", (event) => event.target.closest?.("tr")?.classList.remove("drop"));
  form.addEventListener("drop", async (event) => {
    const tr = event.target.closest?.("tr[data-row], tr[data-closed]");
    if (!tr) return;
    event.preventDefault();
    tr.classList.remove("drop");
    for (const file of event.dataTransfer.files) {
      const data = new FormData();
      data.set("item", codeOf(tr));
      data.set("file", file);
      await post(`${base}attach/`, data, codeOf(tr));
    }
  });

  addEventListener("bench:changed", (event) => show(event.detail));
  setInterval(poll, POLL);
  document.addEventListener("visibilitychange", poll);
  if (!mayRecord) return;

  // --- Entering -----------------------------------------------------------------------------------------------
  form.addEventListener("input", (event) => rowOf(event.target) && note(rowOf(event.target)));
  form.addEventListener("change", (event) => {
    if (event.target.id === "performed_at") isTimeTyped = true;
    else if (rowOf(event.target)) note(rowOf(event.target));
  });
  form.addEventListener("focusout", (event) => {
    const tr = rowOf(event.target);
    if (tr && !tr.contains(event.relatedTarget)) leave(tr);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const tr of form.querySelectorAll("tr.wrong[data-row]")) note(tr);
    enqueue(Object.keys(drafts), 0);
  });
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const tr of rows()) leave(tr);
  });
  advance.checked = localStorage.getItem("bench:advance") !== "no";
  advance.addEventListener("change", () => localStorage.setItem("bench:advance", advance.checked ? "yes" : "no"));

  // --- What an earlier visit left: a batch on its way is sent again with its key, drafts are offered ----------
  const left = stored();
  outbox = left.outbox ?? null;
  kept = left.drafts ?? {};
  for (const one of outbox?.rows ?? []) {
    drafts[one.item] = one;
    delete kept[one.item];
  }
  if (outbox) flush();
  const offer = document.querySelector("[data-kept]");
  const settle = () => {
    kept = {};
    offer.hidden = true;
    store();
    tell();
  };
  if (Object.keys(kept).length) {
    offer.hidden = false;
    offer.querySelector("[data-kept-text]").textContent = `${texts.left}${Object.keys(kept).join(", ")}`;
  }
  offer.querySelector("[data-restore]").addEventListener("click", () => {
    for (const [code, draft] of Object.entries(kept)) {
      const tr = row(code);
      if (!tr || drafts[code]) continue;
      drafts[code] = draft;
      if (tr.dataset.row) fill(tr, draft);
      else conflict(tr, draft);
    }
    settle();
    go(form.querySelector("tr.unsaved"));
  });
  offer.querySelector("[data-forget]").addEventListener("click", settle);
})();
