// Whose the log is, and who saw it: checkpoints and proofs, of this file or from outside, under keys
// that are trusted (specification, 4). What can't be checked here is said, and never taken.
import { bytesOf, hex, iso, need, opt, same, unbase64, unhex, Wrong } from "./bytes.mjs";
import { attestedText, checkpointWords, COMPLETE, readComplete, shownBy, subjectWords } from "./complete.mjs";
import { tagsOf } from "./labels.mjs";
import { isType } from "./log.mjs";
import { signaturesOf } from "./office.mjs";
import { asked as askedFor, isWitnessed, disclosed, fingerprintOf, keyBlob, linesOf, logKey, mustGoOn, nameOf, OF_A_WITNESS, OF_A_WITNESS_ML_DSA, readCheckpoint, readPolicy, readProof, readVkey, signatureOf } from "./notes.mjs";

const LATEST_S = 253402214399n;
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

// A checkpoint, or a proof that leads to one; a proof of a record has to hold of its own.
function readPaper(data) {
  const lines = linesOf(data, "The paper");
  if (lines[0] === COMPLETE) {
    const whole = readComplete(lines, "The proof");
    return { checkpoint: whole.checkpoint, key: whole.key, whole };
  }
  if (!/^(c2sp\.org\/tlog-proof@v1|old )/.test(lines[0])) return { checkpoint: readCheckpoint(data) };
  const found = readProof(data);
  if (found.index === undefined) return found;
  const record = disclosed(found), { header, occurrence } = record;
  need(!isType(occurrence.type) || same(header.tags, tagsOf(occurrence)), "The record in the proof", "its tags are not those of its content");
  return { ...found, record, key: record.key };
}

// What the papers and the keys say; whatever does not fit is a finding of the check.
export async function checkpointsOf(check) {
  const { asked } = check, told = { trusted: "", notChecked: [] }, papers = [];
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
    await part(name, () => { papers.push({ name, kept: isKept, ...readPaper(data) }); }, isKept);
  }
  const lines = [...papers.map((each) => each.key), ...check.records.filter((each) => each.type === "KeyRegistered").map((each) => opt(each.said, "key"))];
  const offered = raw ? [raw] : lines.filter((each) => typeof each === "string" && each.startsWith("ssh-ed25519 ")).map((line) => blobOf(line)).filter(Boolean);
  const keys = offered.filter((each, i) => fingerprintOf(each) === fingerprint && offered.findIndex((one) => hex(one) === hex(each)) === i);
  const others = papers.filter((each) => !each.kept);
  for (const paper of papers) {
    await part(paper.name, async () => {
      fits(check, told, paper, others);
      const signed = await signers(check, told, paper, keys, policy);
      await seen(check, told, paper, policy);
      const how = signed ? "Proven" : "If its checkpoint is right";
      if (paper.whole) await whole(check, told, paper, how, policy);
      else if (paper.record && check.alone) {
        const { header, occurrence } = paper.record;
        check.done.push(`${paper.name}: ${how}: #${header.position} of ${header.rally}, ${occurrence.type}, id ${header.id.slice(0, 10)}`);
      }
    }, paper.kept);
  }
  await part("Signatures", () => acts(check, told, fingerprint), true);
  if (fingerprint && !told.trusted) told.notChecked.push(`whose it is: ${papers.length ? "no checkpoint here is signed by" : "no checkpoint was given that could be signed by"} the key ${fingerprint}`);
  return told;
}

// Checkpoints of one log go on from each other, and that of this log has the root that the log has there.
function fits(check, told, paper, papers) {
  const { checkpoint, name, old } = paper;
  if (check.records.length) fitsHere(check, paper);
  else if (check.alone) check.done.push(`${name}: ${checkpointWords(checkpoint)} of ${checkpoint.origin}`);
  const sameLog = papers.filter((each) => each.checkpoint.origin === checkpoint.origin);
  for (const other of sameLog.filter((each) => each.checkpoint.size === checkpoint.size)) {
    need(hex(other.checkpoint.root) === hex(checkpoint.root), "The checkpoint", `${other.name} has another root at the same size: this is a fork`);
  }
  if (old === undefined || check.records.length) return;
  const earlier = sameLog.filter((each) => each.checkpoint.size === old);
  for (const each of earlier) {
    mustGoOn(paper, each.checkpoint);
    check.done.push(`${name}: the log up to #${checkpoint.size} goes on from ${each.name}`);
  }
  if (!earlier.length) told.notChecked.push(`from where ${name} goes on: a checkpoint of #${old} is not here`);
}

