// The desk of the stewards, computed again from the records: statuses, deadlines, what was lodged
// (specification, 11).
import { byCodePoint, iso, listed, NotLaidOut, opt, strict, whole } from "./bytes.mjs";
import { push } from "./log.mjs";

const PLAN = ["EntryReceived", "EntryDeclined", "CrewEntered", "RallyConstituted", "RegulationsAdopted", "OfficialAppointed", "StageScheduled", "ControlScheduled", "WaypointPlaced", "ZonePlaced"];
export const STEPS = [
  "ReportFiled", "SummonsIssued", "HearingHeld", "DecisionIssued", "DecisionNotified", "DecisionAcknowledged", "DecisionRescinded", "SupersedingDetermined", "SuspensionActivated",
  "SuspensionLapsed", "ProtestLodged", "ProtestDecided", "ProtestWithdrawn", "ReviewPetitioned", "ReviewDecided", "AppealIntentionNotified", "AppealConfirmed", "AppealLapsed", "AppealWithdrawn",
  "ExecutionSuspended", "ExecutionResumed", "DeadlineExtended", "CompetitionEnded", "PrizeGivingSet", "FinePaid", "FineReturned", "CourtDecisionIssued", "ExhibitBound", "DocumentPosted",
];
export const OF_THE_DESK = new Set([...STEPS, "RegulationsAdopted", "BulletinIssued", "StageScheduled", "RallyConstituted", "ClassificationPublished", "StartOrderPublished"]);
export const IN_FORCE = "in force";
export const NOTHING_DONE = "without effect";
const QUASHED = "quashed", VARIED = "varied", RESCINDED = "rescinded", SUPERSEDED = "superseded", SET_ASIDE = "set aside", CONTESTED = "contested", SUSPENDED = "execution suspended";
const CONDITIONAL = "suspended on condition", LAPSED = "suspension lapsed", GONE = [QUASHED, VARIED, RESCINDED, SET_ASIDE], OVERTURNING = ["quashed", "varied"];
const CLERK = "clerk", STEWARDS = "stewards", NATIONAL = "national court", INTERNATIONAL = "international court";
const APPEAL_TO = { [CLERK]: "stewards", [STEWARDS]: "court", [NATIONAL]: "international_court" };
const named = (prefix) => new Map(Object.entries(APPEAL_TO).map(([instance, name]) => [instance, `${prefix}${name}`]));
const TO = named("appeals.to_"), CONFIRM = named("appeals.confirm_to_"), WITH = named("appeals.lodged_with_");
const CONFIRMATION = "appeals.confirmation_ms", SUSPENSIVE = "appeals.suspensive", NOT_APPEALABLE = "appeals.not_appealable", SUSPENDS = "appeals.suspends", ELSEWHERE = "lodging.elsewhere";
const REVIEW = "reviews.time", AGAINST_DECISION = "protests.time_decision", PROTEST_WITH = "protests.lodged_with", REVIEW_WITH = "reviews.lodged_with";
const OLDER = new Map([
  [REVIEW, "reviews.window_ms"], ["protests.time_classification", "protests.window_ms"], [AGAINST_DECISION, "protests.against_decision_ms"],
  ...[...TO.values()].map((each) => [each, "appeals.intention_ms"]), ...[...CONFIRM.values()].map((each) => [each, CONFIRMATION]), [SUSPENDS, SUSPENSIVE],
]);
// The rules that are applied here; every other is not.
export const APPLIED_RULES = new Set([...OLDER.keys(), ...OLDER.values(), ...WITH.values(), NOT_APPEALABLE, ELSEWHERE, PROTEST_WITH, REVIEW_WITH, "courts.national", "courts.international"]);
const NEXT = { appeal: "the time to announce an appeal ends", review: "the time to petition for a review ends", protest: "the time to protest ends" };
const ENDS = { ProtestWithdrawn: "withdrawn", AppealWithdrawn: "withdrawn", AppealLapsed: "lapsed" };

// -- facts ----------------------------------------------------------------------------------------

export const momentOf = (said) => opt(said, "decided_at") || opt(said, "fact_at") || said.recorded_at;
const text = (value) => String(value === null ? "None" : value);

