// The check of an evidence file: what does not fit, what was checked, what was not (specification).
import { among, byCodePoint, bytesOf, canonical, digest, equal, foundOnce, has, hex, iso, isInstant, isObject, listed, msOfIso, need, NotLaidOut, opt, plainName, readJson, same, show, strict, textual, whole, Wrong } from "./bytes.mjs";
import { crewsOfAct, NAMING } from "./labels.mjs";
import { APPLIED_RULES, Desk, Fact, IN_FORCE, momentOf, NOTHING_DONE, OF_THE_DESK, STEPS } from "./desk.mjs";
import { planned, saidAround } from "./addends.mjs";
import { addsUp, classification, contentDigest, difference as differs, everSet, movesOf, why } from "./figures.mjs";
import { canStay, corrected, CREWS, Log, RECORDS, recordOf } from "./log.mjs";
import { checkpointsOf } from "./signed.mjs";
import { Tree } from "./tree.mjs";
import { CHECKED, CHOSEN, COMPUTED, SHAPES } from "./looked.mjs";

export const FORMAT = "rally evidence file 1";
const MANIFEST = "manifest.json", DECISION = "decision.json", DOCKET = "docket.json", BEARING = "bearing.json", WORDS = "words.txt", MOVES = "moves.txt", RULES = "rules.json";
const PUBLICATIONS = "publications.json", EXHIBITS = "exhibits.json", OVERALL = "classifications/overall", DIFFERENCE = "/difference-";
const UNREAD = [RECORDS, WORDS, MOVES, "check.py", "verify.html", "specification.md", "README.txt", "exhibits/*"];
const IN_A_FOLDER = ["with", "without", "before", "after", "difference-without", "difference-record"];
const SAYS_WHOM_IT_CONCERNS = 3, LEAST_DIGITS = 10, LONGEST_LOG = 2 ** 24;
const NAME = /^[A-Za-z0-9_.%-]+(\/[A-Za-z0-9_.%-]+)*$/;
const SHOWN_OF_A_CREW = ["codrivers", "nationality", "category", "class", "vehicle", "team"];
const ENTRIES = ["CrewEntered", "CrewMemberReplaced", "CrewReclassified", "NumberReallocated"];
const OF_AN_ENTRY = { driver: ["driver", "joins", "codrivers"], codrivers: ["driver", "joins", "codrivers"], nationality: ["nationality"], category: ["category"], class: ["class"], vehicle: ["vehicle"], team: ["team"] };
const KINDS = { StartOrderPublished: "start order", DocumentPosted: "communication" };
const POSTED = { by: "", role: "", rulebook: "", root: "", digest: "", edition: 0, amendment: null, kind: "" };
const EFFECT = ["act", "fields", "condition", "until"];
const DIRECT = {
  DecisionIssued: ["number", "stage", "ruling", "reason", "sender", "addressee", "competitor", "fact", "infringement", "series"],
  CourtDecisionIssued: ["number", "stage", "ruling", "reason", "outcome"],
};

// What a start order says: of which stage and category it is, who starts when.
function orderContent(said) {
  const scope = Object.fromEntries(Object.entries({ kind: "start order", stage: said.stage, category: opt(said, "category", "") }).filter(([, value]) => value));
  const rows = listed(said.slots).map((each) => ({ place: each.place, number: each.number, due_at: opt(each, "due_at") ? iso(each.due_at) : null }));
  return { scope, rows };
}
const CONTENT = { ClassificationPublished: (said) => said, StartOrderPublished: orderContent };

export const namedBy = (said) => new Set([...NAMING.map((name) => opt(said, name)), ...listed(opt(said, "matter", []))]);
const aboutSome = (named) => [...named].filter((each) => each !== undefined && each !== null && each !== "");

function crewsNamed(said) {
  const found = CREWS.map((name) => opt(said, name));
  for (const effect of opt(said, "effects") || []) {
    const fields = opt(effect, "fields") || {};
    for (const name of crewsOfAct(effect.act)) found.push(...[opt(fields, name)].flat());
  }
  return new Set(found.filter((each) => each && (typeof each === "string" || Number.isInteger(each))).map(String));
}

// What a register entry may say, field by field: what its record says, then its corrections.
function entryOf(versions) {
  const kind = versions[0].type, each = (value) => versions.map(value), either = (name) => each((said) => opt(said, name) || "");
  need(kind in DIRECT, DECISION, `a ${kind} is no decision`);
  const effect = (said) => [said.act, opt(said, "fields") || {}, opt(said, "condition") || "", opt(said, "until_at") ? iso(said.until_at) : null];
  const found = Object.fromEntries(DIRECT[kind].map((name) => [name, either(name)]));
  found.signed_by = each((said) => opt(said, "signed_by") || []);
  found.fact_at = each((said) => (opt(said, "fact_at") ? iso(said.fact_at) : null));
  found.decided_at = each((said) => iso(opt(said, "decided_at") || said.recorded_at));
  found.seen = each((said) => opt(said, "seen", null));
  found.effects = each((said) => (opt(said, "effects") || []).map(effect));
  if (kind === "DecisionIssued") {
    return { ...found, decision: each((said) => String(said.decision)), appealable: each((said) => opt(said, "appealable", true)), outcome: [""] };
  }
  return { ...found, decision: either("case"), sender: either("court"), series: ["court"], appealable: [true], seen: [null], addressee: [""], fact: [""], infringement: [""] };
}

