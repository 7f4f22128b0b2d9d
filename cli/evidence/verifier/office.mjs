// Signatures over acts: by which key of which office, and what each is worth (specification, 5).
import { opt, unbase64, Wrong } from "./bytes.mjs";
import { AMENDING, officesOf } from "./log.mjs";
import { ED25519_LINES, fingerprintOfBlob, namespaceOf, readSignature, signatureHolds, signedOver } from "./notes.mjs";

const OF_KEYS = ["KeyRegistered", "KeyRevoked", "KeyReportedLost"];
const FROM_THE_BEST = ["valid", "not-proven-before-loss", "revoked", "out-of-term", "wrong-office", "unchecked", "bad"];
const instantOf = (said, name) => (opt(said, name) || said.recorded_at)[0];
const signsFor = (said) => opt(said, "office") || (opt(said, "device") ? `device:${said.device}` : `site:${opt(said, "of_site", "")}`);

function fingerprintOfLine(line) {
  const blob = ED25519_LINES.test(line) ? unbase64(line.split(" ")[1]) : null;
  return blob ? fingerprintOfBlob(blob) : "";
}

// For what a key signed these ids: "" where the signature does not hold, null where it can't be told.
async function namespaceSigned(said) {
  try {
    const found = readSignature(unbase64(said.signature) || new Uint8Array());
    if (fingerprintOfBlob(found.key) !== said.key) return "";
    const holds = await signatureHolds(found, signedOver(said.targets));
    return holds === null ? null : holds ? found.namespace : "";
  } catch (error) {
    if (error instanceof Wrong) return "";
    throw error;
  }
}

// Each signature over each record of a log with what it is worth, and the first key of the rally.
export async function signaturesOf(log) {
  const rally = log.records.length ? log.records[0].said.rally : "", made = [];
  for (const record of log.records.filter((each) => each.type === "ActsSigned")) made.push({ record, said: record.said, namespace: await namespaceSigned(record.said) });
  const over = (id) => made.filter((each) => each.said.targets.includes(id));
  const about = (record) => {
    let at = record;
    while (AMENDING.includes(at.type) && log.byId.has(at.said.target)) at = log.byId.get(at.said.target);
    return at;
  };
  const termOf = (record) => ({ record, key: fingerprintOfLine(record.said.key), office: signsFor(record.said), from: instantOf(record.said, "from_at") });
  const ofKeys = log.records.filter((each) => OF_KEYS.includes(each.type));
  const isFirst = ({ record, key, office }) => office === "organiser" && over(record.id).some((each) => each.said.key === key && each.namespace === namespaceOf("organiser", rally));
  const [first] = ofKeys.filter((each) => each.type === "KeyRegistered").map(termOf).filter(isFirst)
    .sort((one, other) => one.record.said.recorded_at[0] - other.record.said.recorded_at[0] || (one.record.id < other.record.id ? -1 : 1));
  const terms = (counted) => counted.map((term) => {
    const ends = counted.filter((each) => opt(each.record.said, "replaces") === term.key && each.office === term.office).map((each) => each.from);
    return { ...term, until: Math.min(Infinity, ...ends, ...(opt(term.record.said, "until_at") ? [term.record.said.until_at[0]] : [])) };
  });
  // Who signs an act: its office, the site or the device that it comes from; null is anybody. What
  // says whose keys there are the organiser signs, or any office that may say it.
  const signersOf = (act) => {
    const { type } = about(act), source = opt(act.said, "source", {}) || {};
    if (OF_KEYS.includes(type)) return ["organiser", ...officesOf(type)];
    if (type === "DocumentDrawnUp" && about(act) === act) return null;
    return [opt(act.said, "role"), opt(act.said, "site") && `site:${act.said.site}`, opt(source, "name") && `device:${source.name}`].filter(Boolean);
  };
  const worth = (each, act, known, lost) => {
    if (each.namespace === null) return "unchecked";
    if (each.namespace === "") return "bad";
    const held = known.filter((one) => one.key === each.said.key), meant = held.filter((one) => namespaceOf(one.office, rally) === each.namespace);
    if (!meant.length) return held.length ? "wrong-office" : "unchecked";
    const offices = signersOf(act), at = act.said.recorded_at[0];
    const states = meant.map(({ office, from, until }) => {
      if (offices && !offices.includes(office)) return "wrong-office";
      if (at < from || at >= until) return "out-of-term";
      return !lost.has(each.said.key) ? "valid" : at >= lost.get(each.said.key) ? "revoked" : "not-proven-before-loss";
    });
    return FROM_THE_BEST.find((state) => states.includes(state));
  };
  // The keys that count, and since when which is lost, moment by moment: what says so counts once it
  // is signed with a key that counts by then.
  const told = first ? ofKeys.filter((each) => !log.powers.idle.has(each.id)) : [];
  const takenIn = (known) => {
    const counted = [], lost = new Map(known || []);
    for (const moment of [...new Set(told.map((each) => each.said.recorded_at[0]))].sort((one, other) => one - other)) {
      let pending = told.filter((each) => each.said.recorded_at[0] === moment);
      for (;;) {
        const now = terms(counted), before = new Map(lost);
        const more = pending.filter((each) => each === first.record || over(each.id).some((one) => worth(one, each, now, before) === "valid"));
        if (!more.length) break;
        pending = pending.filter((each) => !more.includes(each));
        counted.push(...more.filter((each) => each.type === "KeyRegistered").map(termOf));
        for (const { said } of known ? [] : more.filter((each) => each.type !== "KeyRegistered")) lost.set(said.fingerprint, Math.min(lost.get(said.fingerprint) ?? Infinity, instantOf(said, "since")));
      }
    }
    return [terms(counted), lost];
  };
  const [, lost] = takenIn(null), [known] = takenIn(lost), found = [];
  for (const each of made) {
    for (const id of new Set(each.said.targets)) {
      const target = log.byId.get(id), state = target ? worth(each, target, known, lost) : "unchecked";
      found.push({ of: target ? target.position : 0, by: each.record.position, key: each.said.key, state });
    }
  }
  const amended = log.records.some((each) => AMENDING.includes(each.type) && OF_KEYS.includes(about(each).type));
  return { first: first ? first.key : "", found, amended };
}