// What a record says after corrections, with its place in the log.
export class Fact {
  constructor(position, id, said) {
    Object.assign(this, { position, id, said, type: said.type });
    this.moment = momentOf(said);
    [this.ms] = this.moment;
    const at = opt(said, "fact_at"), [recorded] = said.recorded_at;
    this.recorded = recorded;
    this.first = at ? at[0] : PLAN.includes(said.type) ? -Infinity : recorded;
  }

  get(name, otherwise) { return opt(this.said, name, otherwise); }
  get name() {
    if (this.type === "DecisionIssued") return `${text(this.said.series)}-${text(this.said.decision)}`;
    return this.get("case") ? `court-${this.get("case")}` : "court";
  }
}
export const inOrder = (one, other) => (one.first === other.first ? 0 : one.first - other.first) || one.recorded - other.recorded || byCodePoint(one.id, other.id);
const last = (facts) => (facts.length ? facts.reduce((most, each) => (inOrder(each, most) >= 0 ? each : most)) : null);
const first = (...facts) => facts.filter(Boolean).reduce((least, each) => (least === null || inOrder(each, least) < 0 ? each : least), null);

// -- how rules word times -------------------------------------------------------------------------

const SPAN = "([1-9]\\d{0,3}) (min|h|days?)", NAMES = "(?:notification|posting|decision|publication|announcement|act|end-of-competition|prize-giving)";
const STARTS = new RegExp(`^${SPAN} from (?:the (first|last) of )?(${NAMES}(?:, ${NAMES})*)$`);
const LIMIT = new RegExp(`^not later than ${SPAN} (before|after) (${NAMES})$`);
const EXTENDED = new RegExp(`^([a-z-]+(?: or [a-z-]+)*) may extend(?: by ${SPAN})?$`);
const SAME_TIME = ", at the same time of day", LENGTHS = { ms: 1, min: 60_000, h: 3_600_000 };
const LINE = /^(.+) of (.+): (at once|never|during the competition|after the competition)$/;
const timeOf = (parameter, fields = {}) => ({ parameter, span: null, starts: [], last: false, sameTime: false, limit: null, offices: [], most: null, open: true, needed: true, ...fields });

export function worded(parameter, said) {
  if (said === "not open" || said === "not needed") return timeOf(parameter, { open: said !== "not open", needed: said !== "not needed" });
  const [begin, ...more] = (said || "").split("; "), sameTime = begin.endsWith(SAME_TIME);
  const found = STARTS.exec(sameTime ? begin.slice(0, -SAME_TIME.length) : begin);
  if (!found) return timeOf(parameter);
  const time = timeOf(parameter, { span: [+found[1], found[2]], starts: found[4].split(", "), last: found[3] === "last", sameTime });
  for (const each of more) {
    const limit = LIMIT.exec(each), extended = limit ? null : EXTENDED.exec(each);
    if (limit) time.limit = [[+limit[1], limit[2]], limit[3] === "before" ? -1 : 1, limit[4]];
    else if (extended) Object.assign(time, { offices: extended[1].split(" or "), most: extended[2] ? [+extended[2], extended[3]] : null });
    else return timeOf(parameter);
  }
  return time;
}