// The records that bear on the case as a text to read.
function wordsOf(rows) {
  const lines = ["The records that bear on the decision, in the order in which they came in.", ""];
  for (const row of rows) {
    const [type, at, by, role, words, id] = ["type", "recorded_at", "by", "role", "words", "id"].map((name) => textual(row[name])), who = role ? `${by} (${role})` : by;
    lines.push(`#${row.position}  ${type}, ${at}, by ${who || "nobody"}`, `    ${words}`, `    Here because: ${listed(row.why).map(textual).join("; ")}.`, `    Id ${id}`, "");
  }
  return bytesOf(lines.join("\n"));
}

const VALUES = {
  "": [(value) => typeof value === "string", "text"],
  "@": [isInstant, "instant"],
  "#": [Number.isInteger, "number"],
  "!": [(value) => typeof value === "boolean", "true or false"],
  "{}": [isObject, "object"],
  "*": [() => true, "value"],
};

// The fields of each object, by kind of document and way ("entry.effects"), read from their notation.
const FIELDS = new Map();
for (const line of SHAPES.trimEnd().split("\n")) {
  const [names, said] = line.split(": "), [document, ...ways] = names.split(" ");
  const [always, perhaps = ""] = said.split(" |");
  const fieldsOf = (part, asked) => part.split(" ").filter(Boolean).map((word) => {
    const [, name, sign = "", first, several, last, later] = /^(\w+)([#!@*]|\{\})?(\?)?(\[\])?(\?)?(\+)?$/.exec(word);
    return { name, sign, asked: asked && !later, several: Boolean(several), none: several ? last : first, holes: several && first };
  });
  const fields = [...fieldsOf(always, true), ...fieldsOf(perhaps, false)];
  if (!FIELDS.has(document)) FIELDS.set(document, new Map());
  for (const way of ways.length ? ways : [""]) FIELDS.get(document).set(way, fields);
}

// A document has the shape that the specification says, before anything of it is read.
function laidOut(name, value) {
  const shapes = FIELDS.get(kindOf(name)), ahead = shapes ? [["", value]] : [];
  while (ahead.length) {
    const [way, at] = ahead.pop();
    need(isObject(at), name, "it is no object");
    for (const field of shapes.get(way)) {
      const inner = way ? `${way}.${field.name}` : field.name;
      if (!has(at, field.name)) {
        need(!field.asked, name, `there is no ${inner}`);
        continue;
      }
      const held = at[field.name], [right, called] = VALUES[field.sign];
      if (held === null && field.none) continue;
      need(!field.several || Array.isArray(held), name, `${inner} is no list`);
      for (const one of field.several ? held : [held]) {
        if (one === null && field.holes) continue;
        need(right(one), name, `${inner} is no ${called}`);
        if (shapes.has(inner)) ahead.push([inner, one]);
      }
    }
  }
}

function* leaves(value, at = "") {
  const entries = Array.isArray(value) ? value.map((each) => [at, each]) : isObject(value) ? Object.keys(value).map((name) => [at ? `${at}.${name}` : name, value[name]]) : [];
  if (!entries.length) yield at;
  for (const [where, each] of entries) yield* leaves(each, where);
}

// Whether a field is one of these or lies in one that is named as a whole.
const isAmong = (field, known) => known.includes(field) || known.some((each) => field.startsWith(`${each}.`) && !known.some((one) => one.startsWith(`${each}.`)));
const patternOf = (pattern) => new RegExp(`^${pattern.replace(/[.]/g, "\\.").replace(/[*]/g, ".*")}$`, "s");
const kindOf = (name) => Object.keys(CHECKED).reverse().find((each) => patternOf(each).test(name)) || name;

// What is of the desk and counts, by each record that it names however it was corrected.
const stepsOf = foundOnce((check) => {
  const found = new Map();
  for (const each of check.told(...STEPS).filter((one) => check.log.counts(one))) {
    const [first, ...others] = check.log.versions(each).map(namedBy);
    for (const name of first) if (others.every((other) => other.has(name))) found.set(name, [...(found.get(name) || []), each]);
  }
  return found;
});

// The records that say themselves what they are about, by that.
const postedAbout = foundOnce((check) => {
  const found = new Map();
  for (const each of check.records) {
    const about = opt(each.said, "about");
    if (about) found.set(about, [...(found.get(about) || []), each]);
  }
  return found;
});

export class Check {
  findings = [];
  done = [];
  remarks = [];
  unsure = "";
  manifest = null;
  log = new Log([]);
  roots = [];
  desk = null;
  rulesNotApplied = [];
  notApplied = [];
  open = new Map();
  #read = new Map();
  #persons = new Map();
  #ofKinds = new Map();
  #entries = null;

  // `asked`: roots and papers (checkpoints and proofs by name) that come from outside; `files` are
  // null where these are looked at by themselves.
  constructor(files, asked = {}) {
    this.alone = files === null;
    this.files = files || new Map();
    this.asked = { roots: [], papers: new Map(), fingerprint: "", policy: null, ...asked };
  }

  async run() {
    if (!this.alone && !this.files.size) this.findings.push("There is no evidence file in it.");
    else if (!this.alone) {
      if (this.asked.form) this.findings.push(`The zip: ${this.asked.form}`);
      this.#all();
    }
    this.keys = await checkpointsOf(this);
    return this;
  }

  #all() {
    this.part(MANIFEST, () => this.#manifest());
    const listedNames = this.manifest === null ? [] : this.manifest.files.map((each) => String(each.name));
    const names = new Set([...this.files.keys(), ...listedNames]);
    for (const name of [...names].sort()) if (name !== MANIFEST) this.part(name, () => this.#file(name));
    if (this.manifest !== null && !this.findings.length) this.done.push(`${this.files.size} files: each has the digest of the manifest`);
    if (!this.part(RECORDS, () => this.#records()) || this.manifest === null) {
      this.findings.push("What rests on the records and the manifest was not looked at.");
      return;
    }
    this.part(MANIFEST, () => this.#head());
    this.part(RECORDS, () => this.#askedRoots());
    this.part(RECORDS, () => this.#fold());
    for (const [name, check] of [
      [PUBLICATIONS, () => this.#postedInTheLog()], [DECISION, () => this.#decision()], [DOCKET, () => this.#docket()], [BEARING, () => this.#bearing()], [MOVES, () => this.#moves()],
      [RULES, () => this.#rules()], [PUBLICATIONS, () => this.#publications()], [EXHIBITS, () => this.#exhibits()],
    ]) this.part(name, check);
    this.#each("classifications/", (name) => (name.includes(DIFFERENCE) ? differs(this, name) : classification(this, name)));
    this.#each("why/", (name) => why(this, name));
    this.part(DECISION, () => this.#explained());
    this.#each("time-cards/", (name) => addsUp(this, name));
    if (this.unsure) this.remarks.push(`Statuses and deadlines were not computed again: ${this.unsure}.`);
  }

  // Every field whose value was compared with nothing, by the files that it stands in.
  notChecked() {
    const found = new Map();
    for (const name of [...this.files.keys()].sort()) {
      if (!name.endsWith(".json") || name.startsWith("exhibits/")) continue;
      const kind = kindOf(name), open = this.open.get(name) || new Set();
      const known = [...(CHECKED[kind] || []), ...(this.desk === null ? [] : COMPUTED[kind] || [])].filter((each) => !open.has(each));
      const fields = found.get(kind) || new Set(CHOSEN[kind] || []);
      for (const each of leaves(this.json(name))) if (!isAmong(each, known)) fields.add(each);
      found.set(kind, fields);
    }
    return [...found].filter(([, fields]) => fields.size).map(([kind, fields]) => [kind, [...fields]]);
  }

  // One part of the check; whatever is wrong with it is a finding that says where.
  part(name, check) {
    try {
      check();
      return true;
    } catch (error) {
      if (error instanceof Wrong) this.findings.push(error.message);
      else this.findings.push(`${name}: it is not laid out as an evidence file is (${error instanceof NotLaidOut ? error.message : "a value is of another kind"})`);
      return false;
    }
  }

  #each(folder, check) {
    const names = [...this.files.keys()].filter((name) => name.startsWith(folder)).sort();
    const right = names.map((name) => this.part(name, () => check(name)));
    if (right.every(Boolean)) this.done.push(`${names.length} files in ${folder}: they add up, and fit the records`);
  }

  json(name) {
    need(this.files.has(name), name, "it is missing");
    if (!this.#read.has(name)) {
      const found = readJson(this.files.get(name));
      laidOut(name, found);
      this.#read.set(name, found);
    }
    return this.#read.get(name);
  }

  leftOpen(name, ...fields) {
    this.open.set(name, new Set([...(this.open.get(name) || []), ...fields]));
  }

  notSure(reason) {
    this.unsure = this.unsure || reason;
    this.desk = null;
  }

  // -- the manifest and the log -------------------------------------------------------------------

  #manifest() {
    const found = this.json(MANIFEST);
    need(equal(canonical(found), this.files.get(MANIFEST).subarray(0, -1)) && this.files.get(MANIFEST).slice(-1)[0] === 10, MANIFEST, "it was spelled anew");
    need(found.format === FORMAT, MANIFEST, `it is not of the format '${FORMAT}'`);
    need(found.files.every((each, i) => i === 0 || found.files[i - 1].name < each.name), MANIFEST, "its files are not in the order of their names");
    this.manifest = found;
  }

  #file(name) {
    need(NAME.test(name) && !name.includes(".."), name, "it has no plain name");
    if (this.manifest === null) return;
    const claims = this.manifest.files.filter((each) => each.name === name), content = this.files.get(name);
    need(content !== undefined, name, "it is missing");
    need(claims.length > 0, name, "it is not in the manifest");
    const claim = claims[claims.length - 1];
    need(claim.size === content.length && claim.sha256 === digest(content), name, "it does not have the size and the digest that the manifest gives it");
    need([...Object.keys(CHECKED), ...UNREAD].some((each) => patternOf(each).test(name)), name, "an evidence file has no such file");
  }

  #records() {
    need(this.files.has(RECORDS), RECORDS, "it is missing");
    const data = this.files.get(RECORDS), records = [], tree = new Tree(), seen = new Set();
    this.roots = [hex(tree.root())];
    let start = 0, before = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      const position = records.length + 1, where = `${RECORDS} line ${position}`;
      let found;
      try {
        found = recordOf(data.subarray(start, end), position);
      } catch (error) {
        if (error instanceof Wrong) throw error;
        throw new Wrong(`${where}: it is no record (${error.message})`);
      }
      need(found.receivedAt >= before, where, "it was received before the one above it");
      need(!seen.has(found.id), where, "it is there twice");
      seen.add(found.id);
      records.push(found);
      before = found.receivedAt;
      tree.append(found.leaf);
      this.roots.push(hex(tree.root()));
      start = end + 1;
      if (position > LONGEST_LOG) throw new Wrong(`${RECORDS}: it is too long`);
    }
    need(start === data.length, `${RECORDS} line ${records.length + 1}`, "it ends in the middle of a line");
    this.log = new Log(records);
    if (this.log.powers.unsure) this.notSure(this.log.powers.unsure);
  }

  get records() { return this.log.records; }

  // The records of some types, in their order: in a long log each type is looked for once.
  told(...kinds) {
    const key = kinds.join(" ");
    if (!this.#ofKinds.has(key)) this.#ofKinds.set(key, this.records.filter((each) => kinds.includes(each.type)));
    return this.#ofKinds.get(key);
  }

  #head() {
    const { basis } = this.manifest, size = this.records.length;
    need(size > 0, RECORDS, "it is empty");
    need(basis.position === size && basis.head === size, RECORDS, `it holds ${size} records, and the manifest says ${basis.position}`);
    need(basis.root === this.roots[size], RECORDS, `its root is ${this.roots[size]}, and not ${basis.root}`);
    need(basis.effective_at === null, MANIFEST, "it is cut by the time of facts");
    need(this.regulations(size).has(basis.rulebook), MANIFEST, "it is by other rules");
    need(basis.ledger === hex(this.records[0].leaf).slice(0, 16), MANIFEST, "it names another ledger");
    need(basis.received_at === iso([this.records[size - 1].receivedAt, 0]), MANIFEST, "it names another time");
    for (const each of this.records) need(each.said.rally === basis.rally, `${RECORDS} line ${each.position}`, "it is of another rally");
    this.done.push(`${size} records without a gap: ids, leaf hashes, and the root over them`);
  }

  #askedRoots() {
    for (const asked of this.asked.roots) {
      const text = asked.toLowerCase().trim();
      need(text.length >= LEAST_DIGITS && /^[0-9a-f]+$/.test(text), "The root", `${asked} is none: give at least ${LEAST_DIGITS} hex digits`);
      const size = this.roots.findLastIndex((root, i) => i && root.startsWith(text));
      need(size > 0, RECORDS, `no beginning of it has the root ${asked}`);
      const rest = this.records.length - size;
      this.done.push(`the root ${text} is that of records 1 to ${size}${rest ? `; the ${rest} after them are not covered by it` : ""}`);
    }
  }

  #fold() {
    const facts = [];
    for (const each of this.records) {
      if (!OF_THE_DESK.has(each.type) || this.log.isVoid(each.id)) continue;
      const tips = this.log.tips(each.id);
      if (tips.length > 1) this.notSure(`corrections of #${each.position} stand side by side`);
      if (this.log.copies(each).length > 1) this.notSure(`#${each.position} was told twice`);
      const held = (tips[0] || []).filter((one) => {
        const { changes } = one.said, holds = Object.keys(changes).every((name) => canStay(name, changes[name]));
        if (!holds) this.notSure(`#${one.position} can't be carried out`);
        return holds;
      });
      facts.push(new Fact(each.position, each.id, corrected(each.said, held)));
    }
    if (!this.unsure) this.desk = new Desk(facts);
    for (const each of this.records) if (each.type === "ClockOffsetDeclared" && !this.log.isVoid(each.id)) this.notSure(`#${each.position} declares a clock wrong`);
  }

  #postedInTheLog() {
    const [{ site }] = this.records, count = { ClassificationPublished: 0, StartOrderPublished: 0 };
    for (const each of this.told(...Object.keys(CONTENT))) {
      const { said } = each, where = `${RECORDS} line ${each.position}, document ${opt(said, "document", "")}`, cutOff = opt(said, "position", 0), stated = opt(said, "digest", "");
      if (stated) need(stated === contentDigest(strict(CONTENT[each.type](said))), where, "its rows have another digest");
      const root = opt(said, "root", "");
      if (!root) continue;
      const fits = whole(cutOff) < each.position && this.roots[cutOff < 0 ? this.roots.length + cutOff : cutOff] === root;
      if (!fits && each.site !== site) this.remarks.push(`${where}: it rests on the log of ${each.site}.`);
      else {
        need(fits, where, `the log up to #${cutOff} does not have the root that it names`);
        count[each.type]++;
      }
    }
    this.done.push(`${count.ClassificationPublished} published classifications and ${count.StartOrderPublished} start orders: digests, and roots at their cut-offs`);
  }

  record(where, position, id) {
    need(Number.isInteger(position) && position >= 1 && position <= this.records.length, where, `there is no record #${position}`);
    const found = this.records[position - 1];
    need(found.id === id, where, `record #${position} is not ${id}`);
    return found;
  }

  known(where, positions) {
    for (const each of positions) need(Number.isInteger(each) && each >= 1 && each <= this.records.length, where, `there is no record #${each}`);
  }

  // Who recorded it when is what the log says.
  recorded(where, { said, position }, row, by = "by") {
    const holds = row[by] === opt(said, "by", "") && row.role === opt(said, "role", "") && row.recorded_at === iso(said.recorded_at);
    need(holds, where, `#${position} was recorded by somebody else, or at another time`);
  }

  // A value of a register entry with the crews in it under one name each.
  #ofNow(value) {
    if (typeof value === "string") {
      const told = this.log.byId.get(value);
      return told ? this.log.copies(told).sort()[0] : this.log.bearer(value);
    }
    if (Array.isArray(value)) return value.map((each) => this.#ofNow(each));
    if (isObject(value)) return Object.fromEntries(Object.keys(value).map((name) => [name, this.#ofNow(value[name])]));
    return value;
  }
  #alike(one, other) { return same(this.#ofNow(one), this.#ofNow(other)); }

  // -- who is in a crew ---------------------------------------------------------------------------

  // What the records say of the crew that bears a number, by field: any of it may stand.
  persons(number) {
    const key = String(number);
    if (this.#persons.has(key)) return this.#persons.get(key);
    const found = Object.fromEntries(Object.keys(OF_AN_ENTRY).map((name) => [name, new Set()])), bearers = this.log.bearers(number);
    this.#entries = this.#entries || this.#entriesTold();
    for (const said of this.#entries) {
      if (![opt(said, "number"), opt(said, "new_number")].some((each) => each !== undefined && bearers.has(each))) continue;
      for (const [name, fields] of Object.entries(OF_AN_ENTRY)) {
        const told = fields.map((each) => opt(said, each));
        if (said.type === "CrewEntered" && !has(said, name)) told.push("");
        for (const each of told.filter((one) => one !== undefined && one !== null).flat()) found[name].add(each);
      }
    }
    this.#persons.set(key, found);
    return found;
  }

  #entriesTold() {
    const told = this.told(...ENTRIES).flatMap((each) => this.log.versions(each)), ruled = [];
    for (const each of this.told(...Object.keys(DIRECT))) {
      for (const said of this.log.versions(each)) {
        for (const effect of opt(said, "effects", [])) {
          if (ENTRIES.includes(effect.act)) for (const number of saidAround(this, each, said, "number")) ruled.push(strict({ number, ...opt(effect, "fields", {}), type: effect.act }));
        }
      }
    }
    return [...told, ...ruled];
  }

  ofACrew(where, row, ...also) {
    const known = this.persons(row.number);
    for (const name of ["driver", ...also]) {
      for (const each of name === "codrivers" ? row[name] : [row[name]]) need(known[name].has(each), where, `no record says ${name} ${show(each)} of the crew`);
    }
  }
  crew(where, row) { this.ofACrew(where, row, ...SHOWN_OF_A_CREW); }

  regulations(until) {
    let adopted = this.told("RegulationsAdopted").filter((each) => each.position <= until);
    const { powers } = this.log;
    if (until === this.records.length) adopted = adopted.filter((each) => !powers.idle.has(each.id));
    const names = new Set(adopted.flatMap((each) => this.log.versions(each)).map((said) => said.rulebook));
    const stands = (each) => !powers.refused.has(each.id) && !this.log.copies(each).some((copy) => this.log.amending.has(copy));
    const sure = adopted.some(stands) && !powers.unsure && powers.saidLast <= until;
    return sure ? names : names.add("");
  }

  // -- the case -----------------------------------------------------------------------------------

  #decision() {
    const found = this.json(DECISION), named = this.manifest.decision, { entry, chain } = found;
    need(entry.position === named.position && entry.id === named.id, DECISION, `its entry is not the one of #${named.position}`);
    need(new Set([entry, ...chain].map((each) => each.id)).size === 1 + chain.length, DECISION, "a decision is in it twice");
    for (const each of [entry, ...chain]) {
      const where = `${DECISION} entry of #${each.position}`, record = this.record(where, each.position, each.id), versions = this.log.versions(record);
      const shown = { ...each, effects: each.effects.map((one) => EFFECT.map((name) => one[name])) };
      for (const [name, allowed] of Object.entries(entryOf(versions))) {
        need(name in shown && allowed.some((one) => this.#alike(shown[name], one)), where, `${name} is ${show(shown[name])}; the record says ${show(allowed[0])}`);
      }
      this.#concerns(where, each, versions);
      for (const step of each.steps) {
        const told = this.record(where, step.position, step.id);
        need(step.type === told.type, where, `step #${step.position} is none`);
        need(step.by === opt(told.said, "by", ""), where, "a step is by somebody else");
        need(this.log.versions(told).some((said) => iso(momentOf(said)) === step.at), where, `step #${step.position} was at another time`);
      }
      this.#inOrder(where, each.steps.map((step) => step.id));
      this.#stands(where, each, versions);
      const steps = new Set(each.steps.map((step) => step.id));
      for (const other of stepsOf(this).get(record.id) || []) need(steps.has(other.id), where, `the step #${other.position} is missing`);
      this.known(where, each.positions);
    }
    const name = entry.decision && `${entry.series}-${entry.decision}`;
    need([name, entry.series].includes(named.name), MANIFEST, "it names another decision");
    this.done.push(`the register entry of ${named.name}: it says what its record says`);
  }

  #concerns(where, entry, versions) {
    const told = opt(entry, "concerns", []);
    need(told.length === new Set(told).size, where, "it concerns a crew twice");
    const concerned = new Set(told.map((each) => this.log.bearer(each)));
    if (this.manifest.basis.edition >= SAYS_WHOM_IT_CONCERNS) {
      const each = versions.map(crewsNamed);
      for (const crew of each[0]) if (each.every((one) => one.has(crew))) need(concerned.has(this.log.bearer(crew)), where, `it concerns crew ${crew}, too`);
    }
    const [possible, sure] = this.#concerned(versions), extra = [...concerned].filter((each) => !possible.has(each));
    need(!extra.length, where, `it does not concern crew ${extra.join(", ")}`);
    if (!sure) this.leftOpen(DECISION, "entry.concerns", "chain.concerns");
    else if (has(entry, "concerns")) {
      const missing = [...possible].filter((each) => !concerned.has(each));
      need(!missing.length, where, `it concerns crew ${missing.join(", ")}, too`);
    }
  }

  #concerned(versions) {
    const ahead = [...versions], crews = new Set(), passed = new Set();
    let sure = versions.length === 1;
    while (ahead.length) {
      const said = ahead.pop();
      crewsNamed(said).forEach((each) => crews.add(this.log.bearer(each)));
      for (const each of aboutSome(namedBy(said))) {
        if (passed.has(each)) continue;
        passed.add(each);
        const told = this.log.byId.get(each);
        if (!told || this.log.powers.idle.has(each)) continue;
        ahead.push(...this.log.versions(told));
        sure = sure && !this.log.amending.has(each) && this.log.copies(told).length === 1;
      }
    }
    return [crews, sure];
  }

  #inOrder(where, ids) {
    need(ids.length === new Set(ids).size, where, "a step is in it twice");
    if (this.desk === null) return;
    const facts = ids.map((each) => this.desk.fact(each)), byRecording = (a, b) => a.recorded - b.recorded || (a.first === b.first ? 0 : a.first - b.first) || (a.id < b.id ? -1 : 1);
    need(same([...facts].sort(byRecording).map((each) => each.id), ids), where, "its steps are out of order");
  }

  // What became of a decision follows from the records: its status, and that of its effects.
  #stands(where, entry, versions) {
    for (const effect of entry.effects) need(effect.in_force === (effect.status === IN_FORCE), where, "an effect is in force, and is not");
    const byCourt = versions[0].type === "CourtDecisionIssued";
    if (entry.driver) this.ofACrew(where, strict({ ...entry, team: entry.competitor }), ...(byCourt ? ["team"] : []));
    else this.leftOpen(DECISION, ...["entry", "chain"].flatMap((of) => ["driver", ...(byCourt ? ["competitor"] : [])].map((name) => `${of}.${name}`)));
    const documents = versions.map((said) => opt(said, "document") || "");
    for (const each of postedAbout(this).get(entry.id) || []) documents.push(...this.log.versions(each).map((said) => String(opt(said, "document"))));
    need(documents.includes(entry.document), where, "no record gives it that document number");
    if (this.desk === null) return;
    const fact = this.desk.decisions.get(this.log.copies(this.log.byId.get(entry.id)).sort()[0]);
    need(fact, where, "the decision is void, or has no effect");
    for (const [name, value] of Object.entries(this.desk.entry(fact))) need(this.#alike(entry[name], value), where, `${name} is ${show(entry[name])}; by the records it is ${show(value)}`);
    const became = this.desk.effects(fact);
    if (became.length !== entry.effects.length) throw new NotLaidOut("it has other effects");
    became.forEach((status, i) => {
      const { status: told, act } = entry.effects[i];
      need(told === status || (status === IN_FORCE && told === NOTHING_DONE), where, `${act} is ${told}; by the records it is ${status}`);
    });
  }

  #docket() {
    const { rows } = this.json(DOCKET), decision = this.json(DECISION), entries = new Map([decision.entry, ...decision.chain].map((each) => [each.id, each]));
    const ids = rows.map((each) => each.id);
    need(ids.includes(this.manifest.decision.id), DOCKET, "it has no row of it");
    need(same([...ids].sort(), [...entries.keys()].sort()), DOCKET, "a decision is missing, or is too many");
    for (const row of rows) {
      const where = `${DOCKET} row of #${row.position}`, { status } = entries.get(row.id);
      this.record(where, row.position, row.id);
      need(row.status === status, where, `its status is ${status} in ${DECISION}`);
      for (const each of row.matters) this.#matter(`${DOCKET} matter #${each.position}`, each);
      if (this.desk === null) continue;
      need(this.desk.decisions.has(row.id), where, "the decision is void, or has no effect");
      this.#asComputed(where, row, this.desk.row(this.desk.decisions.get(row.id)));
    }
    if (this.desk !== null) this.done.push("the docket: deadlines, what was lodged, and how it ended");
  }

  #asComputed(where, row, computed) {
    const old = this.manifest.basis.edition < SAYS_WHOM_IT_CONCERNS;
    for (const [name, value] of Object.entries(computed)) {
      if (name === "undefined" && !has(row, name) && old) continue;
      if (name !== "matters") {
        need(this.#alike(row[name], value), where, `${name} is ${show(row[name])}; by the records it is ${show(value)}`);
        continue;
      }
      need(same(row.matters.map((each) => each.id), value.map((each) => each.id)), where, "it lists other matters");
      row.matters.forEach((one, i) => this.#asComputed(`${DOCKET} matter #${one.position}`, one, value[i]));
    }
  }

  #matter(where, matter) {
    const versions = this.log.versions(this.record(where, matter.position, matter.id));
    need(this.happened(versions).includes(matter.lodged_at), where, "it was not lodged then");
    need(versions.some((said) => this.log.bearer(opt(said, "number") || "") === this.log.bearer(matter.number)), where, "it was lodged by another crew");
  }

  // When it may have happened: as its clock showed it, or as that was put right.
  happened(versions) {
    const ahead = new Set([0]);
    for (const clock of this.told("ClockOffsetDeclared")) this.log.versions(clock).forEach((said) => ahead.add(whole(said.ahead_ms)));
    return versions.flatMap((said) => {
      const [ms, offset] = opt(said, "fact_at") || said.recorded_at;
      return [...ahead].map((by) => iso([ms - by, offset]));
    });
  }

  #bearing() {
    const rows = this.json(BEARING).records, { entry } = this.json(DECISION), there = new Set(rows.map((row) => row.id));
    let before = 0;
    rows.forEach((row, i) => {
      const where = `${BEARING} row ${i + 1}`, told = this.record(where, row.position, row.id);
      need(row.position > before, where, "it is out of order");
      need(typeof row.bytes === "string" && equal(bytesOf(row.bytes), told.data), where, "these are not the bytes of the record");
      need(row.type === told.type, where, `it is a ${told.type}`);
      need(row.by === opt(told.said, "by", "") && row.role === opt(told.said, "role", "") && row.recorded_at === iso(told.said.recorded_at), where, "it is by another");
      before = row.position;
    });
    for (const each of [entry, ...entry.steps]) need(there.has(each.id), BEARING, `record #${each.position} is missing`);
    need(this.files.has(WORDS), WORDS, "it is missing");
    need(equal(this.files.get(WORDS), wordsOf(rows)), WORDS, `it does not say what ${BEARING} says`);
    this.done.push(`${rows.length} records that bear on it: their bytes are those of the log`);
  }

  #moves() {
    const names = [...this.files.keys()].filter((name) => name.includes(DIFFERENCE)).sort();
    need(names.length > 0 && this.files.has(MOVES), MOVES, "it is missing, or what it tells is");
    for (const folder of this.#folders()) for (const each of IN_A_FOLDER) need(this.files.has(`${folder}/${each}.json`), `${folder}/${each}.json`, "it is missing");
    need(equal(this.files.get(MOVES), movesOf(names.map((name) => this.json(name)))), MOVES, "it does not say what the differences say");
  }

  // The classifications that there have to be: overall, after each stage that it names, and both in
  // each category in which there is one.
  #folders() {
    const there = [...new Set([...this.files.keys()].filter((each) => each.startsWith("classifications/")).map((each) => each.split("/")[1]))];
    const { entry } = this.json(DECISION), named = new Set([entry.stage, ...entry.effects.map((each) => opt(each.fields, "stage"))]), plan = planned(this);
    const parts = ["overall", ...[...named].filter((each) => plan.has(each)).map((each) => `after-${each}`)];
    const within = new Set([...there].sort().map((each) => this.json(`classifications/${each}/with.json`).scope.category).filter(Boolean));
    const asked = parts.flatMap((each) => [each, ...[...within].map((category) => `${each}-${category}`)]);
    return [...new Set([...there, ...asked.map(plainName)])].sort().map((each) => `classifications/${each}`);
  }

  // Whom it concerns has an explanation of each total; of others nothing is compared.
  #explained() {
    const { entry } = this.json(DECISION), concerned = opt(entry, "concerns", [entry.number]), told = [];
    for (const folder of this.#folders()) {
      const found = this.json(`${folder}/with.json`), name = folder.split("/")[1];
      if (found.refused || found.scope.category) continue;
      const listed = [...new Set([...found.rows, ...found.unclassified].map((row) => row.number))].sort(byCodePoint);
      const whys = new Map(listed.map((each) => [each, `why/${name}/${plainName(each)}.json`]));
      for (const each of concerned) need(!whys.has(each) || this.files.has(whys.get(each)), whys.get(each), "it is missing");
      told.push(`${name}/with.json (${listed.filter((each) => this.files.has(whys.get(each))).join(", ") || "none"})`);
    }
    this.notApplied.push(`classifications/: of the totals those alone were held against records that why/ explains: ${told.join("; ") || "none"}`);
    const lacking = concerned.filter((each) => each && !this.files.has(`time-cards/${plainName(each)}.json`));
    if (lacking.length) this.notApplied.push(`time-cards/: there is none of crew ${lacking.join(", ")}`);
  }

  #rules() {
    const found = this.json(RULES), { entry } = this.json(DECISION), { stage, at } = found.for, versions = this.log.versions(this.log.byId.get(entry.id));
    const named = new Set([entry.stage, ...entry.effects.map((each) => opt(each.fields, "stage", null))]);
    need(named.has(stage) || (stage === null && !this.#staged(named)), RULES, `the decision is not about ${stage}`);
    if (stage === null && [...named].some((each) => each !== "" && each !== null)) this.leftOpen(RULES, "for"); // whether that is a stage may rest on what was amended
    need(this.happened(versions).includes(at), RULES, `${at} is another moment`);
    need(same(Object.keys(found.for).sort(), ["at", "stage"]), RULES, "it says more of what it is for");
    need(versions.some((said) => (opt(said, "infringement") || "") === found.infringement), RULES, "the decision names another article");
    found.parameters.forEach((row, i) => {
      need(among([row.value, row.provenance], everSet(this).get(row.name) || []), `${RULES} row ${i + 1}`, `no record sets ${row.name} to ${show(row.value)} by ${show(row.provenance)}`);
    });
    this.known(RULES, [...found.applied, ...found.not_in_force].map((each) => each.position));
    this.rulesNotApplied = found.parameters.map((row) => row.name).filter((name) => this.desk === null || !APPLIED_RULES.has(name));
    if (this.desk === null) return;
    const rules = this.desk.rules(msOfIso(at), stage);
    this.#asAdopted(found, rules);
    this.done.push(`${rules.values.size} rules: as the regulations on record set them`);
  }

  #asAdopted(found, rules) {
    need(found.rulebook === rules.name, RULES, `the regulations are ${rules.name}`);
    const rows = new Map(found.parameters.map((each) => [each.name, each]));
    need(rows.size === found.parameters.length, RULES, "a rule is in it twice");
    const other = [...[...rows.keys()].filter((name) => !rules.values.has(name)), ...[...rules.values.keys()].filter((name) => !rows.has(name))];
    need(!other.length, RULES, `${other.join(", ")}: missing, or in no regulations`);
    for (const [name, row] of rows) {
      const told = [row.value, row.provenance, row.set_by], right = [rules.values.get(name), rules.provenance.get(name) || "", rules.setBy.get(name) || ""];
      need(same(told, right), RULES, `${name} is ${show(told)}; by the records it is ${show(right)}`);
    }
    for (const [part, right] of [["applied", rules.applied], ["not_in_force", rules.waiting]]) need(same(found[part], right), RULES, `what is ${part} is not what is on record`);
  }

  // Whether one of these is a stage of the rally, whatever was put right of the plan.
  #staged(stages) {
    const planned = this.told("StageScheduled").filter((each) => this.log.counts(each));
    return planned.some((each) => this.log.versions(each).every((said) => stages.has(opt(said, "stage", null))));
  }

  #publications() {
    const rows = this.json(PUBLICATIONS).publications;
    rows.forEach((row, i) => {
      const where = `${PUBLICATIONS} row ${i + 1}`, told = this.record(where, row.position, row.id), versions = this.log.versions(told);
      const documents = versions.map((said) => opt(said, "document") || "");
      need(documents.includes(row.document), where, `it was posted as document ${documents[0]}`);
      this.#asPosted(where, row, versions);
      if (!has(row, "rows")) return;
      need(row.digest === opt(told.said, "digest", ""), where, "it has another digest");
      need(contentDigest(row) === contentDigest(told.said), where, `these are not the rows of document ${row.document}`);
    });
    need(new Set(rows.map((row) => row.id)).size === rows.length, PUBLICATIONS, "a publication is in it twice");
    this.done.push(`${rows.length} publications that bear on it: rows and digests`);
  }

  // Who posted what when, and on what it rests, is what its record says.
  #asPosted(where, row, versions) {
    const kind = versions[0].type;
    for (const [name, otherwise] of Object.entries(POSTED)) {
      let allowed = versions.map((said) => opt(said, name, otherwise));
      if (kind !== "ClassificationPublished" && same(row[name], otherwise) && !among(otherwise, allowed)) {
        allowed.push(otherwise); // of a sheet the register does not say everything
        this.leftOpen(PUBLICATIONS, `publications.${name}`);
      }
      if (name === "kind" && kind in KINDS) allowed = versions.map((said) => opt(said, name, KINDS[kind]));
      need(among(row[name], allowed), where, `its ${name} is ${show(allowed[0])}`);
    }
    need(this.happened(versions).includes(row.posted_at), where, `it was not posted at ${row.posted_at}`);
    const until = versions.map((said) => opt(said, "protests_until_at") || null).map((each) => each && iso(each));
    need(until.includes(row.protests_until), where, `protests_until is ${until[0]}`);
    if (kind !== "DocumentPosted") need(versions.some((said) => opt(said, "position", null) === row.cut_off), where, "it rests on another position");
  }

  #exhibits() {
    const { exhibits: rows } = this.json(EXHIBITS), parties = new Set(this.manifest.for), files = [...this.files.keys()].filter((name) => name.startsWith("exhibits/"));
    let here = 0;
    rows.forEach((row, i) => {
      const where = `${EXHIBITS} row ${i + 1}`, versions = this.log.versions(this.record(where, row.position, row.id)), told = has(row, "called");
      const fields = { digest: "digest", title: "title", target: "target", ...(told ? { media: "media", size: "size", called: "file" } : {}) };
      for (const [name, field] of Object.entries(fields)) need(among(row[name], versions.map((said) => opt(said, field, name === "size" ? null : ""))), where, `its ${name} is another`);
      need(among(row.restricted_to, versions.map((said) => opt(said, "restricted_to", []))), where, "it is for other parties");
      if (row.state !== "included") {
        need(["withheld", "missing", "altered"].includes(row.state) && !opt(row, "file"), where, `its state is ${show(row.state)}`);
        need((row.state !== "withheld") === told, where, "it is withheld, and is not");
        return;
      }
      need(!row.restricted_to.length || row.restricted_to.some((each) => parties.has(each)), where, "it is for other parties than this file is for");
      need(files.includes(row.file), row.file, "it is missing");
      need(digest(this.files.get(row.file)) === row.digest, row.file, "it does not have its digest");
      here++;
    });
    const ids = new Set(rows.map((row) => row.id));
    need(ids.size === rows.length, EXHIBITS, "an exhibit is in it twice");
    for (const each of this.records) {
      if (each.type === "ExhibitBound" && each.said.target === this.manifest.decision.id) need(ids.has(each.id) || !this.log.counts(each), EXHIBITS, `the exhibit of #${each.position} is missing`);
    }
    const bound = rows.filter((row) => row.state === "included").map((row) => row.file), stray = files.filter((name) => !bound.includes(name)).sort();
    need(!stray.length, stray.join(", "), "no record binds it");
    this.done.push(`${here} exhibits have their digests; ${rows.length - here} are not in it`);
  }
}
