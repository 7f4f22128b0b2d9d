// The records of a log, and what of them stands (specification, 3 and 6).
import { byCodePoint, canonical, digest, equal, has, hex, isObject, need, NotLaidOut, opt, readJson, same, strict } from "./bytes.mjs";
import { NAMING, tagsOf } from "./labels.mjs";
import { leafOf } from "./tree.mjs";

export const RECORDS = "records.jsonl";
const OF_A_LINE = ["position", "id", "received_at", "site", "site_position", "tags", "leaf", "occurrence"];
export const LISTS = ["effects", "matter", "evidence", "signed_by", "restricted_to", "parties"];
export const CREWS = ["number", "against"];

// What a record of these types says in any case.
const ALWAYS = new Map(Object.entries({
  Voided: ["target"], Corrected: ["target", "changes"], ActAdopted: ["target"], OfficialAppointed: ["office", "official"], OfficialReplaced: ["office", "official"],
  SiteLimited: ["of_site"], NumberReallocated: ["number", "new_number"], RegulationsAdopted: ["rulebook"], BulletinIssued: ["bulletin"], StageScheduled: ["stage", "order"],
  CrewEntered: ["number"], TimesCarriedIn: ["number", "stage", "total_ms"], ClockOffsetDeclared: ["ahead_ms"], StartOrderPublished: ["stage", "slots"],
  DecisionIssued: ["series", "decision"], CourtDecisionIssued: ["target"], ExhibitBound: ["target", "digest"],
}));

// A record of a line, with its id and its leaf hash computed again.
export function recordOf(line, position) {
  const where = `${RECORDS} line ${position}`, told = readJson(line);
  need(equal(canonical(told), line), where, "it is not spelled as a record is");
  need(told.position === position, where, `it is record #${told.position}: a record is missing, or is too many`);
  const said = told.occurrence, data = canonical(said);
  need(told.id === digest(data), where, `its content does not have the id ${told.id}`);
  const header = Object.fromEntries(OF_A_LINE.slice(0, 6).map((name) => [name, told[name]]));
  const leaf = leafOf(canonical({ ...header, rally: said.rally }));
  need(told.leaf === hex(leaf), where, `it does not have the leaf hash ${told.leaf}`);
  for (const name of ["type", "rally", "by", "role", "site"]) need(typeof opt(said, name, "") === "string", where, `its ${name} is no text`);
  need(isPair(opt(said, "recorded_at")), where, "its recorded_at is no instant");
  for (const name of ALWAYS.get(said.type) || []) need(has(said, name), where, `a ${said.type} has no ${name}`);
  need(!isType(said.type) || same(told.tags, tagsOf(said)), where, "its tags are not those of its content");
  const extra = Object.keys(told).filter((name) => !OF_A_LINE.includes(name));
  need(!extra.length, where, `a record has no ${extra.join(", ")}`);
  for (const name of ["id", "site", "leaf"]) if (typeof told[name] !== "string") throw new NotLaidOut(`${name} is no text`);
  if (typeof said.type !== "string") throw new NotLaidOut("type is no text");
  if (!Number.isInteger(told.received_at)) throw new NotLaidOut("received_at is no number");
  return { position, id: told.id, data, said, type: said.type, site: told.site, receivedAt: told.received_at, leaf };
}

function isPair(value) { return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger); }
export function canHold(name, value) {
  if (name.endsWith("_at")) return value === null || isPair(value);
  if (LISTS.includes(name)) return Array.isArray(value) && value.every((each) => (name === "effects" ? isObject(each) : typeof each === "string"));
  if (name === "parameters") return isObject(value);
  return !(NAMING.includes(name) || CREWS.includes(name)) || typeof value === "string" || Number.isInteger(value);
}
export const canStay = (name, value) => canHold(name, value) && (value !== null || name.endsWith("_at"));
export const changed = (said, changes) => strict({ ...said, ...changes });
// What is left of a record that corrections gave other values: null takes a field away.
export const corrected = (said, chain) => {
  if (!chain.length) return said;
  const now = chain.reduce((at, each) => ({ ...at, ...each.said.changes }), { ...said });
  return strict(Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null)));
};

export function lineOf(said) {
  const source = opt(said, "source", {}), seq = opt(source, "seq");
  return seq ? JSON.stringify([opt(source, "name", ""), seq]) : null;
}

export const push = (map, key, value) => (map.has(key) ? map.get(key).push(value) : map.set(key, [value]));

