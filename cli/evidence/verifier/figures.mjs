// Classifications, their differences, what a total is made of, and time cards (specification, 8 to 10).
import { bytesOf, canonical, clock, digest, foundOnce, iso, listed, need, NotLaidOut, opt, plainName, same, show, strict, sum, textOrNone, textual, whole } from "./bytes.mjs";
import { eachAddend, MUST_BE_NAMED, nothingLeftOut } from "./addends.mjs";

const OVERALL = "classifications/overall", TOGETHER = " + ", CLASSIFIED = ["classified", "running", "finished"];
const stemOf = (name) => name.slice(name.lastIndexOf("/") + 1, -".json".length);
const putBack = (row) => listed(opt(row, "flags", [])).includes("relegated");

// The digest of what a classification says: its scope, its rows, and who is not in it.
export function contentDigest(said) {
  return digest(canonical({ scope: said.scope, rows: opt(said, "rows", []), unclassified: opt(said, "unclassified", []) }));
}

// What regulations and bulletins set each rule to, and by what, corrected or not.
export const everSet = foundOnce((check) => {
  const found = new Map(), says = (name, value, source) => found.set(name, [...(found.get(name) || []), [value, source]]);
  for (const record of check.told("RegulationsAdopted", "BulletinIssued")) {
    for (const said of check.log.versions(record)) {
      const provenance = opt(said, "provenance") || {};
      for (const [name, value] of Object.entries(opt(said, "parameters") || {})) says(name, value, opt(provenance, name, ""));
      for (const each of opt(said, "later") || []) says(each.parameter, each.value, opt(each, "provenance", ""));
    }
  }
  return found;
});

// Whether rules said at some time that no place stays empty behind one that is shared: 1, 1, 2.
const mayCloseUp = (check) => (everSet(check).get("ties.shared_place") || []).some(([value]) => value === "1-1-2");

// The arithmetic of a classification: totals, gaps, intervals and places, and nobody twice.
function checkRows(check, name, rows, out) {
  const first = rows.length ? whole(rows[0].total_ms) : 0, closesUp = mayCloseUp(check) && rows.every((row, i) => whole(row.place) <= (i ? rows[i - 1].place : 0) + 1);
  let before = first, slowest = 0, place = 0;
  rows.forEach((row, i) => {
    const where = `${name} row ${i + 1}`, total = whole(row.total_ms), added = whole(row.time_ms) + whole(row.penalty_ms), interval = total - before;
    need(total === added, where, `time and penalties are ${added} ms, and not ${total}`);
    if (!putBack(row)) { // by how many places, only the rules of the rally tell
      need(total >= slowest, where, "it is faster than the row above it");
      slowest = total;
    }
    need(row.gap_ms === total - first, where, `the gap to the first is ${total - first} ms`);
    need(row.interval_ms === interval, where, `the gap to the row above is ${interval} ms`);
    need((i > 0 && !interval && row.place === place) || row.place === (closesUp ? place : i) + 1, where, `its place is not ${row.place}`);
    [before, place] = [total, row.place];
  });
  const numbers = [...rows, ...out].map((row) => row.number);
  need(numbers.length === new Set(numbers).size, name, "a crew is in it twice");
}

