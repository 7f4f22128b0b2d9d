// That nothing was left out for a crew, a decision or a stage (specification, its second part).
import { base64, byCodePoint, bytesOf, canonical, digest, hex, isObject, joined, need, opt, readJson, same, sha256, unhex, Wrong } from "./bytes.mjs";
import { besideOf, DECISIONS, EVERYBODY, isId, namedIn, once, tagsOf } from "./labels.mjs";
import { isType, lineOf, push } from "./log.mjs";
import { BLANK, isPublicLine, numberOf, readCheckpointOf, readMark } from "./notes.mjs";
import { leafOf, Tree } from "./tree.mjs";

export const COMPLETE = "rally-ledger/complete@v1";
const SUBJECT = "subject ", KEY = "key ", AGAIN = "again ";
const HEADER = ["rally", "position", "id", "received_at", "site", "site_position", "tags"];
const LATEST_MS = 253402214399999, EARLIEST_MS = -62135510400000, LARGEST_POSITION = 2e12;
const isLabel = (value) => typeof value === "string" && (value === EVERYBODY || /^crew:[^]/.test(value) || /^ref:[0-9a-f]{64}$/.test(value));
const isCode = (value) => typeof value === "string" && /^[^\u0000-\u001f]{1,80}$/u.test(value) && !BLANK.test(value[0]) && !BLANK.test(value.slice(-1));

// -- read -----------------------------------------------------------------------------------------

export function readComplete(lines, what) {
  const split = lines.indexOf("");
  if (lines[0] !== COMPLETE || split < 0) throw new Wrong(`${what} is no proof that nothing was left out.`);
  const head = lines.slice(1, split), checkpoint = readCheckpointOf(lines.slice(split + 1), what);
  const begins = (mark) => head.length > 0 && head[0].startsWith(mark);
  const [kind, of] = subjectOf(head.shift() || "", what);
  let key = "";
  if (begins(KEY)) {
    key = head.shift().slice(KEY.length);
    need(isPublicLine(key), what, "the key that it offers is none");
  }
  const again = [], attested = [];
  while (begins(AGAIN)) again.push(head.shift().slice(AGAIN.length).split(" ").map((each) => Number(numberOf(each, `A position in ${what}`))));
  while (begins("— ")) attested.push(readMark(head.shift(), what));
  if (new Set(attested.map((each) => `${each.name} ${each.keyId}`)).size < attested.length) throw new Wrong(`${what} is attested twice by one key.`);
  const told = head.map((each, i) => readTold(each, `Line ${i + 1} of ${what}`));
  if (BigInt(told.length) !== checkpoint.size) throw new Wrong(`${what} tells of ${told.length} records, and not of ${checkpoint.size}.`);
  if (attested.length && told.some((each) => !each.header)) throw new Wrong(`${what} is attested, and has blinded records.`);
  const every = again.flat(), inOrder = [...again.map((line) => [...line].sort(byNumber))].sort(byNumbers);
  const isShown = (at) => told[at - 1] && told[at - 1].header;
  if (!same(again, inOrder) || again.some((line) => line.length < 2) || new Set(every.filter(isShown)).size < every.length) throw new Wrong(`${what} does not say in the one way which lines were told again.`);
  return { checkpoint, kind, of, key, again, attested, told };
}

const byNumber = (one, other) => one - other;
const byNumbers = (one, other) => {
  const at = one.findIndex((each, i) => each !== other[i]);
  return at < 0 ? one.length - other.length : at >= other.length ? 1 : one[at] - other[at];
};

function subjectOf(line, what) {
  const said = line.slice(SUBJECT.length), blank = said.indexOf(" "), kind = blank < 0 ? said : said.slice(0, blank), of = blank < 0 ? "" : said.slice(blank + 1);
  if (!line.startsWith(SUBJECT) || !["crew", "decision", "stage"].includes(kind)) throw new Wrong(`${what} does not say of what nothing is left out.`);
  if (!(kind === "decision" ? isId : isCode)(of)) throw new Wrong(`${what} names no ${kind}.`);
  return [kind, of];
}

