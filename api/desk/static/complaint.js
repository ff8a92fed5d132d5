// The customer's page, where scripts run: it stays true by itself, and says times in the visitor's zone where we know none.
// Without it all works as well: every form is sent, and loading the page again shows what is new.
"use strict";

(() => {
  const page = document.querySelector("main.complaint");
  if (!page) return;

  // A page that is read for a long time is asked for less and less often, and not at all while nobody looks at it.
  const PAUSES_S = [2, 3, 5, 10, 15, 20, 30];
  const SOON_S = 0.2;
  let version = `"${page.dataset.version}"`;
  let looked = 0;
  let waiting = 0;

  // Times

  const zoneHere = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function localise(part) {
    if (page.dataset.zone !== "" || !zoneHere) return;
    const written = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
    const format = new Intl.DateTimeFormat(page.dataset.locale, written);
    for (const time of part.querySelectorAll("time")) time.textContent = format.format(new Date(time.dateTime));
    for (const field of part.querySelectorAll("input[name=zone]")) field.value = zoneHere;
    for (const name of part.querySelectorAll("[data-zone-name]")) name.textContent = zoneHere.replaceAll("_", " ");
  }

  // Forms

  function typedIn(part) {
    const fields = [...part.querySelectorAll("textarea, input:not([type=hidden]), select")];
    return fields.some((field) => {
      if (field.getAttribute("aria-invalid") === "true") return true;
      if (field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") return field.selectedIndex !== Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
      return field.value !== field.defaultValue;
    });
  }

  const inUse = (part) => part.contains(document.activeElement) || typedIn(part);

  document.addEventListener("submit", (event) => {
    // The id in the form makes twice once; this only keeps a second tap from asking for the page twice.
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    event.target.setAttribute("aria-busy", "true");
  });
  // Whoever comes back to the page by the browser's back button may send again.
  addEventListener("pageshow", () => {
    for (const form of document.forms) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // Choosing a time says that it is the time which is wanted.
  document.addEventListener("input", (event) => {
    if (event.target.name !== "at") return;
    const choice = event.target.form.querySelector("input[name=when][value=at]");
    if (choice && choice.type === "radio") choice.checked = true;
  });

  // Staying true

  function essence(part) {
    const copy = part.cloneNode(true);
    for (const id of copy.querySelectorAll("input[name=id], input[name=zone]")) id.remove();
    for (const details of copy.querySelectorAll("details")) details.removeAttribute("open");
    for (const time of copy.querySelectorAll("time, [data-zone-name]")) time.textContent = "";
    for (const field of copy.querySelectorAll("[min]")) field.removeAttribute("min");
    return copy.outerHTML;
  }

  function renewed(old, fresh) {
    if (essence(old) === essence(fresh) || inUse(old)) return false;
    const wasOpen = old.querySelector("details")?.open;
    if (wasOpen) fresh.querySelector("details")?.setAttribute("open", "");
    localise(fresh);
    old.replaceWith(fresh);
    return true;
  }

  function take(fresh) {
    let news = false;
    for (const part of fresh.querySelectorAll("[data-part]:not([data-wish])")) {
      const old = document.getElementById(part.id);
      if (old) news = renewed(old, document.importNode(part, true)) || news;
    }
    const wishes = document.getElementById("wishes");
    const wanted = [...fresh.querySelectorAll("[data-wish]")];
    const ids = new Set(wanted.map((part) => part.id));
    for (const old of [...wishes.children]) if (!ids.has(old.id) && !inUse(old)) old.remove();
    wanted.forEach((part, n) => {
      const old = document.getElementById(part.id);
      if (old) return void renewed(old, document.importNode(part, true));
      const added = document.importNode(part, true);
      localise(added);
      wishes.insertBefore(added, wishes.children[n] ?? null);
    });
    document.title = fresh.title;
    if (!news) return;
    // Emptied before, so that the same words are read out a second time.
    const spoken = document.getElementById("news");
    spoken.textContent = "";
    setTimeout(() => (spoken.textContent = page.dataset.news), 100);
  }

  async function look() {
    if (document.hidden) return;
    const headers = { Accept: "text/html", "If-None-Match": version };
    let pause = PAUSES_S[Math.min(looked, PAUSES_S.length - 1)];
    looked += 1;
    try {
      const answer = await fetch(location.pathname, { headers, redirect: "error" });
      if (answer.ok) {
        version = answer.headers.get("ETag");
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        looked = 0;
        take(fresh);
      } else if (answer.status === 429) {
        pause = Number(answer.headers.get("Retry-After")) || 60;
      } else if (answer.status === 401 || answer.status === 403) {
        return; // The link has ended: what is on the page stays to be read, and the next click says so.
      }
    } catch {
      // The connection is away; the next look tells.
    }
    again(pause);
  }

  function again(seconds) {
    clearTimeout(waiting);
    waiting = setTimeout(look, seconds * 1000);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return clearTimeout(waiting);
    looked = 0;
    again(SOON_S);
  });

  localise(document);
  if (location.search) history.replaceState(null, "", location.pathname);
  again(PAUSES_S[0]);
})();