export function classification(check, name) {
  const found = check.json(name), { cut, scope } = found, { position: decision } = check.manifest.decision, head = check.records.length;
  checkRows(check, name, found.rows, found.unclassified);
  const knownAt = whole(cut.position), expected = { before: decision - 1, after: decision }[stemOf(name)] ?? head, hypothetical = name.endsWith("/without.json");
  need(knownAt === expected, name, `it is as of #${knownAt}, and not of #${expected}`);
  need(cut.root === check.roots[knownAt], name, "it rests on a log with another root");
  check.known(name, found.without);
  need(knownAt > 0 || !cut.received_at, name, "it rests on nothing");
  if (knownAt) need(cut.received_at === iso([check.records[knownAt - 1].receivedAt, 0]), name, "its last record was received at another time");
  need(cut.edition === check.manifest.basis.edition, name, "it is of another edition");
  need(found.hypothetical === hypothetical, name, "it says that it is hypothetical, or not");
  ofItsFolder(name, scope);
  need(!(found.refused && found.rows.length), name, "it has rows, and was refused");
  found.rows.forEach((row, i) => check.crew(`${name} row ${i + 1}`, row));
  for (const row of found.unclassified) check.ofACrew(`${name} crew ${row.number}`, row, "category");
  if (!found.refused) everybody(check, name, found, knownAt);
  const names = check.regulations(knownAt);
  need(names.has(cut.rulebook), name, `it is by ${[...names].join(", ")}`);
  need(hypothetical ? found.without.includes(decision) : !found.without.length, name, `it is not the one ${hypothetical ? "without" : "with"} #${decision}`);
  need(found.without.every((each, i) => i === 0 || found.without[i - 1] < each), name, "what is left out is out of order");
  if (hypothetical) return;
  const asked = strict(Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null)));
  for (const { said, position } of check.told("ClassificationPublished").filter((each) => opt(each.said, "digest"))) {
    if (said.position !== knownAt || !same(said.scope, asked) || opt(said, "edition", 0) !== cut.edition) continue;
    need(contentDigest(strict({ ...found, scope: asked })) === said.digest, name, `it is not what document ${said.document} (#${position}) says`);
  }
}

// Whoever was entered by then is in it or is told not to be, if in its category at all.
function everybody(check, name, found, knownAt) {
  const { log } = check, there = new Set([...found.rows, ...found.unclassified].map((row) => log.bearer(row.number))), { category } = found.scope;
  for (const each of check.told("CrewEntered").filter((one) => one.position <= knownAt)) {
    const { number } = each.said, known = category ? check.persons(number).category : new Set([category]), copies = log.copies(each);
    const amended = copies.length > 1 || copies.some((copy) => log.amending.has(copy)) || log.powers.refused.has(each.id) || log.powers.saidLast > knownAt;
    if (amended || known.size > 1) check.leftOpen(name, "rows.number", "unclassified.number");
    else if (known.size === 1 && known.has(category)) need(there.has(log.bearer(number)), name, `crew ${number} is missing`);
  }
}

// A classification is of what its folder is called by: all of one folder are of one.
function ofItsFolder(name, scope) {
  need(Object.values(scope).every((value) => value === null || (typeof value === "string" && value)), name, "its scope is no scope");
  const called = plainName([...(scope.after ? ["after", scope.after] : ["overall"]), ...(scope.category ? [scope.category] : [])].join("-"));
  need(name.split("/")[1] === called, name, `its scope is that of ${called}`);
  const rest = Object.entries(scope).filter(([key]) => !["kind", "after", "category"].includes(key)).map(([, value]) => value);
  need(scope.kind === "overall" && rest.every((value) => value === null), name, "it is no overall");
}

// -- differences ----------------------------------------------------------------------------------

// The crews that differ between two classifications are those, and they differ so.
export function difference(check, name) {
  const found = check.json(name), folder = name.slice(0, name.lastIndexOf("/")), between = name.endsWith("-record.json") ? ["before", "after"] : ["with", "without"];
  need(same(found.between, between), name, `it is between ${between.join(" and ")}`);
  const sides = between.map((each) => check.json(`${folder}/${each}.json`));
  need(found.hypothetical === (between[1] === "without"), name, "it is hypothetical, or not");
  for (const each of sides) need(same(found.scope, each.scope), name, "it is of another scope");
  need(opt(found, "joint", false) === sides.some((each) => opt(each, "joint")), name, "it is a joint list, or not");
  const byNumber = (rows) => new Map(rows.map((row) => [row.number, row])), shown = sides.map((side) => byNumber(side.rows)), out = sides.map((side) => byNumber(side.unclassified));
  const figuresOf = (row) => (row ? [row.place, row.total_ms] : [null, null]);
  const moved = [...new Set([...shown[0].keys(), ...shown[1].keys()])].filter((number) => !same(figuresOf(shown[0].get(number)), figuresOf(shown[1].get(number))));
  const named = found.rows.map((row) => row.number);
  need(named.length === new Set(named).size, name, "a crew is in it twice");
  need(same([...named].sort(), moved.sort()), name, `those who differ are ${moved.join(", ") || "none"}`);
  const decision = check.manifest.decision.position, allowed = new Set([decision, ...sides[1].without]);
  found.rows.forEach((row, i) => {
    const where = `${name} row ${i + 1}`, { because } = row;
    for (const side of [0, 1]) {
      const of = shown[side].get(row.number), left = out[side].get(row.number);
      need(same([row.place[side], row.total_ms[side], row.gap_ms[side]], [...figuresOf(of), of ? of.gap_ms : null]), where, "its figures are others");
      need(row.status[side] === (of || !left ? null : left.status), where, "its status is another");
    }
    check.ofACrew(where, row, "category");
    need(because.every((each, at) => !at || whole(each) > because[at - 1]), where, "what explains it is out of order");
    need(because.length > 0 && because.every((each) => allowed.has(each)), where, `#${decision} does not explain it`);
  });
  if (allowed.size > 1) check.leftOpen(name, "rows.because"); // which of them it takes, only the rules of the rally tell
  const explaining = [...new Set(found.rows.flatMap((row) => row.because))].sort((one, other) => one - other);
  need(same(found.records.map((each) => each.position), explaining), name, "its records are not those that explain it");
  for (const each of found.records) {
    const told = check.record(name, each.position, each.id);
    need(each.type === told.type, name, `#${each.position} is no ${each.type}`);
    check.recorded(name, told, each, "recorded_by");
  }
}