function fitsHere(check, paper) {
  const { checkpoint, name, record } = paper, { roots } = check, size = Number(checkpoint.size);
  need(checkpoint.origin.startsWith(`rally-ledger/${hex(check.records[0].leaf).slice(0, 16)}/`), "The checkpoint", `it is of another log, ${checkpoint.origin}`);
  if (checkpoint.size < BigInt(roots.length)) {
    need(hex(checkpoint.root) === roots[size], "The checkpoint", `its root at #${size} is ${hex(checkpoint.root).slice(0, 16)}, and the log has another there: this is not the history that was there`);
    check.done.push(`${name}: the log had its root at #${size}`);
  } else {
    const own = { origin: checkpoint.origin, size: BigInt(roots.length - 1), root: unhex(roots[roots.length - 1]) };
    if (paper.old === own.size) {
      mustGoOn(paper, own);
      check.done.push(`${name}: the log up to #${size} goes on from this one`);
    } else check.remarks.push(`${name} is of #${size}, and the log here ends before: a proof that it goes on is needed.`);
  }
  if (record && record.header.position <= check.records.length) {
    need(check.records[record.header.position - 1].id === record.header.id, "The proof", `record #${record.header.position} is another one here`);
    check.done.push(`${name}: it proves record #${record.header.position}`);
  }
}

// The key, from outside, that has signed a checkpoint as its log: one that is handed over by itself
// must be signed, where a key is trusted that is at hand.
async function signers(check, told, { name, checkpoint, kept }, keys, policy) {
  const logs = [...keys.map((raw) => logKey(checkpoint.origin, raw)), ...(policy ? policy.logs : [])];
  const own = logs.filter((each, i) => each.name === checkpoint.origin && logs.findIndex((one) => one.name === each.name && hex(one.raw) === hex(each.raw)) === i);
  let signed = false, unknown = false;
  for (const key of own) {
    const found = await signatureOf(key, checkpoint);
    if (!found) continue;
    if (found.holds === false) throw new Wrong(`The signature of ${key.name} below the checkpoint ${checkpointWords(checkpoint)} does not hold.`);
    if (found.holds === null) {
      unknown = true;
      told.notChecked.push(`the signature below ${name}: ${NO_ED25519}`);
      continue;
    }
    signed = true;
    told.trusted = fingerprintOf(key.raw);
    check.done.push(`${name}: it is signed by the key ${told.trusted}, which is trusted`);
  }
  if (logs.length && !kept && !signed && !unknown && check.alone) throw new Wrong(`It is signed as ${checkpoint.origin} by no key that is trusted.`);
  return signed;
}

// Which witnesses of a policy have signed a text, and when; `holds` is null where that can't be told here.
async function byWitnesses(policy, note, of, manners = [OF_A_WITNESS, OF_A_WITNESS_ML_DSA]) {
  const found = new Map();
  for (const [witness, key] of policy.witnesses) {
    const signed = manners.includes(key.manner) ? await signatureOf(key, note) : undefined;
    if (!signed) continue;
    if (signed.holds === false) throw new Wrong(`The signature of ${key.name} ${of} does not hold.`);
    found.set(witness, { key, ...signed });
  }
  return found;
}

const timeOf = (seconds) => (seconds <= LATEST_S ? iso([Number(seconds) * 1000, 0]) : `${seconds} s`);
const byWhom = (signed) => [...signed.values()].map(({ key, at }) => `${key.name} at ${timeOf(at)}`).join(", ");
const held = (signed) => new Map([...signed].filter(([, each]) => each.holds));

// Whether as many witnesses have signed a checkpoint as the policy asks for.
async function seen(check, told, { name, checkpoint }, policy) {
  if (!policy) return;
  const signed = await byWitnesses(policy, checkpoint, `below the checkpoint ${checkpointWords(checkpoint)}`), certain = held(signed);
  if (isWitnessed(policy, certain)) check.done.push(`${name}: it is witnessed as the policy asks, by ${byWhom(certain)}`);
  else if (!policy.quorum) told.notChecked.push(`${name}: the policy asks for no witness, so nothing is called witnessed`);
  else if (isWitnessed(policy, signed)) {
    const { key } = [...signed.values()].find((each) => each.holds === null);
    told.notChecked.push(`the cosignature of ${key.name} below ${name}: ${key.manner === OF_A_WITNESS_ML_DSA ? "ML-DSA-44 is checked by `rally verify` only" : NO_ED25519}`);
  } else throw new Wrong(`It is not witnessed: ${askedFor(policy)} had to sign, and ${[...certain.keys()].map(nameOf).join(", ") || "nobody"} did.`);
}

