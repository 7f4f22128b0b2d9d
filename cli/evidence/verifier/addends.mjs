// Each addend of a total against the record that it names, followed to the tip (specification, 10).
import { clock, foundOnce, need, opt, textual } from "./bytes.mjs";
import { IN_FORCE } from "./desk.mjs";

const KINDS = ["carried-in", "time", "cost", "missing", "cancelled", "untimed", "joker", "penalty"];
const OF_A_STAGE = ["time", "cost", "missing", "cancelled", "untimed"], NO_TIMES = OF_A_STAGE.slice(1);
const STATUS_OF = new Map([...["time", "cost", "joker"].map((kind) => [kind, IN_FORCE]), ["missing", "no value"], ["cancelled", "cancelled"], ["untimed", "not timed"]]);
const DECISIONS = ["DecisionIssued", "CourtDecisionIssued"], GIVING = ["PenaltyGiven", ...DECISIONS];
export const MUST_BE_NAMED = [...GIVING, "StageTimeRecorded", "TimesCarriedIn"];
const PENALTY = ["number", "amount_ms", "stage", "control", "applies_to", "article", "document", "kind", "point", "in_start_order", "only_in", "reason"];
const READING = /^(time recorded|on the clock|notional time|assessed time)( at .+)?$/s;
const isReading = (part) => READING.test(textual(part.what));
const orElse = (value, otherwise) => (value === undefined ? otherwise : value);

// What rules make of the records is listed, unless it adds nothing.
const rulesMake = (total, part) => {
  if (part.ms) total.byRules.push(`${part.stage ? `${textual(part.stage)} ` : ""}${clock(part.ms)} (${textual(part.what)})`);
};

export function eachAddend(check, name, found) {
  const crew = found.number, { after } = found.scope, seen = new Set();
  const total = { crew, after, ...opening(check, crew, after), byRules: [], given: new Map(), timed: new Set() };
  found.addends.forEach((each, i) => {
    const where = `${name} addend ${i + 1}`, { kind, stage } = each;
    need(KINDS.includes(kind), where, `there is no addend of the kind ${kind}`);
    const status = orElse(STATUS_OF.get(kind), each.status);
    need(each.status === status, where, `a ${kind} has the status ${status}`);
    need(status === IN_FORCE || each.ms === 0, where, `${status}, and adds something`);
    if (OF_A_STAGE.includes(kind)) {
      need(stage && !seen.has(stage), where, `${stage || "no stage"} twice`);
      seen.add(stage);
    }
    if (status === IN_FORCE) inForce(check, where, each, total);
  });
  carriedIn(name, found, total);
  penaltiesCount(check, name, found, total);
  timesCount(check, total);
  if (total.byRules.length) check.notApplied.push(`${name}: made by rules, and held against no record: ${total.byRules.join("; ")}`);
}

// An addend that counts: by the record that it names first, or by rules.
function inForce(check, where, addend, total) {
  const { kind } = addend;
  if (kind === "time") aTime(check, where, addend, total);
  else if (kind === "carried-in" || kind === "penalty") {
    need(addend.records.length, where, "it rests on no record");
    const [first] = addend.records;
    need(first.counts, where, `#${first.position} does not count`);
    const record = check.records[first.position - 1];
    if (kind === "penalty") aPenalty(check, where, addend, record, total);
    else {
      const told = record.type === "TimesCarriedIn" ? standing(check, record) : [];
      const mine = told.filter((each) => isOf(check, each, total.crew) && opt(each, "stage") === addend.stage);
      need(mine.length, where, `#${record.position} carries nothing in for it there`);
      need(mine.some((each) => opt(each, "total_ms") === addend.ms), where, `no record says ${addend.ms} ms`);
    }
  } else {
    need(kind === "joker" ? addend.ms <= 0 : addend.ms >= 0, where, `a ${kind} is not of ${addend.ms} ms`);
    rulesMake(total, addend);
  }
  if (kind === "time" || kind === "cost") {
    const since = sinceOf(check, total);
    need(since === null || orElse(planned(check).get(addend.stage), Infinity) > since, where, "it is in the total that was carried in");
  }
}