// The types by the offices that may record them; and those that count whoever says so.
export const MAY = {
  "clerk-of-the-course organiser results-office secretary":
    "RallyConstituted",
  "clerk-of-the-course organiser results-office secretary stewards":
    "RegulationsAdopted BulletinIssued OfficialAppointed OfficialReplaced SiteLimited",
  "organiser secretary stewards":
    "KeyRegistered KeyRevoked",
  "clerk-of-the-course court marshal medical organiser results-office scrutineer secretary stewards timekeeper tracking":
    "KeyReportedLost",
  "clerk-of-the-course results-office secretary":
    "StageScheduled ControlScheduled WaypointPlaced ZonePlaced EntryReceived CrewEntered NumberReallocated CrewRegistered CrewNominated PointsCarriedIn",
  "clerk-of-the-course results-office secretary stewards":
    "CrewMemberReplaced CrewReclassified DocumentDrawnUp DocumentPosted StartPositionChosen",
  "clerk-of-the-course competitor court marshal medical organiser results-office scrutineer secretary stewards timekeeper tracking":
    "RemarkMade ActsSigned CheckpointKept ProofKept TimeStampTaken",
  "clerk-of-the-course competitor court marshal medical results-office scrutineer secretary stewards timekeeper tracking":
    "IncidentReported RetirementReported RestartRequested",
  "clerk-of-the-course competitor results-office secretary":
    "EntryDeclined CrewWithdrew",
  "clerk-of-the-course results-office scrutineer secretary":
    "CheckHeld ComponentChanged",
  "scrutineer":
    "VehicleMarked",
  "clerk-of-the-course results-office scrutineer secretary stewards":
    "StartRefused",
  "clerk-of-the-course marshal results-office timekeeper tracking":
    "ControlPassed StageStarted FalseStartObserved PassingRecorded WaypointMissed SpeedZoneRead NeutralisationPassed RouteOpened CrewNotStarted",
  "clerk-of-the-course results-office stewards timekeeper":
    "StageTimeRecorded",
  "clerk-of-the-course results-office timekeeper":
    "TimesCarriedIn ClockOffsetDeclared CardsClosed",
  "clerk-of-the-course results-office stewards timekeeper tracking":
    "SourceDeclaredUnreliable",
  "clerk-of-the-course stewards timekeeper":
    "TimeDetermined StageClosed",
  "clerk-of-the-course competitor marshal results-office timekeeper tracking":
    "TimeCardHandled",
  "clerk-of-the-course marshal stewards timekeeper":
    "StageOpened",
  "clerk-of-the-course stewards":
    "StageDelayed StageShortened StageResumed StageStopped StageCancelled TargetTimeChanged RouteDirected CrewRepositioned RestartDecided MovedOutsideClassification DecisionIssued DecisionRescinded StartOrderAmended",
  "clerk-of-the-course marshal stewards":
    "StageInterrupted DelayAllowanceGranted",
  "clerk-of-the-course court stewards":
    "StageReinstated PenaltyGiven PenaltyWithdrawn SanctionDeclined TimeCreditGranted TimeCreditRevoked SuspensionActivated DeadlineExtended ResultsQualified StartPutBack",
  "court stewards":
    "TieBreakDisapplied TieSettled CrewDisqualified SupersedingDetermined ProtestDecided ReviewDecided ExecutionSuspended ExecutionResumed CrewRelegated PointsDocked",
  "clerk-of-the-course court marshal medical results-office scrutineer secretary stewards timekeeper tracking":
    "RetirementRetracted CrewRestarted ReportFiled ExhibitBound DocumentSigned Corrected Voided ActAdopted DiceThrown",
  "clerk-of-the-course marshal results-office stewards timekeeper tracking":
    "StageNotFinished",
  "medical":
    "FitnessDecided",
  "clerk-of-the-course secretary stewards":
    "SummonsIssued HearingHeld DecisionNotified CompetitionEnded PrizeGivingSet FinePaid FineReturned",
  "competitor court secretary stewards":
    "DecisionAcknowledged ProtestLodged ProtestWithdrawn ReviewPetitioned AppealIntentionNotified AppealConfirmed AppealWithdrawn",
  "court secretary stewards":
    "SuspensionLapsed AppealLapsed",
  "court secretary":
    "CourtDecisionIssued",
  "clerk-of-the-course results-office stewards":
    "StartOrderPublished ClassificationPublished CrewsSeeded",
  "clerk-of-the-course court results-office stewards":
    "PublicationWithdrawn",
  "clerk-of-the-course medical results-office secretary":
    "OpeningErased",
};
export const NO_ACTS = ["ActsSigned", "CheckHeld", "CheckpointKept", "ComponentChanged", "ControlPassed", "CrewNotStarted", "CrewRestarted", "EntryReceived", "ExhibitBound", "FalseStartObserved", "HearingHeld", "IncidentReported", "NeutralisationPassed", "PassingRecorded", "ProofKept", "RemarkMade", "ReportFiled", "RestartRequested", "RetirementReported", "RouteOpened", "SpeedZoneRead", "StageNotFinished", "StageStarted", "StageTimeRecorded", "TimeCardHandled", "TimeStampTaken", "VehicleMarked", "WaypointMissed"];
const OFFICES = new Map(Object.entries(MAY).flatMap(([offices, kinds]) => kinds.split(" ").map((kind) => [kind, offices.split(" ")])));
export const isType = (kind) => OFFICES.has(kind);
export const officesOf = (kind) => OFFICES.get(kind);
export const AMENDING = ["Corrected", "Voided", "ActAdopted"];
const OFFICIAL = ["OfficialAppointed", "OfficialReplaced", "SiteLimited"];
const instant = (said) => {
  if (!isPair(said.recorded_at)) throw new NotLaidOut("recorded_at is no instant");
  return said.recorded_at[0];
};

