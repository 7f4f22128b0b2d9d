// The replay player: the page of an archive that steps to any position. What it shows it looks up, see
// lookup.js; it goes in as text, never as markup.
"use strict";
(() => {
  const { FORMAT, listed, rankedAt, receivedAt, stepped, precisionOf, duration, gap, clock, inOrder } = window.RALLY;
  const tiles = new Map(), asked = new Set();
  let about = null, crews = new Map(), at = 0, choice = "*", first = true, waiting = 0;
  const $ = (id) => document.getElementById(id);

  // -- tiles ------------------------------------------------------------------------------------

  const tileOf = (position) => Math.floor(position / about.size);

  // Ask for a tile; when it is there what is shown by then may be in it, whoever asked first.
  function load(number) {
    if (tiles.has(number) || asked.has(number)) return;
    asked.add(number);
    const script = document.createElement("script");
    script.src = `replay/${number}.js`;
    script.onload = () => { asked.delete(number); if (number === tileOf(at) && tiles.has(number)) show(); };
    script.onerror = () => {
      asked.delete(number);
      if (number === tileOf(at)) note(`The tile replay/${number}.js can't be loaded.`);
    };
    document.head.append(script);
  }

  // -- the page ---------------------------------------------------------------------------------

  const COLUMNS = [
    ["Pl", "place"], ["No", "number"], ["Crew", "crew text"], ["Nat", "nation text wide"],
    ["Category", "category text wide"], ["Time", "time wide"], ["Penalty", "time wide"],
    ["Total", "time"], ["Gap", "time"], ["Interval", "time wide"],
  ];
  const OUT = [["No", "number"], ["Driver", "crew text"], ["Category", "category text wide"], ["Status", "text"], ["Stage", "text wide"], ["Reason", "text"]];

  const element = (name, words = "", of = "") => {
    const made = document.createElement(name);
    if (of) made.className = of;
    if (words) made.textContent = words;
    return made;
  };

  class Table {
    // A table whose lines are kept by crew: what stays as it is is not touched.
    constructor(columns) {
      this.columns = columns;
      this.root = element("table");
      this.caption = this.root.createCaption();
      const head = this.root.createTHead().insertRow();
      for (const [title, of] of columns) {
        const cell = element("th", title, of);
        cell.scope = "col";
        head.append(cell);
      }
      this.body = this.root.createTBody();
      this.lines = new Map();
    }

    show(caption, lines) {
      if (this.caption.textContent !== caption) this.caption.textContent = caption;
      const kept = new Map();
      for (const [key, cells] of lines) {
        const line = this.lines.get(key) || this.line();
        kept.set(key, line);
        this.fill(line, cells);
      }
      this.lines = kept;
      inOrder(this.body, [...kept.values()].map((line) => line.row));
      this.root.hidden = !kept.size;
    }

    line() {
      const row = element("tr");
      for (const [, of] of this.columns) row.append(element("td", "", of));
      return { row, told: [] };
    }

    fill(line, cells) {
      cells.forEach((told, i) => {
        const spelled = typeof told === "string" ? told : told.join("\u0000");
        if (line.told[i] === spelled) return;
        line.told[i] = spelled;
        if (typeof told === "string") line.row.cells[i].textContent = told;
        else line.row.cells[i].replaceChildren(...isolated(told));
      });
    }
  }

  // Names of persons, each isolated from what stands beside it; behind them the badges.
  function isolated(told) {
    const parts = [], [badges, ...names] = told;
    for (const name of names) {
      if (parts.length) parts.push(" / ");
      parts.push(leading(name, told.href));
    }
    for (const each of badges ? badges.split(" ") : []) parts.push(" ", element("span", each, "flag"));
    return parts;
  }

  // A name, and where it leads if there is a page of it.
  function leading(name, href) {
    const words = element("bdi", name);
    if (!href) return words;
    const link = element("a");
    link.href = href;
    link.append(words);
    return link;
  }

  const numbered = (number) => Object.assign(["", number], { href: crews.get(number) });

  const sections = new Map();

  function section(name) {
    if (!sections.has(name)) {
      const root = element("section");
      const made = { root, title: element("h2"), note: element("p", "", "note"), rows: new Table(COLUMNS), out: new Table(OUT) };
      const name_ = element("bdi", name || "All crews");
      made.title.append(name_);
      root.append(made.title, made.note, made.rows.root, made.out.root);
      sections.set(name, made);
    }
    return sections.get(name);
  }

  function fill(shown, list) {
    const precision = precisionOf(list.rows);
    const lines = list.rows.map((row) => [row.number, [
      String(row.place), numbered(row.number), [row.flags.join(" "), row.driver, ...row.codrivers], row.nationality, ["", row.category],
      duration(row.time_ms, precision), gap(row.penalty_ms, precision), duration(row.total_ms, precision),
      gap(row.gap_ms, precision), gap(row.interval_ms, precision),
    ]]);
    const out = list.unclassified.map((each) => [each.number, [
      numbered(each.number), ["", each.driver], ["", each.category], each.status, ["", each.stage], ["", each.reason],
    ]]);
    const words = list.error ? `${list.error.message} ${list.error.hint}`.trim() : lines.length || out.length ? "" : "Nobody is classified yet.";
    shown.note.textContent = words;
    shown.note.hidden = !words;
    shown.rows.show("Classified", lines);
    shown.out.show("Not classified", out);
  }

  function note(words) {
    $("as-of").textContent = words;
  }

  function show() {
    const number = tileOf(at), tile = tiles.get(number);
    $("slider").value = at;
    if (document.activeElement !== $("position")) $("position").value = at;
    if (!tile) return load(number);
    if (tile.format !== FORMAT) return note("This page and its tiles are of different versions: load it again.");
    if (tile.last < at) return note("The archive was published anew meanwhile: load this page again.");
    const names = choice === "*" ? rankedAt(tile, at) : [choice];
    const roots = [];
    for (const name of names) {
      const shown = section(name), list = listed(tile, name, at);
      fill(shown, list || { rows: [], unclassified: [], error: { message: "There is no such list at this position.", hint: "" } });
      roots.push(shown.root);
    }
    const held = $("lists");
    inOrder(held, roots);
    held.dataset.position = at;
    asOf(tile);
    if (!first) addressed();
    first = false;
    const ahead = at - tile.first, near = [];
    if (ahead < about.size / 4 && number > 0) near.push(number - 1);
    if (ahead > (about.size * 3) / 4 && tile.first + about.size <= about.basis.position) near.push(number + 1);
    near.forEach(load);
  }

  // The address names what is shown; browsers bear no change of it at every key.
  function addressed() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const list = choice === "*" ? "" : `&list=${encodeURIComponent(choice)}`;
      history.replaceState(null, "", `#at=${at}${list}`);
    }, 200);
  }

  function asOf(tile) {
    const parts = [`as of #${at} of ${about.basis.position}`], received = receivedAt(tile, at);
    if (received !== null) parts.push(`received ${clock(received, about.zone)}`);
    for (const kind of Object.keys(about.marks)) {
      const mark = about.marks[kind].find(([position]) => position === at);
      if (mark) parts.push(leading(kind === "stage" ? `${mark[1]} begins` : mark[1], mark[2]));
    }
    if (at === about.basis.position) parts.push(`root ${about.basis.root.slice(0, 16)}`);
    const told = parts.flatMap((part) => [" · ", part]).slice(1), words = told.map((part) => part.textContent || part);
    if ($("as-of").textContent !== words.join("")) $("as-of").replaceChildren(...told);
  }

  function go(position) {
    at = Math.min(Math.max(0, position), about.basis.position);
    show();
  }

  function step(kind, by) {
    if (kind === "record") return go(at + by);
    const found = stepped(about.marks[kind].map(([position]) => position), at, by);
    if (found !== undefined) go(found);
  }

  function typed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(text|select-one)$/.test(event.target.type || "")) return;
    const button = [...document.querySelectorAll("button[data-key]")].find((each) => each.dataset.key === event.key);
    if (button) step(button.dataset.step, +button.dataset.by);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(about.basis.position);
    else if (event.key === "g") { $("position").focus(); $("position").select(); }
    else if (event.key === "s") $("slider").focus();
    else if (event.key === "?") keys();
    else return;
    event.preventDefault();
  }

  function keys() {
    $("key-map").hidden = !$("key-map").hidden;
    $("keys").setAttribute("aria-expanded", String(!$("key-map").hidden));
  }

  function field() {
    const words = $("position").value.trim().replace(/^#/, "");
    const back = /^@(?:-(\d{1,15}))?$/.exec(words), last = about.basis.position;
    const found = back ? last - (back[1] || 0) : /^\d{1,15}$/.test(words) ? +words : NaN;
    if (Number.isNaN(found) || found < 0 || found > last) note(`There is no such position: this archive has #0 to #${last}.`);
    else go(found);
  }

  function asked_for() {
    const said = new URLSearchParams(location.hash.slice(1));
    const position = /^\d{1,15}$/.test(said.get("at") || "") ? +said.get("at") : about.basis.position;
    const list = said.get("list");
    choice = list !== null && about.lists.includes(list) ? list : "*";
    $("list").value = choice;
    first = true;
    go(position);
  }

  Object.assign(window.RALLY, {
    tile(told) { tiles.set(tileOf(told.first), told); },
    archive(told) {
      about = told;
      crews = new Map(told.crews);
      for (const name of ["*", ...told.lists]) {
        const option = element("option", name === "*" ? "as the rally ranks them" : name || "all crews together");
        option.value = name;
        $("list").append(option);
      }
      $("moment").hidden = false;
      $("moment").addEventListener("submit", (event) => { event.preventDefault(); field(); });
      $("slider").addEventListener("input", () => go(+$("slider").value));
      $("position").addEventListener("change", field);
      $("list").addEventListener("change", () => { choice = $("list").value; show(); });
      $("keys").addEventListener("click", keys);
      for (const button of document.querySelectorAll("button[data-step]")) {
        button.addEventListener("click", () => step(button.dataset.step, +button.dataset.by));
      }
      document.addEventListener("keydown", typed);
      window.addEventListener("hashchange", asked_for);
      asked_for();
    },
  });
})();
