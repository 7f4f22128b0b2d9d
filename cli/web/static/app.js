// What a browser adds: keys, steps without a reload, and following. Without it every link and every
// form works all the same. Old content stays until the new is there, and focus stays where it was.
// How the slider shows a position at once, see slider.js.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const by = (id) => document.getElementById(id);
  const frame = () => by("frame");
  if (!frame()) return;

  // -- going elsewhere, in place -------------------------------------------------------------------

  let going = null;
  let wanted = 0;
  let sliding = null;
  const kept = new Map();
  const MOST_KEPT = 60;
  const SWAPPED = ["page", "asof", "tools", "steps", "go", "menu"];

  async function fetched(url) {
    const plain = url.split("#")[0];
    if (kept.has(plain)) return kept.get(plain);
    if (going) going.abort();
    going = new AbortController();
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: going.signal });
    const wait = Number(answer.headers.get("Retry-After"));
    const found = { url: answer.url, text: await answer.text(), failed: answer.status >= 500, wait };
    if (/[?&]v=/.test(answer.url) && answer.ok) {
      kept.set(plain, found);
      kept.set(answer.url.split("#")[0], found);
      while (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
    }
    return found;
  }

  // Whatever was asked for is not wanted any more.
  function halt() {
    wanted++;
    if (going) going.abort();
    clearTimeout(sliding);
    sliding = null;
    frame().classList.remove("busy");
  }

  async function go(url, how = "push") {
    const mine = ++wanted;
    let found;
    frame().classList.add("busy");
    try {
      found = await fetched(url);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (how === "follow") old();
      else location.assign(url);
      return;
    } finally {
      if (mine === wanted) frame().classList.remove("busy");
    }
    if (mine !== wanted) return;
    if (how === "follow" && found.failed) {
      old(found.wait);
      return;
    }
    const made = new DOMParser().parseFromString(found.text, "text/html");
    if (!made.getElementById("frame")) {
      location.assign(url);
      return;
    }
    const hash = new URL(url, location.href).hash || new URL(found.url).hash;
    if (how === "push" && found.url !== location.href) history.pushState(null, "", found.url);
    if (how === "replace") history.replaceState(null, "", found.url);
    show(made, hash);
  }

  function show(made, hash) {
    const had = document.activeElement && document.activeElement.id;
    const key = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.key;
    const inPage = by("page").contains(document.activeElement);
    const typed = by("moment") === document.activeElement ? null : undefined;
    const same = by("page").className === made.getElementById("page").className;
    document.title = made.title;
    for (const id of SWAPPED) {
      if (id === "go" && typed === null && by("go").contains(document.activeElement) && had === "moment") {
        by("moment").value = made.getElementById("moment").value;
      }
      const there = by(id), come = made.getElementById(id);
      if (!there || !come) continue;
      if (id === "page" && !same) there.replaceWith(document.adoptNode(come));
      else if (!(id === "go" && typed === null)) become(there, come);
    }
    const was = frame(), now = made.getElementById("frame");
    was.dataset.position = now.dataset.position;
    was.dataset.live = now.dataset.live;
    by("slide").action = made.getElementById("slide").action;
    for (const each of [...by("slide").querySelectorAll("input[type=hidden]")]) each.remove();
    for (const each of made.querySelectorAll("#slide input[type=hidden]")) by("slide").prepend(each);
    const range = by("at");
    range.max = Math.max(Number(range.max), Number(now.dataset.position));
    if (!sliding) range.value = now.dataset.position;
    range.setAttribute("aria-valuetext", `record ${now.dataset.position}`);
    for (const each of document.querySelectorAll(".notice")) each.classList.toggle("shown", `#${each.id}` === hash);
    document.querySelector("footer").replaceWith(document.adoptNode(made.querySelector("footer")));
    if (had && by(had) && document.activeElement !== by(had)) by(had).focus({ preventScroll: true });
    else if (key) {
      const same = document.querySelector(`#steps [data-key="${CSS.escape(key)}"]`);
      if (same && document.activeElement !== same) same.focus({ preventScroll: true });
    } else if (inPage && !by("page").contains(document.activeElement)) by("page").focus({ preventScroll: true });
    ready();
  }

  // Make a part of the page what it is to be, and touch only what is other: so the focus stays, and
  // how far something was scrolled. Lines of tables are known by their crew.
  function become(was, now) {
    for (const { name } of [...was.attributes]) if (!now.hasAttribute(name) && name !== "open") was.removeAttribute(name);
    for (const { name, value } of now.attributes) if (was.getAttribute(name) !== value) was.setAttribute(name, value);
    const held = new Map();
    for (const each of was.children) if (each.dataset.number) held.set(each.dataset.number, each);
    const stays = new Set();
    for (const each of now.children) if (held.has(each.dataset.number)) stays.add(held.get(each.dataset.number));
    let place = was.firstChild;
    for (const come of [...now.childNodes]) {
      const number = come.dataset && come.dataset.number;
      const there = number ? held.get(number) : place;
      while (number && place && !stays.has(place)) {
        const gone = place;
        place = place.nextSibling;
        gone.remove();
      }
      if (!there || !alike(there, come)) {
        was.insertBefore(document.adoptNode(come), place);
      } else {
        if (there === place) place = place.nextSibling;
        else was.insertBefore(there, place);
        if (come.nodeType === Node.ELEMENT_NODE) become(there, come);
        else if (there.data !== come.data) there.data = come.data;
      }
    }
    while (place) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
    if (was === document.activeElement) return;
    if (was.matches("input")) was.value = now.value, was.checked = now.checked;
    if (was.matches("select")) was.value = now.value;
  }

  const alike = (a, b) =>
    a.nodeType === b.nodeType && a.nodeName === b.nodeName &&
    (a.nodeType !== Node.ELEMENT_NODE || (a.id === b.id && a.dataset.number === b.dataset.number && a.dataset.list === b.dataset.list));

  const ours = (link) =>
    link.origin === location.origin && !link.hasAttribute("data-twin") && link.target !== "_top" &&
    (link.pathname + "/").startsWith(frame().dataset.base + "/") && !/\.(json|csv|svg)$/.test(link.pathname);

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!ours(link) || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    const where = slider.from(link.href), step = link.closest("#steps") && new URL(link.href).searchParams.get("to");
    if (!step) slider.stop();
    else if (slider.step(step)) return;
    const menu = link.closest("#menu");
    const page = !link.closest("#steps, #tools");
    go(where).then(() => {
      if (page) {
        if (menu) for (const each of document.querySelectorAll("#menu details")) each.open = false;
        by("page").focus({ preventScroll: true });
        scrollTo(0, 0);
      }
    });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get" || !form.action.startsWith(location.origin)) return;
    event.preventDefault();
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") asked.append(name, value);
    slider.stop();
    go(`${form.action}?${asked}`);
  });

  addEventListener("popstate", () => {
    slider.stop();
    go(location.href, "none");
  });

  // -- the slider ----------------------------------------------------------------------------------

  const slider = window.RALLY.slider({ go, halt });
  const slid = () => {
    const asked = new URLSearchParams();
    for (const each of by("slide").querySelectorAll("input[type=hidden]")) asked.append(each.name, each.value);
    asked.append("at", by("at").value);
    return `${by("slide").action}?${asked}`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.id !== "at") return;
    clearTimeout(sliding);
    by("at").setAttribute("aria-valuetext", `record ${by("at").value}`);
    if (slider.show(Number(by("at").value), "replace")) return;
    sliding = setTimeout(() => {
      go(slid(), "replace").then(() => { sliding = null; });
    }, 25);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "at") event.stopPropagation();
    else if (event.target.closest && event.target.closest(".narrow") && event.target.matches("select, input[type=checkbox]")) event.target.form.requestSubmit();
  });

  // -- keys ----------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (at.matches && at.matches("input:not([type=range]):not([type=checkbox]), select, textarea")) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "g") by("moment").focus(), by("moment").select();
    else if (event.key === "s") by("at").focus();
    else {
      const link = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
      if (!link) return;
      link.click();
    }
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#keys-open")) by("keys").showModal();
    for (const each of document.querySelectorAll("#menu details[open]")) if (!each.contains(event.target)) each.open = false;
  });

  // -- following -----------------------------------------------------------------------------------

  let source = null;
  let again = null;
  const MOST_TOLD = 6;
  const place = (each) => (each === null ? "not classified" : `${each}.`);

  function follow() {
    const live = frame().dataset.live === "yes";
    if (!live) {
      if (source) source.close();
      source = null;
      clearTimeout(again);
      by("news").hidden = true;
      return;
    }
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(`${frame().dataset.base}/follow?since=${frame().dataset.position}`);
    source.onopen = () => { if (by("old")) refresh(); };
    source.onerror = () => old();
    source.onmessage = (event) => {
      tell(JSON.parse(event.data));
      clearTimeout(again);
      again = setTimeout(refresh, 60);
    };
  }

  function refresh() {
    if (frame().dataset.live !== "yes") return;
    if (!slider.moving) go(location.href, "follow");
    else if (by("old")) old();
  }

  // The server does not answer, or has no time: what is shown stays, is said to be old, and is asked
  // for again. What stands in its place takes the notice away.
  const PATIENCE_S = 5;
  function old(seconds) {
    clearTimeout(again);
    again = setTimeout(refresh, 1000 * (seconds || PATIENCE_S));
    if (by("old") || frame().dataset.live !== "yes") return;
    const said = document.createElement("strong");
    said.id = said.className = "old";
    said.textContent = "Not up to date: the server does not answer. It is asked again.";
    by("asof").append(said);
  }

  function tell(news) {
    const list = by("news").querySelector("ol");
    const item = document.createElement("li");
    const words = document.createElement("bdi");
    words.textContent = news.words;
    item.className = "fresh";
    item.append(`#${news.position} `, words);
    if (news.changed.length) {
      const moves = document.createElement("span");
      moves.className = "moves";
      const told = news.changed.slice(0, 8).map((each) =>
        each.place[0] === each.place[1] ? `${each.number} stays ${place(each.place[1])}` : `${each.number} ${place(each.place[0])} → ${place(each.place[1])}`);
      const more = news.changed.length - told.length;
      moves.textContent = told.join(", ") + (more > 0 ? ` and ${more} more` : "");
      item.append(moves);
    }
    list.prepend(item);
    while (list.children.length > MOST_TOLD) list.lastChild.remove();
    by("news").hidden = false;
  }

  // -- what an absolute page does not know: how far the log goes -----------------------------------

  function extend() {
    if (!slider.head) return;
    by("at").max = Math.max(slider.head, Number(by("at").value));
    const strip = new URL(by("strip").src);
    strip.searchParams.delete("at");
    strip.searchParams.delete("v");
    if (strip.href !== by("strip").src) by("strip").contentWindow.location.replace(strip.href);
  }

  function ready() {
    const open = by("keys-open");
    if (open) open.hidden = false;
    follow();
    return slider.stands();
  }

  const opened = ready();
  if (opened) opened.then(extend);
})();