const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
// Positions in their order, those that follow each other as "#1 to #17".
function runs(positions) {
  const found = [];
  for (const at of positions) {
    const last = found[found.length - 1];
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  }
  return found.map(([first, last]) => (first === last ? `#${first}` : `#${first} to #${last}`)).join(", ");
}

// That nothing was left out, as far as a proof shows it, and who attests the rest.
async function whole(check, told, { name, whole: proof }, how, policy) {
  const shown = shownBy(proof), subject = shown.numbers.length > 1 ? `crew ${shown.numbers.join(" and ")}` : subjectWords(proof);
  const counts = `${many(shown.own.length, "record")} of its own, ${shown.others.length} more`;
  check.done.push(`${name}: ${how}: ${subject} up to #${proof.checkpoint.size}, ${shown.blinded ? "not all are shown" : "complete"}: ${counts}`);
  if (shown.own.length) check.done.push(`${name}: of its own ${shown.own.map((at) => `#${at} ${proof.told[at - 1].said.type}`).join(", ")}`);
  if (shown.others.length) check.done.push(`${name}: more that bears on it, by being about these or about everybody: ${runs(shown.others)}`);
  if (shown.withheld) check.done.push(`${name}: ${shown.withheld} withheld: by their headers they are about others`);
  let enough = false;
  if (policy && proof.attested.length) {
    const signed = held(await byWitnesses(policy, { text: attestedText(proof), signatures: proof.attested }, "by which it attests", [OF_A_WITNESS]));
    enough = isWitnessed(policy, signed);
    if (signed.size) check.done.push(`${name}: all tags are attested by ${byWhom(signed)}`);
  }
  const nobody = proof.attested.length && !policy ? ": no policy names who could attest it" : "";
  if (shown.withheld && !enough) told.notChecked.push(`${name}: the tags of ${many(shown.withheld, "withheld record")}: that they are those of the contents rests on the word of the log${nobody}`);
  if (shown.blinded) told.notChecked.push(`${name}: ${many(shown.blinded, "blinded record")}: whether one bears on ${subjectWords(proof)} nobody can tell who has no log`);
}

const WORTH = {
  "out-of-term": "with a key out of its term", revoked: "with a key that was revoked or lost by then", "not-proven-before-loss": "with a key that was lost later: that it was there before is not looked for here",
  "wrong-office": "with a key of another office", unchecked: "with a key for which no key of office on record vouches", bad: "with a signature that does not hold",
};
const MOST = 20;

// What the signatures over acts are worth: such as are worth nothing are told, and prove nothing.
async function acts(check, told, fingerprint) {
  if (!check.records.some((each) => ["ActsSigned", "KeyRegistered"].includes(each.type))) return;
  const { first, found, amended } = await signaturesOf(check.log), valid = found.filter((each) => each.state === "valid"), others = found.filter((each) => each.state !== "valid");
  if (amended) told.notChecked.push("keys of office: what says whose they are was amended, or adopted");
  if (!first) told.notChecked.push("keys of office: no key of the organiser on record signed itself");
  else if (!fingerprint) told.notChecked.push(`keys of office: they rest on the key ${first}, and none is trusted`);
  else if (fingerprint !== first) told.notChecked.push(`keys of office: they rest on the key ${first}, and not on the one that is trusted`);
  else check.done.push(`the keys of office rest on the key ${first}, which is trusted`);
  check.done.push(`${valid.length} signatures over ${new Set(valid.map((each) => each.of)).size} acts hold, each by a key of its office in its term`);
  const words = others.map((each) => `#${each.by}: ${each.of ? `#${each.of}` : "a record that is not in the log"} is signed ${WORTH[each.state]}`);
  check.remarks.push(...words.slice(0, MOST), ...(words.length > MOST ? [`and ${words.length - MOST} signatures more that are worth nothing`] : []));
}