// A time: its first part is a reading, and the rules make the others.
function aTime(check, where, addend, total) {
  need(addend.parts.length, where, "it has no parts");
  const [first, ...others] = addend.parts, { stage } = addend;
  need(addend.ms >= 0, where, "a time is not below nothing");
  need(!others.some(isReading), where, "only its first part is a reading");
  if (!isReading(first)) {
    need(byPoints(check).has(stage), where, `its first part is no reading, but ${first.what}`);
    rulesMake(total, addend);
    return;
  }
  const [at, ...more] = first.positions;
  need(at !== undefined && !more.length, where, "its reading does not rest on one record");
  need(addend.records.some((each) => each.position === at && each.counts), where, `#${at}, its reading, does not count`);
  const record = check.records[at - 1], said = readings(check, record, total.crew).filter((each) => each.stage === stage || each.stage === null);
  need(said.length, where, `#${at} is no time of crew ${total.crew} on ${stage}`);
  total.timed.add(stage);
  const settled = said.some((each) => each.ms === first.ms); // a passing may tell an instant alone
  need(settled || record.type === "PassingRecorded", where, `no record says ${first.ms} ms`);
  for (const part of settled ? others : addend.parts) rulesMake(total, { ms: part.ms, what: part.what, stage });
}

// How long a crew took by a record, and on which stage; null: whatever stage.
function readings(check, record, crew) {
  return standing(check, record).flatMap((said) => {
    const told = ["StageTimeRecorded", "PassingRecorded"].includes(record.type) ? [said] : DECISIONS.includes(record.type) ? effectsOf(said).filter((each) => each.act === "StageTimeRecorded").map((each) => byEffect(check, record, said, each)) : [];
    return told.filter((each) => isOf(check, each, crew)).map((each) => ({ ms: opt(each, "elapsed_ms"), stage: each.stage }));
  });
}

// What stands of a record; where it is not settled who could say it, whatever it may be.
const standing = ({ log }, record) => (log.powers.unsure ? log.versions(record) : log.now(record));
const effectsOf = (said) => opt(said, "effects") || [];

// Whether it names this crew; what a decision says elsewhere may be of any.
function isOf(check, said, crew) {
  const number = opt(said, "number", null);
  return number === null || (typeof number === "string" && check.log.bearers(crew).has(number));
}

// The stages of which the result is a price of differences, point by point.
const byPoints = foundOnce((check) => {
  return new Set(check.told("StageScheduled").flatMap((each) => check.log.versions(each)).filter((said) => opt(said, "kind") === "regularity").map((said) => opt(said, "stage")));
});

// -- penalties --------------------------------------------------------------------------------------

// A penalty that counts: given by the record that it names first, or computed.
function aPenalty(check, where, addend, record, total) {
  const { ms, stage } = addend;
  if (!GIVING.includes(record.type)) {
    need(ms >= 0, where, "a penalty is not below nothing");
    need(standing(check, record).some((said) => isOf(check, said, total.crew)), where, `#${record.position} is not of crew ${total.crew}`);
    rulesMake(total, addend);
    return;
  }
  const given = penaltiesOf(check, record, total).filter((each) => each.ms === ms);
  need(given.length, where, `no record says ${ms} ms`);
  const fits = given.some((each) => each.counts !== false && (each.stage === stage || each.stage === null || !stage));
  need(fits, where, `#${record.position} gives it no penalty there that is in force`);
  const key = `${record.position} ${ms}`;
  total.given.set(key, orElse(total.given.get(key), 0) + 1);
}