// The offset of a zone at an instant, in ms; a zone that is not known here is UTC.
export function zoneNamed(name) {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(name);
  if (fixed) {
    const minutes = +fixed[2] * 60 + +fixed[3];
    return () => (fixed[1] === "-" ? -minutes : minutes) * 60_000;
  }
  let shown;
  try {
    shown = new Intl.DateTimeFormat("en-US", { timeZone: name || "UTC", hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  } catch {
    return () => 0;
  }
  return (ms) => {
    const at = Object.fromEntries(shown.formatToParts(new Date(ms)).map(({ type, value }) => [type, +value]));
    return Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) - Math.floor(ms / 1000) * 1000;
  };
}

// The instant at which the clocks of a zone show this; of two the first, in a gap as before it.
function instantAt(shown, zone) {
  const before = shown - zone(shown - 86_400_000), after = shown - zone(shown + 86_400_000);
  if (before + zone(before) === shown) return before;
  return after + zone(after) === shown ? after : before;
}

export function moved(ms, [amount, unit], sign, zone, sameTime = false) {
  if (unit in LENGTHS) return ms + sign * amount * LENGTHS[unit];
  const seconds = Math.floor(ms / 1000) * 1000, shown = seconds + zone(seconds), day = Math.floor(shown / 86_400_000) * 86_400_000 + sign * amount * 86_400_000;
  if (sameTime) return instantAt(day + (shown - Math.floor(shown / 86_400_000) * 86_400_000), zone) + (ms - seconds);
  return instantAt(day + 86_400_000, zone) - 1;
}

// -- rules ----------------------------------------------------------------------------------------

class Rules {
  constructor(fields) { Object.assign(this, fields); }

  value(name, kind) {
    const found = this.values.get(name);
    return (kind === "list" ? Array.isArray(found) : typeof found === kind) ? found : null;
  }

  // The parameter by which the rules say this: its own, or the one that said it before.
  named(name) {
    const older = OLDER.get(name);
    if (older === undefined || this.values.has(name)) return name;
    return !this.values.has(older) && [...OLDER.keys()].some((each) => this.values.has(each)) ? name : older;
  }

  time(name) {
    const parameter = this.named(name);
    if (parameter === name) return worded(name, this.value(name, "string"));
    const length = this.value(parameter, "number");
    return timeOf(parameter, { span: length === null ? null : [length, "ms"], starts: parameter === CONFIRMATION ? ["announcement"] : ["notification", "posting"] });
  }

  lacking(names) { return [...new Set(names.map((each) => this.named(each)))].filter((each) => !this.values.has(each)); }
}

// -- the desk -------------------------------------------------------------------------------------

export class Desk {
  #byType = new Map();
  #byId = new Map();
  #about = new Map();
  #ofCourt = new Map();
  #notices = new Map();
  #known = new Map();
  #heirs = new Map();
  #became = new Map();

  constructor(facts) {
    for (const each of [...facts].sort(inOrder)) {
      this.#byId.set(each.id, each);
      push(this.#byType, each.type, each);
      push(this.#about, `${each.type} ${text(each.get("target", ""))}`, each);
    }
    for (const each of [...this.all("DecisionNotified"), ...this.all("DocumentPosted")].sort(inOrder)) {
      const about = each.get("about", "") || each.get("target", ""), key = `${each.type} ${about}`;
      if (!this.#notices.has(about)) this.#notices.set(about, each);
      if (!this.#known.has(key)) this.#known.set(key, each);
    }
    this.decisions = new Map(["DecisionIssued", "CourtDecisionIssued"].flatMap((kind) => this.all(kind)).map((each) => [each.id, each]));
    const issued = new Set(this.all("DecisionIssued").map((each) => each.id));
    for (const each of this.all("DecisionIssued")) {
      const replaced = each.get("supersedes");
      if (!issued.has(replaced)) continue;
      const gone = this.#gone(each);
      if (gone === null || gone.status === VARIED) this.#heirs.set(replaced, [...(this.#heirs.get(replaced) || []), each]);
    }
  }

  all(kind) { return this.#byType.get(kind) || []; }
  about(kind, id) { return this.#about.get(`${kind} ${id}`) || []; }
  fact(id) {
    if (!this.#byId.has(id)) throw new NotLaidOut(`${id} is no step of the desk`);
    return this.#byId.get(id);
  }

  rules(ms, stage = null) {
    const adopted = this.all("RegulationsAdopted");
    const none = { name: "", values: new Map(), provenance: new Map(), setBy: new Map(), applied: [], waiting: [] };
    if (!adopted.length) return new Rules(none);
    const planned = adopted.filter((each) => !each.get("fact_at")), base = planned.length ? planned[planned.length - 1] : adopted[0];
    const own = adopted.filter((each) => each.get("fact_at") && each !== base).map((each) => [each.said.fact_at[0], each]);
    for (const each of this.all("BulletinIssued")) {
      const effective = each.get("effective_at");
      own.push([effective ? effective[0] : each.first, each]);
    }
    own.sort((one, other) => one[0] - other[0]);
    const changes = [...later(base), ...own.flatMap(([since, each]) => [[since, each], ...later(each)])];
    const orders = this.orders(), order = orders.get(stage || "");
    let name = base.said.rulebook, values = new Map(parts(base.said, "parameters")), provenance = new Map(parts(base.said, "provenance")), setBy = new Map();
    const applied = [], waiting = [];
    for (const [since, each] of changes) {
      const isWhole = each.said.type === "RegulationsAdopted", title = titleOf(each.said), sets = new Map(parts(each.said, "parameters")), sources = new Map(parts(each.said, "provenance"));
      const begins = opt(each.said, "from_stage"), reached = order !== undefined && orders.has(text(begins)) && order >= orders.get(text(begins));
      const holds = begins ? reached : ms >= since;
      (holds ? applied : waiting).push({ name: title, position: each.position, parameters: [...sets.keys()].sort(byCodePoint) });
      if (!holds) continue;
      if (isWhole) [name, values, provenance, setBy] = [each.said.rulebook, new Map(), new Map(), new Map()];
      for (const [fresh, old] of OLDER) if (sets.has(old) && !sets.has(fresh)) values.delete(fresh);
      for (const [one, value] of sets) {
        values.set(one, value);
        provenance.set(one, sources.has(one) ? sources.get(one) : "");
        if (!isWhole) setBy.set(one, title);
      }
    }
    return new Rules({ name, values, provenance, setBy, applied, waiting });
  }

  orders() {
    const found = new Map();
    for (const each of this.all("StageScheduled")) if (!found.has(each.said.stage)) found.set(each.said.stage, each.said.order);
    return found;
  }

  // -- statuses -----------------------------------------------------------------------------------

  standing(fact) {
    if (fact.type === "CourtDecisionIssued") return this.#court(fact);
    const gone = this.#gone(fact);
    if (gone !== null) return gone;
    const target = fact.get("supersedes", ""), claims = this.#claims(target);
    if (claims.some((each) => each.id === fact.id)) {
      if (claims.length > 1) return { status: CONTESTED, because: claims.map((each) => each.id).filter((id) => id !== fact.id) };
    } else {
      const ruled = this.#ruled(target);
      if (ruled.length) return { status: SET_ASIDE, because: ruled };
    }
    const heir = this.successor(fact.id);
    return heir ? { status: SUPERSEDED, because: [heir.id, ...this.#ruled(fact.id)] } : this.#execution(fact);
  }

  contested(id) {
    const claims = this.#claims(id);
    return claims.length > 1 ? claims : [];
  }

  successor(id) {
    const claims = this.#claims(id);
    return claims.length === 1 ? claims[0] : null;
  }

  #determined(id) { return this.about("SupersedingDetermined", id).slice(-1)[0] || null; }
  #ruled(id) {
    const ruled = this.#determined(id);
    return ruled ? [ruled.id] : [];
  }

  #claims(id) {
    const claims = this.#heirs.get(id) || [], ruled = this.#determined(id);
    if (ruled === null) return claims;
    const heir = claims.filter((each) => each.id === ruled.get("heir"));
    return heir.length ? heir : claims.filter((each) => each.recorded > ruled.recorded);
  }

  #gone(fact) {
    const by = this.about("DecisionRescinded", fact.id);
    return by.length ? { status: RESCINDED, because: [by[0].id] } : this.#overturned(fact);
  }

  #overturned(fact) {
    const standing = this.about("CourtDecisionIssued", fact.id).filter((each) => {
      const { status } = this.#court(each);
      return status === VARIED || (status === IN_FORCE && OVERTURNING.includes(each.get("outcome")));
    });
    if (!standing.length) return null;
    const court = standing.reduce((most, each) => ((each.ms - most.ms || inOrder(each, most)) > 0 ? each : most)), above = this.#court(court);
    return above.status === VARIED ? { status: VARIED, because: [court.id, ...above.because] } : { status: court.said.outcome, because: [court.id] };
  }

  #court(fact) {
    if (!this.decisions.has(fact.get("target"))) return { status: NOTHING_DONE, because: [] };
    if (!this.#ofCourt.has(fact.id)) {
      this.#ofCourt.set(fact.id, { status: IN_FORCE, because: [] }); // for those corrected into a circle
      this.#ofCourt.set(fact.id, this.#overturned(fact) || this.#execution(fact));
    }
    return this.#ofCourt.get(fact.id);
  }

  #execution(fact, act = null) {
    const order = last([...this.about("ExecutionSuspended", fact.id), ...this.about("ExecutionResumed", fact.id)]);
    if (order !== null && order.type === "ExecutionSuspended") return { status: SUSPENDED, because: [order.id] };
    const pending = this.appeals(fact).filter((each) => this.#suspends(fact, act) && each.whyNot === "" && each.ended === null).map((each) => each.fact);
    const because = pending.filter((each) => order === null || inOrder(each, order) > 0).map((each) => each.id);
    return { status: because.length ? SUSPENDED : IN_FORCE, because };
  }

  #suspends(fact, act = null) {
    if (fact.get("immediate", false)) return false;
    const rules = this.#procedure(fact), ended = this.#endedAt() !== null;
    if (rules.named(SUSPENDS) === SUSPENSIVE) return Boolean(rules.value(SUSPENSIVE, "boolean"));
    const effects = fact.get("effects") || [], acts = effects.length ? effects.map((each) => each.act) : [""], instance = this.#instance(fact);
    const lines = (rules.value(SUSPENDS, "list") || []).map((each) => LINE.exec(text(each))).filter(Boolean);
    const holds = { "at once": true, "during the competition": !ended, "after the competition": ended };
    for (const each of act === null ? acts : [act]) {
      for (const [, what, whom, when] of lines) {
        const of = what.split(" and "), by = whom.split(" and ");
        if ((of.includes(each) || of.includes("any decision")) && (by.includes(instance) || by.includes("anybody"))) {
          if (holds[when]) return true;
          break;
        }
      }
    }
    return false;
  }

  #endedAt() { return last(this.all("CompetitionEnded")); }
  get #zone() {
    const [founded] = this.all("RallyConstituted");
    return zoneNamed(founded ? founded.get("timezone", "") : "");
  }

  // Who took a decision: the clerk, the stewards, a national or an international court.
  #instance(fact) {
    if (fact.type !== "CourtDecisionIssued") return text(fact.get("series", ""));
    const plain = (each) => text(each).toLowerCase().trim(), rules = this.#procedure(fact), name = plain(fact.get("court", ""));
    for (const [rule, instance] of [["courts.international", INTERNATIONAL], ["courts.national", NATIONAL]]) {
      if (name && (rules.value(rule, "list") || []).map(plain).includes(name)) return instance;
    }
    const below = this.decisions.get(fact.get("target", ""));
    return below && below.type === "CourtDecisionIssued" ? INTERNATIONAL : NATIONAL;
  }

  // What became of each effect of a decision, in their order.
  effects(fact) {
    if (!this.#became.has(fact.id)) this.#became.set(fact.id, this.#ofEffects(fact));
    return this.#became.get(fact.id);
  }

  #ofEffects(fact) {
    const standing = this.standing(fact);
    return (fact.get("effects") || []).map((effect) => {
      let { status } = standing;
      if ((status === SUPERSEDED && this.#standsBefore(fact, effect)) || status === SUSPENDED) status = this.#execution(fact, effect.act).status;
      return opt(effect, "condition") && status === IN_FORCE ? this.#condition(fact, effect) : status;
    });
  }

  #standsBefore(fact, effect) {
    const heir = this.successor(fact.id), orders = this.orders(), where = opt(opt(effect, "fields") || {}, "stage") || fact.get("stage");
    const since = heir ? orders.get(text(heir.get("supersedes_from", null))) : undefined, order = orders.get(text(where));
    return since !== undefined && order !== undefined && order < since;
  }

  #condition(fact, effect) {
    const until = opt(effect, "until_at"), lapses = this.about("SuspensionLapsed", fact.id);
    const found = this.about("SuspensionActivated", fact.id).filter((each) => this.#isFound(each));
    const lapsed = lapses.find((each) => !until || each.ms > until[0]);
    if (found.length && !(lapsed && inOrder(lapsed, found[0]) < 0)) return until && found[0].ms > until[0] ? LAPSED : IN_FORCE;
    return lapsed ? LAPSED : CONDITIONAL;
  }

  #isFound(activation) {
    const found = this.decisions.get(activation.get("decision", ""));
    return !found || this.standing(found).status === IN_FORCE;
  }

  // -- deadlines ----------------------------------------------------------------------------------

  notified(fact) { return this.#notices.get(fact.id) || null; }
  #procedure(fact) { return this.rules((this.notified(fact) || fact).ms); }

  appealable(fact) {
    const open = fact.get("appealable", true);
    if (!open || !this.#toAppeal(fact).open) return false;
    const acts = (fact.get("effects") || []).map((each) => each.act), closed = acts.length ? this.#procedure(fact).value(NOT_APPEALABLE, "list") || [] : [];
    return !acts.length || !acts.every((each) => closed.includes(each));
  }

  #toAppeal(fact) {
    const instance = this.#instance(fact), time = this.#procedure(fact).time(TO.get(instance) || TO.get(NATIONAL));
    return instance === INTERNATIONAL && time.parameter === TO.get(NATIONAL) ? timeOf(TO.get(NATIONAL), { open: false }) : time;
  }

  #toConfirm(about) { return this.#procedure(about).time(CONFIRM.get(this.#instance(about)) || CONFIRM.get(NATIONAL)); }

  #until(time, kind, fact, announced = null) {
    const instants = this.#instants(announced ? announced[1] : fact);
    if (announced) instants.set("announcement", announced[0].ms);
    const began = time.starts.filter((each) => instants.has(each)).map((each) => instants.get(each));
    if (!time.span || !began.length || (time.last && began.length < time.starts.length)) return null;
    const since = time.last ? Math.max(...began) : Math.min(...began);
    let end = moved(since, time.span, 1, this.#zone, time.sameTime);
    if (time.limit && instants.has(time.limit[2])) end = Math.min(end, moved(instants.get(time.limit[2]), time.limit[0], time.limit[1], this.#zone));
    return Math.max(end, ...this.#extensions(time, kind, fact, end));
  }

  #instants(about) {
    let decided = about.get("decided_at");
    if ((decided === undefined || decided === null) && about.type === "DecisionIssued") decided = about.said.recorded_at;
    const instants = new Map([["decision", decided ? decided[0] : about.ms], ["act", about.ms]]);
    for (const [name, of] of [["notification", "DecisionNotified"], ["posting", "DocumentPosted"]]) {
      const known = this.#known.get(`${of} ${about.id}`);
      if (known) instants.set(name, known.ms);
    }
    const ended = this.#endedAt(), given = last(this.all("PrizeGivingSet"));
    if (ended !== null) instants.set("end-of-competition", ended.ms);
    if (given !== null) instants.set("prize-giving", given.said.prizes_at[0]);
    return instants;
  }

  #extensions(time, kind, fact, end) {
    return this.about("DeadlineExtended", fact.id).filter((each) => {
      const longer = each.said.until_at[0], most = time.most ? moved(end, time.most, 1, this.#zone, time.sameTime) : longer;
      return each.said.deadline === kind && time.offices.includes(each.get("role", "")) && longer <= most;
    }).map((each) => each.said.until_at[0]);
  }

  deadlines(fact) {
    const rules = this.#procedure(fact), series = fact.get("series", ""), instance = this.#instance(fact);
    const asked = {
      appeal: [this.#toAppeal(fact), this.appealable(fact), TO.get(instance) || TO.get(NATIONAL)],
      review: [rules.time(REVIEW), Boolean(series), REVIEW],
      protest: [rules.time(AGAINST_DECISION), series === CLERK, AGAINST_DECISION],
    };
    const ends = Object.fromEntries(Object.entries(asked).map(([what, [time, runs]]) => [what, runs ? this.#until(time, what, fact) : null]));
    if (this.notified(fact) === null) return [ends, []];
    const needed = Object.values(asked).filter(([, runs]) => runs).map(([, , name]) => name);
    if (this.about("AppealIntentionNotified", fact.id).length) needed.push(CONFIRM.get(instance) || CONFIRM.get(NATIONAL), SUSPENDS);
    return [ends, rules.lacking(needed)];
  }

  #lodged(about, parameter, fact) {
    const rules = this.#procedure(about), offices = rules.value(parameter, "list"), withWhom = text(fact.get("lodged_with", ""));
    if (!offices || !offices.length || ["", ...offices].includes(withWhom) || rules.value(ELSEWHERE, "string") !== "inadmissible") return "";
    return `it was lodged with the ${withWhom.replace(/-/g, " ")}, not with the ${offices.map((each) => each.replace(/-/g, " ")).join(" or ")}`;
  }

  // -- what was lodged ----------------------------------------------------------------------------

  matters(fact) {
    let found = [...this.#protests(fact), ...this.#reviews(fact), ...this.appeals(fact)];
    const standing = this.standing(fact);
    if (GONE.includes(standing.status)) {
      const by = this.fact(standing.because[0]);
      found = found.map((each) => (each.ended ? each : { ...each, ended: by, outcome: "moot" }));
    }
    return found.sort((one, other) => inOrder(one.fact, other.fact));
  }

  #protests(about) {
    const rules = this.#procedure(about);
    let due = null, closed = "";
    if (about.type === "DecisionIssued") {
      if (about.said.series === STEWARDS) closed = "the stewards do not review their decisions through a protest";
      else {
        due = this.#until(rules.time(AGAINST_DECISION), "protest", about);
        closed = rules.time(AGAINST_DECISION).open ? "" : "no protest against it is open";
      }
    }
    return this.about("ProtestLodged", about.id).map((each) => {
      const late = due !== null && each.ms > due ? "it was lodged too late" : "", steps = this.about("ProtestDecided", each.id);
      const ended = first(finalOf(steps), this.about("ProtestWithdrawn", each.id)[0]);
      return matter({ kind: "protest", fact: each, due, whyNot: closed || late || this.#lodged(about, PROTEST_WITH, each), step: stepOf(steps), ended, outcome: outcomeOf(ended) });
    });
  }

  #reviews(about) {
    if (about.type !== "DecisionIssued") return [];
    const due = this.deadlines(about)[0].review, closed = this.#procedure(about).time(REVIEW).open ? "" : "no review of it is open";
    return this.about("ReviewPetitioned", about.id).map((each) => {
      const late = due !== null && each.ms > due ? "it was petitioned for too late" : "", steps = this.about("ReviewDecided", each.id), ended = finalOf(steps);
      return matter({ kind: "review", fact: each, due, whyNot: closed || late || this.#lodged(about, REVIEW_WITH, each), step: stepOf(steps), ended, outcome: outcomeOf(ended) });
    });
  }

  appeals(about) {
    const announced = this.about("AppealIntentionNotified", about.id);
    if (!announced.length) return [];
    const due = this.#until(this.#toAppeal(about), "appeal", about), toConfirm = this.#toConfirm(about), withWhom = WITH.get(this.#instance(about)) || WITH.get(NATIONAL);
    return announced.map((each) => {
      let whyNot = this.#lodged(about, withWhom, each);
      if (!this.appealable(about)) whyNot = "the decision is not open to appeal";
      else if (due !== null && each.ms > due) whyNot = "it was announced too late";
      const confirmBy = this.#until(toConfirm, "confirmation", each, [each, about]), ended = this.#ended(each, about, whyNot, confirmBy);
      const confirmed = this.about("AppealConfirmed", each.id)[0] || null, step = confirmed ? "confirmed" : toConfirm.needed ? "announced" : "lodged";
      return matter({ kind: "appeal", fact: each, due, whyNot, step, ended, outcome: outcomeOf(ended), suspensive: !whyNot && this.#suspends(about), confirmBy, confirmed, waits: toConfirm.needed });
    });
  }

  #ended(appeal, about, whyNot, confirmBy) {
    let lapses = this.about("AppealLapsed", appeal.id);
    if (lapses.length && !whyNot) {
      const inTime = this.about("AppealConfirmed", appeal.id).some((each) => confirmBy === null || each.ms <= confirmBy);
      lapses = inTime || !this.#toConfirm(about).needed ? [] : lapses.filter((each) => confirmBy === null || each.ms > confirmBy);
    }
    const rescinded = new Set(this.all("DecisionRescinded").map((each) => each.said.target)), toStewards = this.#toAppeal(about).parameter === TO.get(CLERK);
    return first(
      ...lapses,
      ...this.about("AppealWithdrawn", appeal.id),
      ...this.about("CourtDecisionIssued", about.id).filter((each) => ["", appeal.id].includes(each.get("appeal", ""))),
      ...(toStewards ? this.all("DecisionIssued") : []).filter((each) => each.said.series === STEWARDS && (each.get("matter") || []).includes(appeal.id) && !rescinded.has(each.id)),
    );
  }

  // -- what is said of a decision -----------------------------------------------------------------

  entry(fact) {
    const standing = this.standing(fact), heir = this.successor(fact.id), notified = this.notified(fact), known = this.about("DecisionAcknowledged", fact.id)[0];
    const replaced = this.decisions.get(fact.get(fact.type === "CourtDecisionIssued" ? "target" : "supersedes", ""));
    return {
      status: standing.status,
      positions: standing.because.map((each) => this.fact(each).position),
      supersedes: replaced ? replaced.name : "",
      superseded_by: heir ? heir.name : "",
      claimed_by: this.contested(fact.id).map((each) => each.name),
      notified_at: notified ? iso(notified.moment) : null,
      acknowledged_at: known ? iso(known.moment) : null,
      exhibits: this.about("ExhibitBound", fact.id).map((each) => each.said.title),
    };
  }

  row(fact) {
    const notified = this.notified(fact), offset = (notified || fact).moment[1], [ends, undefinedRules] = this.deadlines(fact), matters = this.matters(fact), { status } = this.standing(fact);
    const before = (one, other) => one[0] - other[0] || byCodePoint(one[1], other[1]);
    const [[nextAt, next]] = [...(GONE.includes(status) ? [] : ahead(ends, matters).sort(before)), [null, ""]];
    return {
      decision: fact.name,
      number: fact.get("number", ""),
      status,
      notified_at: notified ? iso(notified.moment) : null,
      appealable: notified ? this.appealable(fact) : Boolean(fact.get("appealable", true)) && this.#toAppeal(fact).open,
      ...Object.fromEntries(Object.keys(NEXT).map((what) => [`${what}_until`, shownAt(ends[what], offset)])),
      next_at: shownAt(nextAt, offset),
      next,
      matters: matters.map((each) => matterRow(each, fact.name)),
      undefined: undefinedRules,
    };
  }
}

const matter = (fields) => ({ suspensive: false, confirmBy: null, confirmed: null, waits: false, ...fields });
const shownAt = (ms, offset) => (ms === null ? null : iso([ms, offset]));
const finalOf = (steps) => steps.find((each) => each.said.outcome !== "admitted") || null;
const stepOf = (steps) => (steps.length ? "admitted" : "lodged");
const outcomeOf = (ended) => (ended === null ? "" : ended.type === "DecisionIssued" ? "decided" : ENDS[ended.type] || text(ended.said.outcome));

function ahead(ends, matters) {
  const appealed = matters.some((each) => each.kind === "appeal" && !each.whyNot);
  return [
    ...Object.entries(ends).filter(([what, end]) => end !== null && !(what === "appeal" && appealed)).map(([what, end]) => [end, NEXT[what]]),
    ...matters.filter((each) => each.confirmBy !== null && each.ended === null && each.confirmed === null && each.waits).map((each) => [each.confirmBy, "an announced appeal has to be confirmed"]),
  ];
}

function matterRow(found, about) {
  const { fact, confirmed, confirmBy, ended } = found, [, offset] = fact.moment;
  return {
    kind: found.kind, about, number: fact.get("number", ""), competitor: fact.get("competitor", ""), lodged_at: iso(fact.moment), due_at: shownAt(found.due, offset),
    admissible: !found.whyNot, why_not: found.whyNot, suspensive: found.suspensive, step: found.outcome || found.step, confirm_by: shownAt(confirmBy, offset),
    confirmed_at: confirmed ? iso(confirmed.moment) : null, confirmed_in_time: confirmed !== null && confirmBy !== null ? confirmed.ms <= confirmBy : null,
    ended_at: ended ? iso(ended.moment) : null, outcome: found.outcome, open: ended === null, position: fact.position, id: fact.id,
  };
}

// -- adopted rules --------------------------------------------------------------------------------

const VERSION = "a later version of what was adopted";
const parts = (said, name) => Object.entries(opt(said, name) || {});
function titleOf(said) {
  if (said.type === VERSION) return `version ${said.rulebook} since ${said.since}`;
  return said.type === "RegulationsAdopted" ? `regulations ${said.rulebook}` : `bulletin ${said.bulletin}`;
}

// The later versions of what was adopted, a change for each day on which some begin.
function later(fact) {
  const days = new Map();
  for (const each of listed(fact.get("later") || [])) {
    const [ms] = each.since;
    if (!days.has(whole(ms))) days.set(ms, { type: VERSION, rulebook: fact.said.rulebook, since: iso(each.since).slice(0, 10), parameters: {}, provenance: {} });
    const said = days.get(ms);
    said.parameters[each.parameter] = each.value;
    said.provenance[each.parameter] = opt(each, "provenance", "");
  }
  return [...days].sort((one, other) => one[0] - other[0]).map(([ms, said]) => [ms, { position: fact.position, said: strict(said) }]);
}
