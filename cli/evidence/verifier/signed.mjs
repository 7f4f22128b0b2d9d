// Whose the log is, and who saw it: checkpoints and proofs, of this file or from outside, under keys
// that are trusted (specification, 4). What can't be checked here is said, and never taken.
import { bytesOf, hex, need, opt, unbase64, unhex, Wrong } from "./bytes.mjs";
import { signaturesOf } from "./office.mjs";
import { isWitnessed, disclosed, fingerprintOf, keyBlob, linesOf, logKey, mustGoOn, readCheckpoint, readPolicy, readProof, readVkey, signatureOf } from "./notes.mjs";

const COMPLETE = "rally-ledger/complete@v1";
const NO_ED25519 = "this browser knows no Ed25519";

// The public key that somebody wrote down: a line of ssh or a verifier key; null for a fingerprint.
export function keyOf(text) {
  const said = text.trim();
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(said)) return null;
  const raw = said.startsWith("ssh-ed25519 ") ? blobOf(said) : null;
  if (raw) return raw;
  if (said.includes("+")) return readVkey(said).raw;
  throw new Wrong(`${said.slice(0, 80)} is no fingerprint and no public key: one begins with SHA256:`);
}

// The key in a line of ssh, without its type; null where there is none.
function blobOf(line) {
  const blob = unbase64(line.split(" ")[1] || ""), raw = blob && blob.subarray(-32);
  return blob && hex(blob) === hex(keyBlob(raw)) ? raw : null;
}

// The papers that were put on record.
function keptIn(records) {
  const found = records.filter((each) => ["CheckpointKept", "ProofKept"].includes(each.type));
  return found.map(({ position, said }) => [`#${position}`, bytesOf(String(opt(said, "checkpoint") || opt(said, "proof"))), true]);
}

const isProof = (data) => linesOf(data, "The paper")[0].match(/^(c2sp\.org\/tlog-proof@v1|old )/);

// What the papers and the keys say; whatever does not fit is a finding of the check.
export async function checkpointsOf(check) {
  const { asked } = check, told = { trusted: "", signed: 0, witnessed: 0, notChecked: [] }, papers = [];
  // What somebody put on record as a checkpoint may be none: that is told, and proves nothing.
  const part = async (name, look, kept = false) => {
    try {
      await look();
      return true;
    } catch (error) {
      const said = error instanceof Wrong ? `${name}: ${error.message}` : `${name}: it can't be read (${error.message})`;
      (kept ? check.remarks : check.findings).push(said);
      return false;
    }
  };
  let fingerprint = "", raw = null, policy = null;
  await part("The trusted key", () => {
    if (!asked.fingerprint.trim()) return;
    raw = keyOf(asked.fingerprint);
    fingerprint = raw ? fingerprintOf(raw) : asked.fingerprint.trim();
  });
  await part("The policy", () => { policy = asked.policy && readPolicy(asked.policy); });
  const kept = keptIn(check.records);
  for (const [name, data, isKept] of [...[...asked.papers].map((each) => [...each, false]), ...kept]) {
    await part(name, () => {
      if (linesOf(data, "The paper")[0] === COMPLETE) {
        told.notChecked.push(`${name}: a proof that nothing was left out is checked by \`rally verify --proof\``);
        return;
      }
      const found = isProof(data) ? readProof(data) : { checkpoint: readCheckpoint(data) };
      if (found.index !== undefined) found.record = disclosed(found);
      papers.push({ name, kept: isKept, ...found });
    }, isKept);
  }
  const lines = [...papers.map((each) => each.record && each.record.key), ...check.records.filter((each) => each.type === "KeyRegistered").map((each) => opt(each.said, "key"))];
  const offered = raw ? [raw] : lines.filter((each) => typeof each === "string" && each.startsWith("ssh-ed25519 ")).map((line) => blobOf(line)).filter(Boolean);
  const keys = offered.filter((each, i) => fingerprintOf(each) === fingerprint && offered.findIndex((one) => hex(one) === hex(each)) === i);
  for (const paper of papers) {
    const holds = await part(paper.name, () => fits(check, paper, papers.filter((each) => !each.kept)), paper.kept);
    if (holds || !paper.kept) await part(paper.name, () => signers(check, told, paper.name, paper.checkpoint, keys, policy), paper.kept);
  }
  await part("Signatures", () => acts(check, told, fingerprint), true);
  if (fingerprint && !told.trusted) told.notChecked.push(`whose it is: ${papers.length ? "no checkpoint here is signed by" : "no checkpoint was given that could be signed by"} the key ${fingerprint}`);
  return told;
}

