// Signatures over acts: by which key of which office, and what each is worth (specification, 5).
import { opt, unbase64, Wrong } from "./bytes.mjs";
import { ED25519_LINES, fingerprintOfBlob, namespaceOf, readSignature, signatureHolds, signedOver } from "./notes.mjs";

const REGISTERING = ["organiser", "secretary", "stewards"];
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
  const registered = log.records.filter((each) => each.type === "KeyRegistered").map((record) => ({ record, key: fingerprintOfLine(record.said.key), office: signsFor(record.said) }));
  const over = (id) => made.filter((each) => each.said.targets.includes(id));
  const first = registered.filter(({ record, key, office }) => office === "organiser" && over(record.id).some((each) => each.said.key === key && each.namespace === namespaceOf("organiser", rally)))
    .sort((one, other) => one.record.said.recorded_at[0] - other.record.said.recorded_at[0] || (one.record.id < other.record.id ? -1 : 1))[0];
  const lost = new Map();
  for (const { said } of log.records.filter((each) => ["KeyRevoked", "KeyReportedLost"].includes(each.type))) lost.set(said.fingerprint, Math.min(lost.get(said.fingerprint) ?? Infinity, instantOf(said, "since")));
  const terms = (counted) => counted.map(({ record: { said }, key, office }) => {
    const ends = counted.filter((each) => opt(each.record.said, "replaces") === key && each.office === office).map((each) => instantOf(each.record.said, "from_at"));
    return { key, office, from: instantOf(said, "from_at"), until: Math.min(Infinity, ...ends, ...(opt(said, "until_at") ? [said.until_at[0]] : [])) };
  });
  const worth = (each, act, known, offices) => {
    if (each.namespace === null) return "unchecked";
    if (each.namespace === "") return "bad";
    const held = known.filter((one) => one.key === each.said.key), meant = held.filter((one) => namespaceOf(one.office, rally) === each.namespace);
    if (!meant.length) return held.length ? "wrong-office" : "unchecked";
    const states = meant.map(({ office, from, until }) => {
      const at = act.recorded_at[0];
      if (!offices.includes(office)) return "wrong-office";
      if (at < from || at >= until) return "out-of-term";
      return !lost.has(each.said.key) ? "valid" : at >= lost.get(each.said.key) ? "revoked" : "not-proven-before-loss";
    });
    return FROM_THE_BEST.find((state) => states.includes(state));
  };
  let counted = first ? [first] : [];
  for (let more = counted; more.length;) {
    const known = terms(counted).filter((each) => REGISTERING.includes(each.office)), now = counted;
    more = registered.filter((each) => !now.includes(each) && over(each.record.id).some((one) => worth(one, each.record.said, known, REGISTERING) === "valid"));
    counted = [...counted, ...more];
  }
  const known = terms(counted), found = [];
  for (const each of made) {
    for (const id of new Set(each.said.targets)) {
      const target = log.byId.get(id);
      if (!target) found.push({ of: 0, by: each.record.position, key: each.said.key, state: "unchecked" });
      else found.push({ of: target.position, by: each.record.position, key: each.said.key, state: worth(each, target.said, known, signersOf(target.said, registered, id)) });
    }
  }
  return { first: first ? first.key : "", found };
}

// Who signs an act: its office, or the site or the device that it comes from; of a key also itself.
function signersOf(said, registered, id) {
  const source = opt(said, "source", {}), own = registered.filter((each) => each.record.id === id).map((each) => each.office);
  const of = [opt(said, "role"), opt(said, "site") && `site:${said.site}`, opt(source, "name") && `device:${source.name}`, ...own].filter(Boolean);
  return own.length ? [...of, ...REGISTERING] : of;
}