// What is said of an office or a site, in the words by which two of one moment are in order.
function inWords(said) {
  const offices = opt(said, "offices", []).join(" and "), successor = opt(said, "successor", "");
  if (said.type === "SiteLimited") return `${said.of_site}, officials act ${offices ? `as ${offices} only` : "in no office"}.`;
  return `${said.official} was replaced as ${said.office}${successor ? ` by ${successor}` : ""}.`;
}

function byTarget(told, kind) {
  const found = new Map();
  for (const [id, said] of told) if (said.type === kind) push(found, said.target, id);
  return found;
}

// What is void or has no effect; a void that is so itself strikes nothing.
export function voidAmong(told, idle) {
  const voiding = byTarget(told, "Voided"), state = new Map([...idle].map((id) => [id, true]));
  for (const start of voiding.keys()) {
    const path = [start];
    while (path.length) {
      const at = path[path.length - 1], above = voiding.get(at) || [], pending = above.filter((each) => !state.has(each));
      if (pending.length) {
        if (path.length > told.size + 1) throw new NotLaidOut("records void each other");
        path.push(...pending);
        continue;
      }
      path.pop();
      state.set(at, idle.has(at) || above.some((each) => !state.get(each)));
    }
  }
  return new Set([...state].filter(([, isVoid]) => isVoid).map(([id]) => id));
}

function notAdopted(refused, told) {
  const adopting = byTarget(told, "ActAdopted"), voiding = byTarget(told, "Voided"), works = new Map();
  if (!adopting.size) return new Set(refused);
  for (const start of refused) {
    const path = [start];
    while (path.length) {
      const at = path[path.length - 1], adopt = adopting.get(at) || [], strike = voiding.get(at) || [];
      const pending = [...adopt, ...strike].filter((each) => !works.has(each));
      if (pending.length) {
        path.push(...pending);
        continue;
      }
      path.pop();
      works.set(at, (!refused.has(at) || adopt.some((each) => works.get(each))) && !strike.some((each) => works.get(each)));
    }
  }
  return new Set([...refused].filter((each) => !(adopting.get(each) || []).some((a) => works.get(a))));
}

// That an act may count by its signature alone; "" where the rules ask for none.
function unlessSigned(records) {
  const rules = records.filter((each) => ["RegulationsAdopted", "BulletinIssued"].includes(each.type));
  const asked = rules.some(({ said }) => Object.keys(opt(said, "parameters", {})).some((name) => name.startsWith("signatures.")));
  return asked && records.some((each) => each.type === "KeyRegistered") ? "the rules ask for signatures, which are not looked at here" : "";
}

// Who could take which act, from the records alone; `idle` are those that have no effect.
export class Powers {
  #said;
  #founded;
  #limits = new Map();
  #terms = [];
  unsure = "";

