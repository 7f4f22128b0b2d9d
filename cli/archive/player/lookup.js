// The look-up: a list as it stood at a position, out of a tile and of nothing else. It knows no page
// and no rule, and sorts nothing: the lines stand in the order that the ledger gave them. An archive
// and a server show what they show by this same file.
"use strict";
window.RALLY = (() => {
  const FORMAT = 1, ROW = 4, OTHER = 2;
  const ENTRY = ["number", "driver", "codrivers", "nationality", "category", "class", "vehicle", "team"];

  // -- what a tile tells ------------------------------------------------------------------------

  function changed(held, gone, come, width) {
    if (!gone.length && !come.length) return held;
    const stay = held.slice();
    for (let i = gone.length - 2; i >= 0; i -= 2) stay.splice(gone[i], gone[i + 1]);
    const found = [];
    let taken = 0;
    for (let i = 0; i < come.length; i += width + 1) {
      const until = taken + come[i];
      while (taken < until) found.push(stay[taken++]);
      found.push(come.slice(i + 1, i + 1 + width));
    }
    while (taken < stay.length) found.push(stay[taken++]);
    return found;
  }

  const entryOf = (tile, crew) => Object.fromEntries(tile.crews[crew].map((each, i) => [ENTRY[i], each]));

  function ranked(tile, items, closesUp) {
    let place = 0, first = 0, before = 0;
    return items.map(([crew, time_ms, penalty_ms, flags], i) => {
      const total_ms = time_ms + penalty_ms;
      if (!i) first = before = total_ms;
      if (flags % 2 === 0) place = closesUp ? place + 1 : i + 1;
      const gaps = { gap_ms: total_ms - first, interval_ms: total_ms - before };
      before = total_ms;
      return { place, ...entryOf(tile, crew), time_ms, penalty_ms, total_ms, ...gaps, flags: tile.flags[flags >> 1] };
    });
  }

  function unranked(tile, items) {
    return items.map(([crew, fate]) => {
      const [status, stage, reason] = tile.fates[fate];
      return { ...entryOf(tile, crew), status, stage, reason };
    });
  }

  // A list at a position: its rows and who is in none, or the error that stood in its place; null
  // where there was no such list then.
  function listed(tile, name, position) {
    let ahead = position - tile.first, scope = 0, rows = [], others = [];
    const frames = tile.lists[name];
    for (const [by, of, gone = [], come = [], othersGone = [], othersCome = []] of Array.isArray(frames) ? frames : []) {
      ahead -= by;
      if (ahead < 0) break;
      scope = of || scope;
      rows = changed(rows, gone, come, ROW);
      others = changed(others, othersGone, othersCome, OTHER);
    }
    const told = scope ? tile.scopes[scope - 1] : null;
    return told && { ...told, rows: ranked(tile, rows, told.closes_up), unclassified: unranked(tile, others) };
  }

  // The lists in which the rally ranks its crews at a position.
  function rankedAt(tile, position) {
    let found = [""];
    for (const [since, names] of tile.ranked) if (since <= position) found = names;
    return found;
  }

  // When the record at a position was received (UTC ms); null before the first.
  function receivedAt(tile, position) {
    const last = tile.received.length - 1 - (tile.last - position);
    let ms = 0;
    for (let i = 0; i <= last; i++) ms += tile.received[i];
    return position ? ms : null;
  }

  // The place to which a step leads, of places in their order; undefined where there is none.
  const stepped = (places, at, by) =>
    by > 0 ? places.find((each) => each > at) : places.findLast((each) => each < at);

  // -- words ------------------------------------------------------------------------------------

  const two = (n) => String(n).padStart(2, "0");

  // As finely as any of the times of a list.
  function precisionOf(rows) {
    const times = rows.flatMap((row) => [row.time_ms, row.total_ms]).filter(Boolean);
    return [1000, 100, 10].find((each) => times.every((ms) => ms % each === 0)) || 1;
  }

  function duration(ms, precision) {
    const sign = ms < 0 ? "-" : "", whole = Math.abs(ms), seconds = Math.floor(whole / 1000);
    const digits = { 1: 3, 10: 2, 100: 1 }[precision] || 0;
    const rest = digits ? "." + String(whole % 1000).padStart(3, "0").slice(0, digits) : "";
    return `${sign}${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${rest}`;
  }

  const gap = (ms, precision) => (ms ? (ms > 0 ? "+" : "") + duration(ms, precision) : "");

  // Day and minute by the clocks of the rally, with their offset; without a zone in UTC.
  function clock(ms, zone) {
    const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
    const shift = fixed ? (fixed[1] + 1) * (fixed[2] * 60 + +fixed[3]) * 60000 : 0;
    const shown = (timeZone) => {
      const how = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone, timeZoneName: "longOffset" };
      const told = {};
      for (const { type, value } of new Intl.DateTimeFormat("en-US", how).formatToParts(new Date(ms + shift))) told[type] = value;
      const offset = fixed ? zone : told.timeZoneName.slice("GMT".length) || "+00:00";
      return `${told.day} ${told.month} ${told.hour}:${told.minute} ${offset}`;
    };
    try {
      if (zone && !fixed) return shown(zone);
    } catch { /* a zone that this browser does not know */ }
    try {
      return shown("UTC");
    } catch {
      return "at no time that a calendar has";
    }
  }

  // -- lines ------------------------------------------------------------------------------------

  // Put the lines of a table, or the parts of a page, in this order; what stands right is not
  // touched, and what is not among them goes.
  function inOrder(parent, wanted) {
    let place = parent.firstElementChild;
    const kept = new Set(wanted);
    for (const each of wanted) {
      while (place && !kept.has(place)) {
        const gone = place;
        place = place.nextElementSibling;
        gone.remove();
      }
      // One that falls back is put behind later: those that it stood before need not move.
      if (place && place !== each && place.nextElementSibling === each) place = each;
      if (each === place) place = place.nextElementSibling;
      else parent.insertBefore(each, place);
    }
    while (place) {
      const gone = place;
      place = place.nextElementSibling;
      gone.remove();
    }
  }

  return { FORMAT, listed, rankedAt, receivedAt, stepped, precisionOf, duration, gap, clock, inOrder };
})();