// Whatever penalty is surely in force counts once; what may be is told.
function penaltiesCount(check, name, found, total) {
  for (const record of check.told(...GIVING)) {
    const several = penaltiesOf(check, record, total), at = record.position;
    for (const ms of new Set(several.map((each) => each.ms))) {
      const claimed = orElse(total.given.get(`${at} ${ms}`), 0), alike = several.filter((each) => each.ms === ms);
      need(claimed <= alike.length, name, `#${at} counts more than once`);
      const sure = found.classified ? alike.filter((each) => each.counts === true).length : 0;
      need(claimed >= sure, name, `#${at} counts for crew ${total.crew}, and no addend counts it`);
      if (claimed < alike.filter((each) => each.counts !== false && each.named).length) total.byRules.push(`the penalty of ${clock(ms)} by #${at} does not count`);
    }
  }
}

// Where a time was recorded, and the total has none of that stage, that is told.
function timesCount(check, total) {
  const since = sinceOf(check, total), reached = stagesUpTo(check, total.after), cancelled = cancelledIn(check);
  for (const each of check.told("StageTimeRecorded")) {
    const stage = opt(each.said, "stage");
    if (total.timed.has(stage) || !reached.has(stage) || cancelled.has(stage) || !check.log.counts(each)) continue;
    const mine = check.log.now(each).some((said) => isOf(check, said, total.crew));
    if (mine && (since === null || planned(check).get(stage) > since)) total.byRules.push(`${textual(stage)}: the time of #${each.position} does not count`);
  }
}

// The penalties that a record gives a crew, and whether each counts in a total; null: not settled.
function penaltiesOf(check, record, total) {
  const { log } = check;
  const versions = standing(check, record), found = [];
  const settled = versions.length === 1 && log.bearers(total.crew).size === 1 && !log.powers.unsure && log.copies(record).length === 1;
  for (const said of versions) {
    for (const { fields, inForce: holds } of gives(check, record, said)) {
      const ms = opt(fields, "amount_ms");
      if (!isOf(check, fields, total.crew) || !Number.isInteger(ms)) continue;
      found.push({ ms, stage: fields.stage, counts: countsIn(check, total, fields, settled ? holds : null), named: opt(fields, "number", null) !== null });
    }
  }
  const once = new Map(found.map((each) => [JSON.stringify([each.ms, each.stage, each.counts, each.named]), each]));
  return versions.length > 1 ? [...once.values()] : found;
}

// What penalties a record gives, and whether they are in force; null: not settled here.
function gives(check, record, said) {
  if (said.type === "PenaltyGiven") return [{ fields: somewhere({ stage: "", ...said }), inForce: withdrawn(check, record) }];
  const effects = effectsOf(said), fact = check.desk && check.desk.decisions.get(record.id);
  const states = fact ? check.desk.effects(fact) : effects.map(() => null);
  return effects.slice(0, states.length).map((effect, i) => [effect, states[i]]).filter(([effect]) => effect.act === "PenaltyGiven").map(([effect, status]) => {
    const odd = status === IN_FORCE && !Object.keys(opt(effect, "fields") || {}).every((name) => PENALTY.includes(name));
    const holds = odd || status === null ? null : status === IN_FORCE;
    return { fields: byEffect(check, record, said, effect), inForce: holds && withdrawn(check, record) };
  });
}

// What an effect says, with what its decision says where it is mum.
function byEffect(check, record, said, effect) {
  const fields = Object.entries(opt(effect, "fields") || {}).filter(([, each]) => each !== null);
  return somewhere({ number: shared(check, record, said, "number"), stage: shared(check, record, said, "stage"), ...Object.fromEntries(fields) });
}

const activations = foundOnce((check) => check.told("SuspensionActivated").flatMap((each) => check.log.versions(each)));

// What an effect shares with what it takes place by; null, where these differ.
function shared(check, record, said, name) {
  const values = saidAround(check, record, said, name);
  return values.length > 1 ? null : values[0];
}