// The differences of the classifications as a text to read, one under another.
export function movesOf(differences) {
  const lines = [];
  for (const found of differences) {
    const [before, after] = found.between.map(textual), stage = textOrNone(found.scope.after), category = textOrNone(found.scope.category), refused = textOrNone(found.refused);
    const title = `Overall${stage ? ` after ${stage}` : " so far"}${category ? `, ${category}` : ""}`;
    lines.push(`${title}${opt(found, "joint") ? " (a list across classifications that are kept apart: nobody is ranked in it)" : ""}: ${before} → ${after} the decision`, "");
    if (refused) lines.push(`    There is none: ${refused}`);
    else if (!found.rows.length) lines.push("    Nobody stands otherwise.");
    for (const row of found.rows) {
      if (row.place.length !== row.total_ms.length) throw new NotLaidOut("it has more sides than two");
      const sides = row.place.map((place, side) => (place ? `${place}. ${clock(row.total_ms[side])}` : textOrNone(row.status[side]) || "not in it"));
      lines.push(`    ${textual(row.number)} ${textual(row.driver)}: ${sides.join(" → ")} (${row.because.map((each) => `#${each}`).join(", ")})`);
    }
    lines.push("");
  }
  return bytesOf(lines.join("\n"));
}

// -- why ------------------------------------------------------------------------------------------

// The addends sum to the total, the total is that of the classification, and each rests on records.
export function why(check, name) {
  const found = check.json(name), { addends, number } = found, of = `classifications/${name.split("/")[1]}/with.json`;
  const total = sum(addends.map((each) => each.ms)), charged = sum(addends.filter((each) => each.kind === "penalty").map((each) => each.ms));
  need(found.total_ms === total, name, `its addends sum to ${total} ms`);
  need(found.penalty_ms === charged, name, `its penalties sum to ${charged} ms`);
  need(found.time_ms === total - charged, name, `its times sum to ${total - charged} ms`);
  addends.forEach((each, i) => {
    const where = `${name} addend ${i + 1}`, parts = sum(each.parts.map((part) => part.ms));
    need(each.ms === parts, where, `its parts sum to ${parts} ms`);
    check.known(where, each.positions);
    cited(check, where, each.records);
    for (const part of each.parts) check.known(where, part.positions);
  });
  cited(check, name, found.status.records);
  eachAddend(check, name, found);
  need(found.classification === of, name, `it is about ${of}`);
  need(name.endsWith(`/${plainName(number)}.json`), name, "it is of another crew");
  const list = check.json(of), row = rowOf(list, number), out = list.unclassified.find((each) => each.number === number);
  need(same(found.scope, list.scope), name, `${of} has another scope`);
  check.ofACrew(name, found, "codrivers", "category");
  placesOf(check, name, found, list.rows);
  const status = out ? out.status : null;
  need((row ? CLASSIFIED : [status]).includes(found.status.name), name, `its status is ${status || CLASSIFIED[0]}`);
  if (row) check.leftOpen(name, "status.name"); // whether it still is under way is no question of a classification
  need(same(found.flags, row ? row.flags : []), name, `${of} has other flags for it`);
  need(found.classified === Boolean(row), name, "it stands otherwise in the classification");
  if (!row) need(found.place === null, name, "it has a place, and is not classified");
  else {
    need(["place", "time_ms", "penalty_ms", "total_ms"].every((each) => found[each] === row[each]), name, `${of} has other figures for ${number}`);
    nothingLeftOut(check, name, found);
  }
  need(Boolean(found.places.length) === Boolean(row), name, "its places are missing");
}

const rowOf = (list, number) => list.rows.find((row) => row.number === number);

// Its places, and who is before and behind it, are those of the classification.
function placesOf(check, name, found, rows) {
  const told = found.places.map((place) => place.category);
  need(!told.length || told[0] === null, name, "its first place is not the one among all");
  need(told.length < 3 && !told.slice(1).includes(null), name, "it has a place twice");
  for (const place of found.places) {
    const { category } = place, within = category && category.split(TOGETHER), where = `${name} place in ${category || "all"}`;
    need(within === null || within.includes(found.category), name, `it is not of ${category}`);
    const of = rows.filter((row) => within === null || within.includes(row.category)), at = of.findIndex((row) => row.number === found.number);
    need(at >= 0, where, "it is not classified");
    const own = of[at].total_ms, faster = of.filter((row) => row.total_ms < own && !putBack(row)).map((row) => row.total_ms);
    const rank = 1 + (mayCloseUp(check) ? new Set(faster).size : faster.length);
    // Some places back are counted among the crews of each classification by itself.
    const moved = within !== null && of.some(putBack), last = moved ? of.length : at + 1;
    need(rank <= whole(place.place) && place.place <= last && place.of === of.length, where, `it is ${rank} of ${of.length}`);
    need((moved ? of : of.slice(0, 1)).some((row) => place.gap_ms === own - row.total_ms), where, "its gap is another");
    for (const side of ["before", "behind"]) {
      const neighbour = place[side];
      if (neighbour === null) continue;
      const row = of.find((each) => each.number === neighbour.number);
      need(row !== undefined, where, `${neighbour.number} is not ${side} it`);
      need(neighbour.driver === row.driver && neighbour.total_ms === row.total_ms, where, `who is ${side} it is told otherwise`);
      need(neighbour.ms === Math.abs(neighbour.total_ms - own), where, `${side} it is another gap`);
    }
  }
}

// Records that an explanation rests on: what they are is what the log says, and what counts stands.
function cited(check, where, records) {
  for (const each of records) {
    const told = check.record(where, each.position, each.id), source = opt(told.said, "source") || {};
    check.recorded(where, told, each);
    need(each.type === told.type, where, `#${told.position} is of another type`);
    need(each.site === opt(told.said, "site", ""), where, `#${told.position} has another site`);
    need(each.standing === opt(source, "standing", ""), where, `#${told.position} has another standing`);
    need(!each.counts || check.log.powers.unsure || !check.log.isVoid(told.id) || ![...MUST_BE_NAMED, "PassingRecorded"].includes(told.type), where, `#${told.position} counts, and is void or has no effect`);
    check.known(where, each.struck.map((struck) => struck.struck_by));
  }
}

// -- time cards -----------------------------------------------------------------------------------

export function addsUp(check, name) {
  const found = check.json(name), overall = check.json(`${OVERALL}/with.json`);
  need(name.endsWith(`/${plainName(found.number)}.json`), name, "it is of another crew");
  check.ofACrew(name, found);
  for (const stage of found.stages) {
    const where = `${name} ${stage.stage || "elsewhere"}`, cost = sum(stage.lines.map((line) => line.penalty_ms));
    need(stage.penalty_ms === cost, where, `its penalties sum to ${cost} ms`);
    for (const line of stage.lines) check.known(where, line.positions);
  }
  if (overall.refused) return;
  const row = rowOf(overall, found.number);
  need(same([found.time_ms, found.total_ms], row ? [row.time_ms, row.total_ms] : [null, null]), name, "its sums are not those of the overall");
  if (row) need(found.penalty_ms === row.penalty_ms, name, "its penalties are others");
}
