// The Desk in the browser. Everything works without it; with it, pages count down, stay true, and take keys.
//
//   data-due="ISO" data-soon="s"   counts down to then in its [data-left]; data-about is announced when it is past
//   <time data-local="full|time">  is shown in the reader's zone
//   data-follow="case or nothing"  follows what happens; then the page is fetched again, and
//   id + data-live                 each part that is live and has changed is put in place of the old one
//   data-draft="name"              what is typed there survives a reload, until its form has done what it should
//   data-key="c"                   that key presses, opens or focuses it; inside a [data-row], of the row that has focus
//   data-row, data-row-link        j and k move from row to row
//   data-focus                     takes the focus when it appears, such as a refusal
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // -- the server's clock: never the visitor's, which may be wrong by any amount

  const loaded = performance.getEntriesByType("navigation")[0];
  // The page was made just before its first byte came; performance.now() never jumps when somebody sets a clock.
  let ahead = Date.parse(root.dataset.now) - (loaded ? loaded.responseStart : performance.now());
  const serverNow = () => performance.now() + ahead;

  async function setClock() {
    try {
      const sent = performance.now();
      const answer = await fetch("/desk/now", { cache: "no-store" });
      const came = performance.now();
      const said = Number(await answer.text());
      // Halfway between is off by half of the way at most; an answer that took long would make it worse, not better.
      if (answer.ok && came - sent < 1500) ahead = said - (sent + came) / 2;
    } catch { /* Away: the clock that was set runs on. */ }
    tick();
  }

  // -- countdowns, and times in the reader's zone

  const two = (number) => String(number).padStart(2, "0");

  function span(milliseconds) {
    const whole = Math.round(Math.abs(milliseconds) / 1000); // the nearest: off by half a second at most
    const days = Math.floor(whole / 86400), hours = Math.floor(whole / 3600) % 24, minutes = Math.floor(whole / 60) % 60;
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${two(minutes)} min`;
    return `${minutes}:${two(whole % 60)}`;
  }

  function count(chip, now) {
    const left = Date.parse(chip.dataset.due) - now;
    const look = left <= 0 ? "breached" : left <= Number(chip.dataset.soon) * 1000 ? "soon" : "running";
    const text = left <= 0 ? `late ${span(left)}` : span(left);
    const shown = one("[data-left]", chip);
    if (shown && shown.textContent !== text) shown.textContent = text;
    if (chip.classList.contains(look)) return;
    // A warning that the case has given stays, though there is time left by the clock alone.
    if (look === "running" && chip.classList.contains("soon")) return;
    if (look === "breached" && chip.dataset.about) speak(`${chip.dataset.about} is late`);
    if (look === "breached" && chip.closest("[data-follow]")) refresh(); // What could be done until then is perhaps over.
    chip.classList.remove("running", "soon", "breached");
    chip.classList.add(look);
  }

  function tick() {
    const now = serverNow();
    for (const chip of all("[data-due]")) count(chip, now);
  }

  function localise(time) {
    const at = new Date(time.dateTime), today = new Date(serverNow());
    const clock = { hour: "2-digit", minute: "2-digit" };
    const day = { day: "numeric", month: "short", ...(at.getFullYear() === today.getFullYear() ? {} : { year: "numeric" }) };
    const short = time.dataset.local === "time" && at.toDateString() === today.toDateString();
    time.textContent = new Intl.DateTimeFormat(undefined, short ? clock : { ...day, ...clock }).format(at);
    time.title = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }).format(at);
  }

  function speak(text) {
    const line = one("#spoken");
    if (line) line.textContent = text;
  }

  // -- what stays true by itself

  const shownBefore = new Map();
  let stream, refreshing, again = false, last = 0;

  // A part as the server made it, without what differs each time: countdowns, and the ids of events to come.
  function essence(part) {
    const copy = part.cloneNode(true);
    for (const chip of all("[data-due]", copy)) chip.className = "chip", one("[data-left]", chip)?.replaceChildren();
    for (const id of all("input[name='id']", copy)) id.removeAttribute("value");
    return copy.outerHTML;
  }

  const remember = () => { for (const part of all("[data-live][id]")) shownBefore.set(part.id, essence(part)); };

  function put(part, fresh) {
    const busy = document.activeElement;
    const typing = part.contains(busy) && busy.matches("textarea, select, input:not([type='hidden'])");
    const refused = one(".refusal, [aria-invalid='true']", part);
    if (typing || refused) {
      // It is said only to who has typed something, and neither above a refusal nor while a form is on its way.
      const typed = typing && all("textarea, input:not([type='hidden'])", busy.form ?? part).some((it) => it.value !== it.defaultValue);
      for (const note of all(".pending-note", part)) note.hidden = !typed || Boolean(refused || one(".htmx-request", part));
      part.setAttribute("data-pending", ""); // Nobody has a form, or an answer, taken away from under their hands.
      return;
    }
    const id = part.contains(busy) ? busy.id : "";
    shownBefore.set(part.id, essence(fresh));
    const open = new Map(all("details[id]", part).map((it) => [it.id, it.open]));
    part.replaceWith(fresh);
    for (const it of all("details[id]", fresh)) it.open = open.get(it.id) ?? it.open;
    window.htmx?.process(fresh);
    dress(fresh);
    if (id) document.getElementById(id)?.focus({ preventScroll: true });
  }

  async function refresh() {
    if (refreshing) { again = true; return; }
    refreshing = true;
    await new Promise((done) => setTimeout(done, Math.max(120, last + 1000 - performance.now())));
    last = performance.now();
    again = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.redirected || answer.status === 401) { location.reload(); return; }
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of all("[data-live][id]")) {
          const next = fresh.getElementById(part.id);
          if (next && shownBefore.get(part.id) !== essence(next)) put(part, document.adoptNode(next));
        }
      }
    } catch { /* Away: the stream says so, and comes back. */ } finally {
      refreshing = false;
      if (again) refresh();
    }
  }

  function follow() {
    const wanted = one("[data-follow]");
    if (!wanted || stream || document.hidden) return;
    const about = wanted.dataset.follow;
    stream = new EventSource("/desk/events" + (about ? `?case=${encodeURIComponent(about)}` : ""));
    stream.onmessage = refresh;
    stream.onopen = () => { one("#offline").hidden = true; };
    stream.onerror = () => {
      const ours = stream;
      setTimeout(() => { if (ours === stream && ours?.readyState !== EventSource.OPEN) one("#offline").hidden = false; }, 4000);
      // A browser gives up for good when it is answered no, as by a server that is just starting.
      if (ours.readyState === EventSource.CLOSED) { unfollow(); setTimeout(() => { follow(); refresh(); }, 5000); }
    };
  }

  function unfollow() {
    stream?.close();
    stream = undefined;
  }

  // -- drafts: of this person, in this browser, until sent or signed out

  const PREFIX = "caseladder:";
  const draftsOf = (person) => `${PREFIX}draft:${person}:`;
  const keyOf = (field) => draftsOf(root.dataset.person) + field.dataset.draft;
  const forget = (unless) => { for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && !unless?.(key)) localStorage.removeItem(key); };

  function restore(field) {
    const kept = localStorage.getItem(keyOf(field));
    if (!kept || field.value) return;
    field.value = kept;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  function keep(field) {
    if (field.value) localStorage.setItem(keyOf(field), field.value);
    else localStorage.removeItem(keyOf(field));
  }

  // -- keys

  const keysOn = () => localStorage.getItem(`${PREFIX}keys`) !== "off";
  const writes = (it) => it.matches("input:not([type='checkbox']):not([type='radio']), textarea, select, [contenteditable]");
  const seen = (it) => it.checkVisibility ? it.checkVisibility() : it.offsetParent !== null;

  const rowLinks = () => all("[data-row] [data-row-link]").filter(seen);

  function rowAt(links) {
    const row = document.activeElement.closest("[data-row]");
    return row ? links.indexOf(one("[data-row-link]", row)) : -1;
  }

  function move(by) {
    const links = rowLinks(), here = rowAt(links);
    const next = links[here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.closest("[data-row]").scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const row = document.activeElement.closest("[data-row]");
    const named = (it) => it.dataset.key === key && seen(it);
    const found = (row && all("[data-key]", row).find(named)) || all("[data-key]").find((it) => named(it) && !it.closest("[data-row]"));
    if (!found) return false;
    if (found.matches("summary")) {
      found.parentElement.open = true;
      (one("textarea, select, input:not([type='hidden'])", found.parentElement) ?? found).focus();
    } else if (writes(found)) found.focus();
    else found.click();
    return true;
  }

  function onKey(event) {
    const inField = writes(event.target);
    if (inField && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.target.form?.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && inField) { event.target.blur(); return; }
    if (inField || one("dialog[open]") || (!keysOn() && event.key !== "?")) return;
    if (event.key === "j" || event.key === "k") { move(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
    if (event.key === "?" && one("dialog#keys")) { one("dialog#keys").showModal(); event.preventDefault(); return; }
    if (press(event.key)) event.preventDefault();
  }

  // -- a page, or a part of one, that has just come

  function dress(part) {
    for (const time of all("time[data-local]", part)) localise(time);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const field of all("[data-zone]", part)) field.value = zone;
    for (const note of all("[data-zone-note]", part)) note.textContent = `In your time, ${zone}.`;
    if (root.dataset.person) for (const field of all("[data-draft]", part)) restore(field);
    for (const box of all("input[data-keys-switch]", part)) box.checked = keysOn();
    for (const box of all("[data-end]", part)) box.scrollTop = box.scrollHeight; // The newest words are the last.
    tick();
  }

  function signIn() {
    const page = one("[data-signin]");
    if (!page) return;
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token) {
      history.replaceState(null, "", location.pathname + location.search); // It is not for the history, nor for a shoulder.
      one("input[name='token']", page).value = token;
      one("form", page).submit();
    } else if (!one(".refusal", page)) {
      fetch("/desk/me", { cache: "no-store" }).then((answer) => { if (answer.ok) location.replace(page.dataset.next); }).catch(() => {});
    }
  }

  document.addEventListener("input", (event) => { if (event.target.dataset.draft && root.dataset.person) keep(event.target); });
  document.addEventListener("change", (event) => {
    if ("keysSwitch" in event.target.dataset) localStorage.setItem(`${PREFIX}keys`, event.target.checked ? "on" : "off");
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusout", () => setTimeout(() => {
    if (one("[data-pending]") && !(document.activeElement && writes(document.activeElement))) refresh();
  }, 150));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) unfollow();
    else { setClock(); follow(); if (one("[data-follow]")) refresh(); }
  });
  let row = -1; // where in a list the focus was when something was done there
  document.addEventListener("htmx:beforeSwap", (event) => {
    row = rowAt(rowLinks());
    // While old and new are both there, only one fold of a name may be open, and it would be the old one.
    for (const fold of all("details[name]")) fold.removeAttribute("name");
    if (event.detail.xhr.status >= 400) return;
    for (const field of all("[data-draft]", event.detail.requestConfig.elt)) if (root.dataset.person) localStorage.removeItem(keyOf(field));
  });
  document.addEventListener("htmx:afterSettle", () => {
    remember();
    dress(document);
    const links = rowLinks();
    (one("[data-focus]") ?? links[Math.min(row, links.length - 1)] ?? one("#room"))?.focus({ preventScroll: row < 0 && !one("[data-focus]") });
    for (const toast of all(".toast")) setTimeout(() => toast.remove(), 8000);
  });
  document.addEventListener("htmx:sendError", () => { one("#offline").hidden = false; });

  function arrive() {
    const wanted = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!wanted || !wanted.matches("details")) return;
    for (let fold = wanted; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    one("textarea, input:not([type='hidden']), select", wanted)?.focus();
  }

  if (one("[data-forget]")) forget();
  else if (root.dataset.person) forget((key) => !key.startsWith(`${PREFIX}draft:`) || key.startsWith(draftsOf(root.dataset.person)));
  remember();
  dress(document);
  one("[data-focus]")?.focus();
  addEventListener("load", () => setTimeout(arrive)); // After the browser has been there itself, and has moved the focus.
  setInterval(tick, 200);
  setInterval(setClock, 240000);
  setClock();
  follow();
  signIn();
  for (const toast of all(".toast")) setTimeout(() => toast.remove(), 8000);
})();