  constructor(records) {
    this.#said = new Map(records.map((each) => [each.id, each.said]));
    this.unsure = unlessSigned(records);
    this.#founded = records.some((each) => each.type === "RallyConstituted" && opt(each.said, "role"));
    const official = records.filter((each) => OFFICIAL.includes(this.#about(each.said).type)).map((each) => each.id);
    const judged = new Map();
    if (official.length) {
      let refused = this.#walk(official, new Map(), null);
      if (this.#limits.size) {
        const first = new Map(official.filter((id) => this.#about(this.#said.get(id)).type === "SiteLimited").map((id) => [id, refused.has(id)]));
        refused = this.#walk(official, first, this.#limits);
      }
      for (const id of official) judged.set(id, refused.has(id));
    }
    const holds = (office, by, at) => this.#holds(office, by, at);
    this.refused = new Set(records.filter(({ id, said }) => (judged.has(id) ? judged.get(id) : this.#refused(said, holds))).map((each) => each.id));
    this.idle = notAdopted(this.refused, this.#said);
    this.saidLast = Math.max(0, ...records.filter((each) => judged.has(each.id)).map((each) => each.position));
  }

  #about(said) {
    let at = said;
    while (AMENDING.includes(at.type) && this.#said.has(at.target)) at = this.#said.get(at.target);
    return at;
  }

  #holds(office, by, at) {
    for (let i = this.#terms.length - 1; i >= 0; i--) {
      const term = this.#terms[i];
      if (term.since === at) return !term.held.has(office) || (term.then.get(office) || new Set()).has(by);
      if (term.since < at) {
        const held = term.holders.get(office) || new Set();
        return !held.size || held.has(by);
      }
    }
    return true;
  }

  #refused(said, holds) {
    const kind = said.type, role = opt(said, "role", ""), by = opt(said, "by", "");
    const measured = opt(said, "basis", "measured") === "measured";
    const seen = NO_ACTS.includes(kind) && (kind !== "StageTimeRecorded" || measured);
    if (seen || !OFFICES.has(kind)) return false; // what else there may be, the specification does not say
    const site = opt(said, "site", ""), source = opt(said, "source", {});
    const delivered = opt(source, "seq") && opt(source, "name") && ["results-office", ""].includes(role);
    if (this.#limits.has(site) && !this.#limits.get(site).has(role)) return true;
    if (delivered || !role) return Boolean(this.#founded && !delivered);
    const offices = (of) => OFFICES.get(of) || [role];
    if (!offices(kind).includes(role)) return true;
    const about = this.#about(said);
    if (AMENDING.includes(kind) && !AMENDING.includes(about.type)) {
      const amended = opt(this.#said.get(said.target), "role", ""), line = opt(about, "source", {});
      const theirs = opt(line, "seq") && opt(line, "name") && opt(about, "role", "") === role && role === amended;
      if (!(theirs && kind === "Voided") && !offices(about.type).includes(role)) return true;
    }
    return !holds(role, by, instant(said));
  }

  // Take in, in the order of recording, what says who may act; answers what is refused.
  #walk(official, judged, limits) {
    const byTime = new Map(), taken = new Map(), refused = new Set();
    for (const id of [...official].sort()) push(byTime, instant(this.#said.get(id)), id);
    this.#limits = limits || new Map();
    this.#terms = [];
    let holders = new Map();
    for (const since of [...byTime.keys()].sort((one, other) => one - other)) {
      const before = holders, named = new Map();
      let pending = byTime.get(since);
      const holds = (office, by) => {
        const held = before.get(office) || new Set();
        return !held.size || held.has(by) || (named.get(office) || new Set()).has(by);
      };
      for (;;) {
        const left = pending.filter((id) => (judged.has(id) ? judged.get(id) : this.#refused(this.#said.get(id), holds)));
        for (const id of pending.filter((each) => !left.includes(each))) {
          const said = this.#said.get(id), name = said.type === "OfficialAppointed" ? opt(said, "official") : opt(said, "successor");
          if (name) named.set(said.office, (named.get(said.office) || new Set()).add(name));
        }
        if (left.length === pending.length) break;
        pending = left;
      }
      pending.forEach((each) => refused.add(each));
      for (const id of byTime.get(since)) taken.set(id, this.#said.get(id));
      const [now, sites] = this.#inOrder(taken, notAdopted(refused, taken));
      holders = now;
      this.#limits = limits === null ? sites : limits;
      const then = new Map(), none = new Set();
      for (const each of new Set([...before.keys(), ...named.keys(), ...holders.keys()])) then.set(each, new Set([before, named, holders].flatMap((of) => [...(of.get(each) || none)])));
      this.#terms.push({ since, holders, then, held: new Set([...before].filter(([, persons]) => persons.size).map(([office]) => office)) });
    }
    return refused;
  }

  // Who holds offices and what limits there are after these records.
  #inOrder(taken, idle) {
    const struck = voidAmong(taken, idle), counts = [], holders = new Map(), limits = new Map();
    for (const [id, said] of taken) {
      if (!OFFICIAL.includes(said.type) || struck.has(id)) continue;
      const ahead = [id];
      let now = said;
      while (ahead.length) {
        const at = ahead.pop(), above = [...taken].filter(([, of]) => of.type === "Corrected" && of.target === at).map(([each]) => each);
        if (above.length > 1) this.unsure = "who holds an office was corrected in several ways";
        const first = above.find((each) => !struck.has(each));
        if (first) now = changed(now, taken.get(first).changes);
        ahead.push(...above);
      }
      counts.push(now);
    }
    counts.sort((one, other) => instant(one) - instant(other) || byCodePoint(one.type, other.type) || byCodePoint(inWords(one), inWords(other)));
    for (const said of counts) {
      if (said.type === "SiteLimited") {
        limits.set(said.of_site, new Set(opt(said, "offices", [])));
        continue;
      }
      const appointed = said.type === "OfficialAppointed", name = appointed ? said.official : opt(said, "successor");
      const held = new Set(holders.get(said.office) || []);
      if (!appointed) held.delete(said.official);
      if (name) held.add(name);
      holders.set(said.office, held);
    }
    return [holders, limits];
  }
}

// The log of an evidence file: its records, and what amends what.
export class Log {
  constructor(records) {
    this.records = records;
    this.byId = new Map(records.map((each) => [each.id, each]));
    this.amending = new Map();
    this.lines = new Map();
    for (const each of records) {
      if (each.type === "Corrected" || each.type === "Voided") push(this.amending, each.said.target, each);
      const line = lineOf(each.said);
      if (line !== null) push(this.lines, line, each.id);
    }
    this.powers = new Powers(records);
    this.void = voidAmong(new Map(records.map((each) => [each.id, each.said])), this.powers.idle);
    this.numbers = new Map();
    for (const each of records.filter((one) => one.type === "NumberReallocated")) {
      for (const said of this.versions(each)) {
        const named = [opt(said, "number"), opt(said, "new_number")].map(String);
        const group = new Set([...named, ...named.flatMap((one) => [...this.bearers(one)])]);
        for (const one of group) this.numbers.set(one, group);
      }
    }
  }

  isVoid(id) { return this.void.has(id); }
  copies(record) { return [...(this.lines.get(lineOf(record.said)) || [record.id])]; }
  counts(record) { return !this.isVoid(record.id) && this.copies(record).length === 1; }
  bearers(number) { return this.numbers.get(String(number)) || new Set([String(number)]); }
  bearer(number) { return [...this.bearers(number)].sort(byCodePoint)[0]; }

  // What a record says, and what corrections make of it, each by itself.
  versions(record) {
    const versions = [record.said], ahead = this.copies(record), seen = new Set([record.id]);
    while (ahead.length) {
      for (const each of this.amending.get(ahead.pop()) || []) {
        if (each.type !== "Corrected" || seen.has(each.id)) continue;
        seen.add(each.id);
        ahead.push(...this.copies(each));
        const { changes } = each.said;
        if (Object.keys(changes).every((name) => canHold(name, changes[name]))) versions.push(changed(record.said, changes));
      }
    }
    return versions;
  }

  // The chains of corrections in force on a record, each up to its end.
  tips(id, path = [], depth = 0) {
    if (depth > this.records.length) throw new NotLaidOut("records correct each other");
    const further = new Map();
    for (const each of this.amending.get(id) || []) {
      if (each.type !== "Corrected") continue;
      const chain = this.isVoid(each.id) ? path : [...path, each];
      for (const tip of this.tips(each.id, chain, depth + 1)) further.set(tip.map((one) => one.id).join(), tip);
    }
    return further.size ? [...further.values()] : path.length ? [path] : [];
  }

  // What stands of a record: nothing if it is void, else what it says with the corrections up to
  // the tip; several where that is not settled here.
  now(record) {
    if (this.isVoid(record.id)) return [];
    if (this.copies(record).length > 1 || this.powers.unsure) return this.versions(record);
    const tips = this.tips(record.id);
    if (tips.some((chain) => chain.some(({ said: { changes } }) => !Object.keys(changes).every((name) => canStay(name, changes[name]))))) return this.versions(record);
    return tips.length ? tips.map((chain) => corrected(record.said, chain)) : [record.said];
  }
}