// What may be said, where an effect is mum, by what it takes place by (the decision, those before it
// that a court decided about, what activates it); "" if nothing is.
export function saidAround(check, record, said, name) {
  const { log } = check, chain = [record];
  for (let at = said, below; (below = log.byId.get(opt(at, "target"))) && !chain.includes(below); at = below.said) chain.push(below);
  const told = [said, ...chain.slice(1).flatMap((each) => log.versions(each))];
  told.push(...activations(check).filter((each) => opt(each, "target") === record.id));
  const values = new Set(told.map((each) => String(opt(each, name) || "")).filter(Boolean));
  return values.size ? [...values] : [""];
}

// Of what names a control alone, the rules tell the stage.
function somewhere(fields) {
  const settled = typeof fields.stage === "string" && (fields.stage || !opt(fields, "control"));
  return settled ? fields : { ...fields, stage: null };
}

// Whether a penalty was left as it is: not, if something surely withdrew it.
function withdrawn(check, record) {
  const { log } = check, ids = new Set([record.id, ...log.tips(record.id).flat().map((each) => each.id)]);
  const taken = withdrawals(check).filter(([, targets]) => targets.some((target) => ids.has(target))).map(([each]) => each);
  if (taken.some((each) => isPlain(check, each) && each.type === "PenaltyWithdrawn")) return false;
  return taken.every((each) => log.isVoid(each.id)) ? true : null;
}

// What takes penalties back, or may, with what it names.
const withdrawals = foundOnce((check) => check.told("PenaltyWithdrawn", ...DECISIONS).map((each) => {
  const versions = check.log.versions(each), byDecision = (said) => effectsOf(said).filter((effect) => effect.act === "PenaltyWithdrawn").map((effect) => opt(effect, "fields") || {});
  const acts = DECISIONS.includes(each.type) ? versions.flatMap(byDecision) : versions;
  return [each, acts.map((at) => opt(at, "target"))];
}));

const isPlain = ({ log }, record) => log.counts(record) && !log.amending.has(record.id) && !log.powers.unsure;

// Whether a penalty counts in a total: by its stage, if it is in force.
function countsIn(check, total, fields, holds) {
  const plan = planned(check), { stage } = fields;
  if (holds === false) return false;
  if (orElse(plan.get(stage), -Infinity) > orElse(plan.get(total.after), Infinity)) return false;
  const elsewhere = ["point", "only_in", "control"].some((name) => { const each = opt(fields, name); return Array.isArray(each) ? each.length : each; });
  if (holds === null || elsewhere || opt(fields, "number", null) === null || stage === null) return null;
  if (!stage) return total.after === null;
  if (cancelledIn(check).has(stage) || !stagesUpTo(check, total.after).has(stage)) return null;
  const since = sinceOf(check, total);
  return since === null ? null : plan.get(stage) > since;
}

// -- totals carried in ------------------------------------------------------------------------------

// The number of the stage up to which a total was carried in; null if that is unsure.
function sinceOf(check, { last, sure }) {
  if (!sure) return null;
  return last ? planned(check).get(last.said.stage) : -Infinity;
}

// What a crew carried in last up to a stage, and whether that is settled here.
function opening(check, crew, after) {
  const { log } = check, plan = planned(check), reached = stagesUpTo(check, after);
  const told = check.told("TimesCarriedIn").filter((each) => !log.isVoid(each.id) && log.versions(each).some((said) => isOf(check, said, crew)));
  const plain = told.every((each) => isPlain(check, each) && plan.has(each.said.stage)) && !log.powers.unsure && (after === null || plan.has(after));
  const within = plain ? told.filter((each) => reached.has(each.said.stage)).sort((one, other) => plan.get(one.said.stage) - plan.get(other.said.stage)) : [];
  const sure = plain && new Set(within.map((each) => each.said.stage)).size === within.length;
  return { last: (sure && within[within.length - 1]) || null, sure };
}

