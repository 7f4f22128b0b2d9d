// The slider on a page of standings: what a position showed stands in the page at once, looked up in
// the tiles of the ledger (see lookup.js). Where one stops, the server's page takes its place: the
// same rows, with all that stands around them. Whatever is not in a tile is asked of the server.
"use strict";
window.RALLY.slider = ({ go, halt }) => {
  const { FORMAT, listed, rankedAt, receivedAt, stepped, precisionOf, duration, gap, clock, inOrder } = window.RALLY;
  const SETTLED_MS = 250, RESTS_MS = 40, MOST_TILES = 24, CALL = "RALLY.tile(", END = ");\n";
  const by = (id) => document.getElementById(id);
  const data = () => by("frame").dataset, which = () => by("lists")?.dataset.lists;
  const tiles = new Map(), asked = new Map();
  let about = null, asking = null, beginning = null;
  let at = null, how = "replace", settling = 0, wish = null, resting = 0;

  // -- tiles ---------------------------------------------------------------------------------------

  const tileOf = (position) => Math.floor(position / about.size);
  const has = (number, position) => tiles.has(number) && tiles.get(number).last >= position;

  // How far the log goes, and where its steps lead.
  function look() {
    asking ??= fetch(`${data().base}/tiles`)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((told) => { if (told && told.format === FORMAT) about = told; return about; }, () => about)
      .finally(() => { asking = null; });
    return asking;
  }

  async function load(number) {
    const last = Math.min(number * about.size + about.size - 1, about.position);
    if (number < 0 || last < number * about.size || has(number, last) || asked.has(number)) return;
    const asks = new AbortController();
    asked.set(number, asks);
    try {
      const answer = await fetch(`${data().base}/tiles/${number}.js?at=${last}&v=${about.tiles}`, { signal: asks.signal });
      const text = answer.ok ? await answer.text() : "";
      if (!text.startsWith(CALL) || !text.endsWith(END)) return;
      tiles.delete(number);
      tiles.set(number, JSON.parse(text.slice(CALL.length, -END.length)));
      while (tiles.size > MOST_TILES) tiles.delete(tiles.keys().next().value);
      if (wish && tileOf(wish.position) === number) show(wish.position, wish.how);
    } catch { /* nobody waits for it, or the server is asked for the page instead */
    } finally {
      asked.delete(number);
    }
  }

  // Have the tile of a position at hand, and of those beside it what is near; others are let go.
  function ready(position) {
    const number = tileOf(position), ahead = position - number * about.size, wanted = [number];
    if (ahead < about.size / 4) wanted.push(number - 1);
    if (ahead > (about.size * 3) / 4) wanted.push(number + 1);
    for (const [each, asks] of asked) if (!wanted.includes(each)) asks.abort();
    wanted.forEach(load);
  }

  async function begin(position) {
    if (!about || position > about.position) await look();
    if (about && which() !== undefined && position <= about.position) ready(position);
  }

  // -- moving --------------------------------------------------------------------------------------

  // Show a position; false where no tile at hand tells what this page shows then.
  function show(position, way) {
    const found = lists(position);
    if (!found) {
      clearTimeout(settling);
      wish = { position, how: way };
      clearTimeout(resting);
      resting = setTimeout(() => { if (wish) begin(wish.position); }, RESTS_MS);
      return false;
    }
    halt();
    wish = null;
    // What is said of the moment is less than on the server's page: nothing below it jumps for that.
    if (at === null) by("asof").style.minHeight = `${by("asof").offsetHeight}px`;
    how = at !== null && how === "push" ? "push" : way;
    at = position;
    const had = document.activeElement;
    for (const [i, name] of found.names.entries()) fill(section(name), found.names[i], found.lists[i]);
    inOrder(by("lists"), found.names.map(section));
    by("lists").dataset.position = at;
    asOf(found.tile);
    if (had !== document.activeElement) (had.isConnected ? had : by("page")).focus({ preventScroll: true });
    clearTimeout(settling);
    settling = setTimeout(settle, SETTLED_MS);
    ready(at);
    return true;
  }

  function lists(position) {
    const said = which();
    if (said === undefined || !about || position < 1 || position > about.position) return null;
    const tile = has(tileOf(position), position) ? tiles.get(tileOf(position)) : null;
    if (!tile || tile.format !== FORMAT) return null;
    const several = said === "*" ? rankedAt(tile, position) : [said.slice(1)];
    const found = several.map((name) => listed(tile, name, position));
    if (found.some((each) => !each || each.error)) return null;
    return { tile, lists: found, names: several.length > 1 ? several : [""] };
  }

  // The server's page at the position at which one stopped.
  function settle() {
    settling = 0;
    go(address(at), how);
  }

  function address(position) {
    const query = new URLSearchParams({ at: position, v: about.build });
    for (const each of by("slide").querySelectorAll("input[type=hidden]")) query.append(each.name, each.value);
    return `${by("slide").action}?${query}`;
  }

  // Go to the next or the previous of a kind; false where the server has to say where that is.
  function step(where) {
    clearTimeout(settling);
    const [, side, what] = /^(\w+)-(.+)$/.exec(where), way = side === "next" ? 1 : -1;
    const here = at ?? Number(data().position);
    if (!about || here > about.position) return begin(here), false;
    const there = what === "record" ? here + way : stepped(about.steps[what], here, way);
    return there !== undefined && show(there, "push");
  }

  // Where a step leads that the server is asked for: from the position that is shown.
  function from(href) {
    if (at === null) return href;
    const there = new URL(href);
    if (there.searchParams.has("from")) there.searchParams.set("from", at);
    return there.href;
  }

  // Another page stands there, or is gone to: nothing is on its way any more.
  function stop() {
    clearTimeout(settling);
    clearTimeout(resting);
    at = wish = null;
    settling = 0;
    how = "replace";
  }

  // A page stands there, fetched or opened. What is looked up along a live one is asked for when
  // somebody reaches for it: its last tile goes further with every record.
  function stands() {
    stop();
    beginning = Number(data().position);
    if (data().live === "no") return begin(beginning);
    return null;
  }

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      if (beginning === null || !by("frame").contains(event.target)) return;
      begin(beginning);
      beginning = null;
    });
  }

  // What a link leads to is of the moment that stands there: asked when somebody takes it.
  function ofThisMoment(event) {
    const link = at !== null && event.target.closest && event.target.closest("#page a[href], #tools a[href]");
    if (!link || !link.href.startsWith(`${location.origin}${data().base}/`)) return;
    const there = new URL(link.href);
    if (!there.searchParams.has("at") && link.closest("#tools")) return;
    there.searchParams.set("at", at);
    there.searchParams.set("v", about.build);
    link.href = there.href;
  }
  for (const kind of ["pointerdown", "click", "auxclick", "contextmenu", "focusin"]) document.addEventListener(kind, ofThisMoment, true);

  // -- the page ------------------------------------------------------------------------------------

  const element = (name, of = "", ...parts) => {
    const made = document.createElement(name);
    if (of) made.className = of;
    made.append(...parts);
    return made;
  };

  // As of when it is, as far as a tile tells: the rest comes with the server's page.
  function asOf(tile) {
    const received = receivedAt(tile, at), words = [`as of #${at}`];
    if (received !== null) words.push(`received ${clock(received, about.zone)}`);
    const line = by("asof");
    if (line.textContent !== words.join("")) line.replaceChildren(...words.map((each) => element("span", "nowrap", each)));
    by("at").value = at;
    by("at").setAttribute("aria-valuetext", `record ${at}`);
    if (document.activeElement !== by("moment")) by("moment").value = `#${at}`;
    for (const each of document.querySelectorAll(".narrow input[name=at]")) each.value = at;
  }

  function section(name) {
    for (const each of by("lists").children) if (each.dataset.list === name) return each;
    const made = element("section");
    made.dataset.list = name;
    if (name) made.append(element("h2", "", element("bdi", "", spelled(name))));
    by("lists").append(made);
    return made;
  }

  function fill(into, name, list) {
    const precision = precisionOf(list.rows), [ranked, unranked] = about.tables;
    for (const note of into.querySelectorAll(":scope > .note")) note.classList.add("stale");
    const parts = [...into.querySelectorAll(":scope > .note, :scope > h2:first-child")];
    const rows = list[ranked.rows], others = list[unranked.rows];
    if (rows.length) parts.push(table(into, true, ranked, rows, precision, `Classification ${spelled(name)}`));
    else parts.push(into.querySelector(":scope > .nothing") || element("p", "nothing", ranked.nothing));
    if (others.length) {
      const title = [...into.querySelectorAll(":scope > h2")].find((each) => each.textContent === unranked.title && each !== parts[0]);
      parts.push(title || element("h2", "", unranked.title));
      parts.push(table(into, false, unranked, others, precision, `Not classified ${spelled(name)}`));
    }
    inOrder(into, parts);
  }

  const isSomething = (value) => (Array.isArray(value) ? value.some(isSomething) : value !== null && value !== undefined && value !== "");

  // Of which row each line was drawn last, and how precisely: to read again what stands in every cell
  // would take most of a step.
  const drawn = new WeakMap();

  // The table of rows, in its frame: each line is that of its crew, and only what is other is touched.
  function table(into, isRanked, { columns }, rows, precision, label) {
    const shown = columns.filter((each) => rows.some((row) => each.names.some((name) => isSomething(row[name]))));
    let found = into.querySelector(`:scope > .scroll > table${isRanked ? ".standings" : ":not(.standings)"}`);
    if (!found) {
      found = element("table", isRanked ? "standings" : "", element("thead", "", element("tr")), element("tbody"));
      if (isRanked) found.dataset.rows = "";
      const frame = element("div", "scroll", found);
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", label);
    }
    const head = found.tHead.rows[0], body = found.tBodies[0];
    if ([...head.cells].map((each) => each.textContent).join("\n") !== shown.map((each) => each.title).join("\n")) {
      head.replaceChildren(...shown.map(title));
      body.replaceChildren();
    }
    const held = new Map();
    for (const line of body.rows) held.set(line.dataset.number ?? line.cells[0].textContent, line);
    inOrder(body, rows.map((row) => {
      const line = held.get(isRanked ? row.number : spelled(row.number)) || blank(shown);
      if (isRanked) line.dataset.number = row.number;
      const before = drawn.get(line), was = before?.precision === precision ? before.row : null;
      for (const [i, column] of shown.entries()) {
        if (!was || column.names.some((each) => was[each] !== row[each])) put(line.cells[i], column, row, precision);
      }
      drawn.set(line, { row, precision });
      return line;
    }));
    return found.parentNode;
  }

  function title(column) {
    const made = element("th");
    made.scope = "col";
    if (column.figure) made.className = "fig";
    made.append(column.kind === "place" ? element("span", "hide", column.title) : column.title);
    return made;
  }

  function blank(columns) {
    const line = element("tr");
    for (const each of columns) {
      const also = { place: " place", total_ms: " total" }[each.names[0]] || "";
      line.append(element("td", each.figure ? `fig${also}` : /^(words|name)$/.test(each.kind) ? each.kind : ""));
    }
    return line;
  }

  // A cell, if something else stands in it.
  function put(cell, column, row, precision) {
    const [first, ...others] = column.names, value = row[first];
    const also = others.flatMap((name) => row[name] ?? []).map(spelled);
    const words = said(column.kind, value, precision) + also.map((each) => ` / ${each}`).join("");
    if (cell.textContent === words) return;
    const link = cell.firstElementChild;
    if (link && link.localName === "a" && !also.length) {
      link.textContent = words;
      if (column.kind === "crew") link.replaceChildren(element("bdi", "", words));
      return;
    }
    cell.replaceChildren(...parts(column, row, said(column.kind, value, precision)));
    for (const each of also) cell.append(element("span", "with", " / ", element("bdi", "", each)));
  }

  function said(kind, value, precision) {
    if (value === null || value === undefined || value === "") return "";
    switch (kind) {
      case "time": return duration(value, precision);
      case "gap": return gap(value, precision);
      case "flags": return value.map((each) => each.replaceAll("-", " ")).join(" ");
      case "name": return [value].flat().map(spelled).join(" / ");
      default: return spelled(String(value));
    }
  }

  function parts({ kind, names }, row, words) {
    if (words === "") return [];
    switch (kind) {
      case "place": case "gap": return [words];
      case "crew": return [leading("crew", row.number, "no", element("bdi", "", words))];
      case "time": return names[0] === "total_ms" ? [leading("why", row.number, "", words)] : [words];
      case "flags": return row.flags.flatMap((each, i) => [...(i ? [" "] : []), element("span", "badge", each.replaceAll("-", " "))]);
      case "name": return [row[names[0]]].flat().flatMap((each, i) => [...(i ? [" / "] : []), element("bdi", "", spelled(each))]);
      case "status": return [element("span", "status", words)];
      default: return [element("bdi", "", words)];
    }
  }

  function leading(page, number, of, words) {
    const link = element("a", of, words);
    const part = encodeURIComponent(number).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
    link.href = `${data().base}/${page}/${part}?at=${at}&v=${about.build}`;
    return link;
  }

  // What would act on a text or not be seen in it, by its number: as the server spells it.
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;
  const spelled = (text) => text.replace(UNSEEN, (each) => {
    if ("\n\u200c\u200d".includes(each)) return each;
    const number = each.codePointAt(0), digits = number.toString(16);
    return number < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });

  return { show, step, from, stop, stands, get moving() { return at !== null; }, get head() { return about ? about.position : 0; } };
};