// A checkpoint of this log has the root that the log has there; two of one log go on from each other.
function fits(check, paper, papers) {
  const { checkpoint, name, record } = paper, { roots } = check, ledger = check.records.length ? hex(check.records[0].leaf).slice(0, 16) : "";
  if (check.records.length) need(checkpoint.origin.startsWith(`rally-ledger/${ledger}/`), "The checkpoint", `it is of another log, ${checkpoint.origin}`);
  const size = Number(checkpoint.size);
  if (checkpoint.size < BigInt(roots.length)) {
    need(hex(checkpoint.root) === roots[size], "The checkpoint", `its root at #${size} is ${hex(checkpoint.root).slice(0, 16)}, and the log has another there: this is not the history that was there`);
    check.done.push(`${name}: the log had its root at #${size}`);
  } else if (roots.length > 1) {
    const own = { origin: checkpoint.origin, size: BigInt(roots.length - 1), root: unhex(roots[roots.length - 1]) };
    if (paper.old === own.size) {
      mustGoOn(paper, own);
      check.done.push(`${name}: the log up to #${size} goes on from this one`);
    } else check.remarks.push(`${name} is of #${size}, and the log here ends before: a proof that it goes on is needed.`);
  }
  if (record && check.records.length && record.header.position <= check.records.length) {
    need(check.records[record.header.position - 1].id === record.header.id, "The proof", `record #${record.header.position} is another one here`);
    check.done.push(`${name}: it proves record #${record.header.position}`);
  }
  for (const other of papers) {
    if (other.checkpoint.origin !== checkpoint.origin || other.checkpoint.size !== checkpoint.size) continue;
    need(hex(other.checkpoint.root) === hex(checkpoint.root), "The checkpoint", `${other.name} has another root at the same size: this is a fork`);
  }
}

async function signers(check, told, name, checkpoint, keys, policy) {
  for (const raw of keys) {
    const found = await signatureOf(logKey(checkpoint.origin, raw), checkpoint);
    if (!found) continue;
    need(found.holds !== false, "The checkpoint", "the signature of the log below it does not hold");
    if (found.holds === null) told.notChecked.push(`the signature below ${name}: ${NO_ED25519}`);
    else {
      told.trusted = fingerprintOf(raw);
      told.signed++;
      check.done.push(`${name}: it is signed by the key ${told.trusted}, which is trusted`);
    }
  }
  if (!policy) return;
  const cosigned = new Set(), names = [];
  for (const [witness, key] of policy.witnesses) {
    const found = await signatureOf(key, checkpoint);
    if (!found) continue;
    need(found.holds !== false, "The checkpoint", `the cosignature of ${key.name} below it does not hold`);
    if (found.holds === null) told.notChecked.push(`the cosignature of ${key.name} below ${name}: ${key.manner === 6 ? "ML-DSA-44 is checked in Python only" : NO_ED25519}`);
    else {
      cosigned.add(witness);
      names.push(`${key.name} at ${new Date(Number(found.at) * 1000).toISOString().slice(0, 19)}Z`);
    }
  }
  if (isWitnessed(policy, cosigned)) {
    told.witnessed++;
    check.done.push(`${name}: it is witnessed as the policy asks, by ${names.join(", ")}`);
  } else told.notChecked.push(`${name}: ${policy.quorum ? "fewer witnesses have signed than the policy asks for" : "the policy asks for no witness, so nothing is called witnessed"}`);
}

const WORTH = {
  "out-of-term": "with a key out of its term", revoked: "with a key that was revoked or lost by then", "not-proven-before-loss": "with a key that was lost later: that it was there before is not looked for here",
  "wrong-office": "with a key of another office", unchecked: "with a key for which no key of office on record vouches", bad: "with a signature that does not hold",
};
const MOST = 20;

// What the signatures over acts are worth: such as are worth nothing are told, and prove nothing.
async function acts(check, told, fingerprint) {
  if (!check.records.some((each) => ["ActsSigned", "KeyRegistered"].includes(each.type))) return;
  const { first, found } = await signaturesOf(check.log), valid = found.filter((each) => each.state === "valid"), others = found.filter((each) => each.state !== "valid");
  if (!first) told.notChecked.push("keys of office: no key of the organiser on record has signed itself");
  else if (!fingerprint) told.notChecked.push(`keys of office: they rest on the key ${first}, and none is trusted`);
  else if (fingerprint !== first) told.notChecked.push(`keys of office: they rest on the key ${first}, and not on the one that is trusted`);
  else check.done.push(`the keys of office rest on the key ${first}, which is trusted`);
  check.done.push(`${valid.length} signatures over ${new Set(valid.map((each) => each.of)).size} acts hold, each by a key of its office in its term`);
  const words = others.map((each) => `#${each.by}: ${each.of ? `#${each.of}` : "a record that is not in the log"} is signed ${WORTH[each.state]}`);
  check.remarks.push(...words.slice(0, MOST), ...(words.length > MOST ? [`and ${words.length - MOST} signatures more that are worth nothing`] : []));
}