function readTold(text, where) {
  let found;
  try {
    found = readJson(bytesOf(text));
  } catch {
    throw new Wrong(`${where}: it is no JSON`);
  }
  const names = isObject(found) ? Object.keys(found) : [], inOneWay = () => need(new TextDecoder().decode(canonical(found)) === text, where, "it is not in canonical form");
  if (names.length === 1 && names[0] === "leaf") {
    need(isId(found.leaf), where, "it is no leaf");
    inOneWay();
    return { leaf: unhex(found.leaf), header: null, beside: [], said: null };
  }
  need(names.includes("header") && names.every((each) => ["beside", "header", "occurrence"].includes(each)), where, "it is neither a record nor the leaf of one");
  const header = found.header, beside = opt(found, "beside", []);
  need(isHeader(header), where, "its header is none");
  if (names.includes("beside")) {
    const right = Array.isArray(beside) && beside.length > 0 && beside.every(isLabel) && same(beside, once(beside).filter((each) => !header.tags.includes(each)).sort(byCodePoint));
    need(right, where, "it is not in canonical form");
  }
  inOneWay();
  const leaf = leafOf(canonical(header));
  if (!names.includes("occurrence")) return { leaf, header, beside, said: null };
  need(isObject(found.occurrence), where, "its content is none");
  need(digest(canonical(found.occurrence)) === header.id, where, "its content was altered");
  return { leaf, header, beside, said: found.occurrence };
}

function isHeader(header) {
  if (!isObject(header) || Object.keys(header).length !== HEADER.length || !HEADER.every((each) => each in header)) return false;
  const { rally, position, id, received_at: received, site, site_position: own, tags } = header;
  return isCode(rally) && isCode(site) && isId(id) && [position, received, own].every(Number.isInteger) && position >= 1 && position <= LARGEST_POSITION && received >= EARLIEST_MS && received <= LATEST_MS
    && Math.abs(own) <= LARGEST_POSITION && Array.isArray(tags) && tags.every((each) => typeof each === "string");
}

// -- shown ----------------------------------------------------------------------------------------

export const subjectWords = ({ kind, of }) => `${kind} ${kind === "decision" ? of.slice(0, 10) : of}`;
export const checkpointWords = ({ size, root }) => `#${size}, root ${hex(root).slice(0, 16)}`;

// What is attested: that the labels of all records are those of their contents.
export function attestedText({ checkpoint, told, again }) {
  const besides = told.map((each, i) => [each.beside, i + 1]).filter(([beside]) => beside.length).map(([beside, position]) => ({ beside, position }));
  const lines = [...besides, ...again.map((each) => ({ again: each }))].map((each) => joined(canonical(each), Uint8Array.of(10)));
  return `rally-ledger/tags-derived@v1\n${checkpoint.text}${base64(sha256(joined(...lines)))}\n`;
}

// What such a proof shows; refused is what does not lead to the root, is not what it says, or lacks a record.
export function shownBy(proof) {
  const { kind, of, told } = proof, ids = new Map(), said = new Map();
  leadsToTheRoot(proof);
  told.forEach((each, i) => {
    if (!each.header) return;
    const at = i + 1, { id } = each.header;
    if (ids.has(id)) throw new Wrong(`It has one occurrence twice, as #${ids.get(id)} and #${at}.`);
    ids.set(id, at);
    if (each.said === null) return;
    isDerived(each, `#${at}`);
    said.set(id, each.said);
  });
  const atPosition = new Map([...ids].map(([id, at]) => [at, id])), lines = proof.again.map((line) => line.map((at) => atPosition.get(at)));
  const labels = new Map([...ids].map(([id, at]) => [id, [...told[at - 1].header.tags, ...told[at - 1].beside]]));
  const { own, every, numbers } = new Bearing(kind, of, labels, said, lines).found();
  toldAgain(said, lines, ids);
  if (kind === "decision" && !own.has(of)) throw new Wrong(`The ${subjectWords(proof)} is not in it, or is none.`);
  for (const [id, at] of ids) {
    if (every.has(id) && !said.has(id)) throw new Wrong(`#${at} bears on ${subjectWords(proof)}, and was left out.`);
    if (said.has(id) && !every.has(id)) throw new Wrong(`#${at} is disclosed, and does not bear on ${subjectWords(proof)}.`);
  }
  const positions = (which) => [...said.keys()].filter((each) => own.has(each) === which).map((each) => ids.get(each));
  return { numbers, own: positions(true), others: positions(false), withheld: ids.size - said.size, blinded: told.length - ids.size };
}