// Of the totals that were carried in the last one counts, and no other.
function carriedIn(name, found, { last, sure }) {
  const counting = found.addends.filter((each) => each.kind === "carried-in" && each.status === IN_FORCE).map((each) => each.records[0].position);
  need(counting.length < 2, name, "two totals were carried in");
  if (sure) need(last ? counting[0] === last.position : !counting.length, name, `what was carried in last is ${last ? last.position : "nothing"}`);
}

// -- nothing is left out ----------------------------------------------------------------------------

// A record that surely counts for a classified crew is named by some addend.
export function nothingLeftOut(check, name, found) {
  const { log } = check, numbers = log.bearers(found.number);
  if (numbers.size > 1 || log.powers.unsure) return;
  const positions = found.addends.flatMap((each) => [...each.positions, ...each.parts.flatMap((part) => part.positions), ...each.records.flatMap((record) => [record.position, ...record.struck.map((one) => one.struck_by)])]);
  const there = new Set([...positions, ...found.status.records.map((each) => each.position)]);
  const stages = stagesUpTo(check, found.scope.after), cancelled = cancelledIn(check), of = check.told(...MUST_BE_NAMED);
  const otherwise = new Set(found.addends.filter((each) => NO_TIMES.includes(each.kind)).map((each) => each.stage));
  for (const stage of cutIn(check)) otherwise.add(stage);
  const carried = of.some((each) => each.type === "TimesCarriedIn" && numbers.has(opt(each.said, "number")));
  for (const each of of) {
    if (there.has(each.position) || log.amending.has(each.id) || !log.counts(each) || (each.type === "StageTimeRecorded" && (carried || otherwise.has(opt(each.said, "stage"))))) continue;
    const surely = namings(each).some(([number, stage]) => numbers.has(number) && stages.has(stage) && !cancelled.has(stage));
    need(!surely, name, `#${each.position} counts for crew ${found.number}, and no addend names it`);
  }
}

// For whom and on which stage a record has something added.
function namings({ type, said }) {
  if (!type.endsWith("DecisionIssued")) return [[opt(said, "number"), opt(said, "stage")]];
  return (opt(said, "effects") || []).filter((effect) => effect.act === "PenaltyGiven").map((effect) => opt(effect, "fields") || {}).filter((fields) => Number.isInteger(opt(fields, "amount_ms")) && Object.keys(fields).every((name) => PENALTY.includes(name))).map((fields) => [opt(fields, "number") || opt(said, "number"), opt(fields, "stage") || opt(said, "stage")]);
}

// The stages that somebody cancelled or put back: what is taken there, the rules tell.
const cancelledIn = foundOnce((check) => actedOn(check, ["StageCancelled", "StageReinstated"]));

// The stages that somebody shortened or stopped: the rules tell which times count.
const cutIn = foundOnce((check) => actedOn(check, ["StageShortened", "StageStopped"]));

// The stages on which somebody took one of these acts, alone or by a decision.
function actedOn(check, acts) {
  const found = new Set();
  for (const { type, said } of check.records) {
    if (acts.includes(type)) found.add(opt(said, "stage"));
    for (const effect of effectsOf(said)) if (acts.includes(effect.act)) found.add(opt(opt(effect, "fields") || {}, "stage") || opt(said, "stage"));
  }
  return found;
}

// The stages by their order in the plan; none of those that were planned anew.
export const planned = foundOnce((check) => {
  const orders = new Map(), twice = new Set();
  for (const each of check.told("StageScheduled")) {
    if (orders.has(each.said.stage) || check.log.amending.has(each.id) || !check.log.counts(each)) twice.add(each.said.stage);
    orders.set(each.said.stage, each.said.order);
  }
  return new Map([...orders].filter(([stage]) => !twice.has(stage)));
});

// The stages that are planned up to one, or all; none if that was planned anew.
function stagesUpTo(check, after) {
  const plan = planned(check);
  if (after !== null && !plan.has(after)) return new Set();
  const last = after === null ? Infinity : plan.get(after);
  return new Set([...plan].filter(([, order]) => order <= last).map(([stage]) => stage));
}
