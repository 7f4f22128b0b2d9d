// What a record is about, derived from what it says: its tags, and what else it names (specification,
// 3 and the second part).
import { byCodePoint, isObject, NotLaidOut, opt, unbase64 } from "./bytes.mjs";
import { ED25519_LINES, fingerprintOfBlob } from "./notes.mjs";

export const EVERYBODY = "everybody";
export const NAMING = ["target", "supersedes", "heir", "about", "appeal", "decision", "drawn_up"];
export const isId = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

// The acts of effects by the fields in which they name crews and records; of any other act SANCTION.
export const ACTS = {
  "number": "CrewDisqualified CrewReclassified CrewRelegated CrewRepositioned DelayAllowanceGranted MovedOutsideClassification PenaltyGiven PointsDocked RestartDecided StageTimeRecorded StartPutBack",
  "number helped": "TimeCreditGranted",
  "number target": "PenaltyWithdrawn RetirementRetracted TimeCreditRevoked TimeDetermined",
  "numbers": "StageShortened StageStopped TieBreakDisapplied TieSettled",
  "": "StageCancelled StageDelayed StageReinstated TargetTimeChanged",
};
const SANCTION = ["number", "supersedes", "matter"];
const FIELDS = new Map(Object.entries(ACTS).flatMap(([fields, acts]) => acts.split(" ").map((act) => [act, fields.split(" ").filter(Boolean)])));
const CREWS = ["number", "numbers", "new_number", "against", "helped", "parties"], SEVERAL = ["numbers", "parties", "matter"];
const EVERY = [...CREWS, ...NAMING, "matter"];
export const DECISIONS = ["DecisionIssued", "CourtDecisionIssued"];
const ONCE = ["Corrected", "ProtestLodged", ...DECISIONS];
const ALSO = {
  NumberReallocated: [["crew", "new_number"]], ProtestLodged: [["crew", "against"]], CourtDecisionIssued: [["ref", "appeal"]],
  StartOrderPublished: [["document", "document"]], DocumentDrawnUp: [["ref", "about"]], DocumentPosted: [["document", "document"], ["ref", "about"]],
  KeyRegistered: [["key", "replaces"]], KeyRevoked: [["key", "fingerprint"]], KeyReportedLost: [["key", "fingerprint"]],
};
export const once = (values) => [...new Set(values)];
const isName = (value) => (typeof value === "string" || Number.isInteger(value)) && Boolean(value);
const labelled = (said, fields) => fields.map(([label, name]) => [label, opt(said, name)]).filter(([, value]) => isName(value)).map(([label, value]) => `${label}:${value}`);
const texts = (fields) => labelled(fields, [["crew", "number"], ["stage", "stage"]].filter(([, name]) => typeof opt(fields, name) === "string"));
const none = (what) => { throw new NotLaidOut(what); };
const nameOf = (value) => (typeof value === "string" || Number.isInteger(value) ? String(value) : none("what should be a name is none"));
const listIn = (said, name) => {
  const found = opt(said, name) ?? [];
  return Array.isArray(found) ? found : none(`${name} is no list`);
};
const namesIn = (said, name) => listIn(said, name).map(nameOf);
const fieldsIn = (said, name) => {
  const found = opt(said, name) ?? {};
  return isObject(found) ? found : none(`${name} are no fields`);
};

export const crewsOfAct = (act) => (FIELDS.get(act) || SANCTION).filter((each) => CREWS.includes(each));

// The tags of an occurrence, derived from what it says.
export function tagsOf(said) {
  const kind = said.type;
  if (kind === "BulletinIssued") return labelled(said, [["stage", "from_stage"]]);
  if (kind === "ClassificationPublished") {
    const stages = labelled(fieldsIn(said, "scope"), ["stage", "after", "to"].map((name) => ["stage", name]));
    return [`document:${nameOf(said.document)}`, ...stages.slice(0, 1)];
  }
  const found = labelled(said, [["crew", "number"], ["stage", "stage"], ["office", "office"], ["ref", "target"]]);
  if (kind === "Corrected") found.push(...texts(said.changes));
  else if (kind === "CrewsSeeded" || ACTS.numbers.split(" ").includes(kind)) found.push(...once(namesIn(said, "numbers")).map((each) => `crew:${each}`));
  else if (kind === "DecisionIssued") found.push(`decision:${nameOf(said.series)}-${nameOf(said.decision)}`, ...labelled(said, [["ref", "supersedes"]]), ...namesIn(said, "matter").map((each) => `ref:${each}`));
  else if (kind === "KeyRegistered") {
    const blob = ED25519_LINES.test(typeof said.key === "string" ? said.key : none("key is no text")) ? unbase64(said.key.split(" ")[1]) : null;
    if (blob) found.push(`key:${fingerprintOfBlob(blob)}`);
  } else if (kind === "ActsSigned") found.push(...once(namesIn(said, "targets")).map((each) => `ref:${each}`), ...labelled(said, [["key", "key"]]));
  found.push(...labelled(said, ALSO[kind] || []));
  if (DECISIONS.includes(kind)) found.push(...listIn(said, "effects").flatMap((each) => texts(fieldsIn(each, "fields"))));
  return ONCE.includes(kind) ? once(found) : found;
}

function labelsIn(said, fields) {
  return fields.flatMap((name) => [opt(said, name)].flat().filter(isName).flatMap((each) => {
    if (CREWS.includes(name)) return [`crew:${each}`];
    return isId(String(each)) ? [`ref:${each}`] : [];
  }));
}

// What it names in its own fields and in its effects.
export function namedIn(said) {
  const found = labelsIn(said, EVERY.filter((each) => each !== "decision" || said.type !== "DecisionIssued"));
  for (const effect of listIn(said, "effects")) {
    const fields = fieldsIn(effect, "fields"), named = FIELDS.get(effect.act) || SANCTION;
    // Of a sanction nobody checks the fields: a list may stand where one is meant.
    const byEffect = labelsIn(fields, named.filter((each) => Array.isArray(opt(fields, each)) === SEVERAL.includes(each)));
    found.push(...byEffect);
    if (!named.includes("number") && !byEffect.some((each) => each.startsWith("crew:"))) found.push(EVERYBODY);
  }
  return found;
}

// What else it names than its tags tell, as labels in their one order.
export function besideOf(said, tags) {
  const found = namedIn(said);
  if (said.type === "Corrected") found.push(...labelsIn(said.changes, EVERY));
  return once(found).filter((each) => !tags.includes(each)).sort(byCodePoint);
}