// The rally that an origin names.
function rallyOf(origin) {
  const none = new Wrong(`${origin} is the origin of no rally.`), [scheme, ...parts] = origin.split("/");
  let found;
  try {
    found = parts.map(decodeURIComponent);
  } catch {
    throw none;
  }
  const again = ["rally-ledger", ...found.map((each) => encodeURIComponent(each).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`))].join("/");
  if (scheme !== "rally-ledger" || found.length !== 3 || !found.every(Boolean) || again !== origin || !/^[0-9a-f]{16}$/.test(found[0])) throw none;
  return found[1];
}

function leadsToTheRoot({ told, checkpoint }) {
  const tree = new Tree(), rally = rallyOf(checkpoint.origin);
  told.forEach(({ leaf, header }, i) => {
    tree.append(leaf);
    if (header) need(header.position === i + 1 && header.rally === rally, `#${i + 1}`, `#${header.position} of ${header.rally} stands in its place`);
  });
  if (hex(tree.root()) !== hex(checkpoint.root)) throw new Wrong(`Its records are not those of the log of ${checkpointWords(checkpoint)}: with them the root would be another.`);
}

function isDerived({ header, beside, said }, which) {
  let tags, named;
  try {
    need(isType(said.type), which, "its type is not known here: no tags are derived");
    need(said.rally === header.rally, which, "its content is of another rally");
    tags = tagsOf(said);
    named = besideOf(said, tags);
  } catch (error) {
    throw error instanceof Wrong ? error : new Wrong(`${which}: its content is of no form that is known here`);
  }
  need(same(tags, header.tags), which, "its tags are not those of its content");
  need(same(named, beside), which, "what it names beside its tags is not what its content names");
}

// Of what is disclosed it has to be said which records tell one line of a source.
function toldAgain(said, lines, ids) {
  const byLine = new Map();
  for (const [id, each] of said) {
    const line = lineOf(each);
    if (line !== null) push(byLine, line, ids.get(id));
  }
  const several = (of) => of.map((each) => [...each].sort(byNumber)).filter((each) => each.length > 1).sort(byNumbers);
  const claimed = lines.map((line) => line.filter((each) => said.has(each)).map((each) => ids.get(each)));
  if (!same(several([...byLine.values()]), several(claimed))) throw new Wrong("The lines of sources that it says were told again are not these.");
}

// What bears on a crew, a decision or a stage, by the labels of records and what is disclosed of them.
class Bearing {
  #with = new Map();

  constructor(kind, of, labels, said, lines) {
    Object.assign(this, { kind, of, labels, said, again: new Map(lines.flatMap((line) => line.map((each) => [each, line]))) });
    for (const [id, several] of labels) for (const label of several) push(this.#with, label, id);
  }

  found() {
    const numbers = this.kind === "crew" ? this.#numbers() : [];
    const named = numbers.length ? numbers.map((each) => `crew:${each}`) : [`stage:${this.of}`];
    const own = this.kind === "decision" ? this.#connected() : new Set(named.flatMap((label) => this.#about(label)));
    const every = new Set([...own, ...[...this.labels].filter(([, labels]) => this.#isGeneral(labels)).map(([id]) => id), ...[...own].flatMap((id) => this.#named(id))]);
    const ahead = [...every];
    while (ahead.length) {
      const id = ahead.pop();
      for (const each of [...this.#about(`ref:${id}`), ...(this.again.get(id) || [])]) {
        if (every.has(each)) continue;
        every.add(each);
        ahead.push(each);
      }
    }
    return { own, every, numbers };
  }

  #about(label) { return this.#with.get(label) || []; }

  // The numbers that the crew has borne, or that were borne by who bore one of them.
  #numbers() {
    const numbers = [this.of], ahead = [this.of];
    while (ahead.length) {
      for (const id of this.#about(`crew:${ahead.pop()}`)) {
        const said = this.said.get(id);
        if (!said || said.type !== "NumberReallocated") continue;
        const more = once([said.number, said.new_number]).filter((each) => !numbers.includes(each));
        numbers.push(...more);
        ahead.push(...more);
      }
    }
    return numbers;
  }

  // The decision, and those that name it or that it names, as far as that leads.
  #connected() {
    const found = new Set(), ahead = [this.of];
    while (ahead.length) {
      const id = ahead.pop(), said = this.said.get(id);
      if (found.has(id) || !said || !DECISIONS.includes(said.type)) continue;
      found.add(id);
      ahead.push(...this.#named(id), ...this.#about(`ref:${id}`));
    }
    return found;
  }

  #isGeneral(labels) {
    if (this.kind === "decision") return false;
    const none = (...beginnings) => !labels.some((each) => beginnings.some((one) => each.startsWith(one)));
    return this.kind === "stage" ? none("crew:", "stage:", "ref:") : labels.includes(EVERYBODY) || none("crew:", "ref:");
  }

  // The records that one names, in its effects too.
  #named(id) {
    const said = this.said.get(id);
    return said ? namedIn(said).filter((each) => each.startsWith("ref:")).map((each) => each.slice(4)).filter((each) => this.labels.has(each)) : [];
  }
}
