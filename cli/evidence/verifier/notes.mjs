// Checkpoints, cosignatures, policies, proofs as files, and signatures of ssh (specification, 4 and 5).
// Nothing of them is proven by being read; `null` is what can't be checked here.
import { base64, bytesOf, canonical, digest, equal, has, hex, joined, need, opt, readJson, sha256, textOf, unbase64, Wrong } from "./bytes.mjs";
import { EMPTY, LARGEST, leafOf, mustBeConsistent, rootByInclusion } from "./tree.mjs";

export const OF_A_LOG = 1;
export const OF_A_WITNESS = 4;
export const OF_A_WITNESS_ML_DSA = 6;
const KEY_BYTES = { [OF_A_LOG]: 32, [OF_A_WITNESS]: 32, [OF_A_WITNESS_ML_DSA]: 1312 };
const MOST_SIGNATURES = 100, MOST_HASHES = 63;
// What Unicode and Python hold for a blank.
export const BLANK = /[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const isKeyName = (text) => text !== "" && !text.includes("+") && !BLANK.test(text);

export function linesOf(data, what) {
  let text;
  try {
    text = textOf(data);
  } catch {
    throw new Wrong(`${what} is no text in UTF-8.`);
  }
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new Wrong(`${what} holds a control character.`);
  if (!text.endsWith("\n")) throw new Wrong(`${what} does not end with a whole line.`);
  return text.slice(0, -1).split("\n");
}

export function numberOf(text, what) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > LARGEST) throw new Wrong(`${what} is no number.`);
  return BigInt(text);
}

function bytesOf64(text, what, size = 0) {
  const found = unbase64(text);
  if (!found) throw new Wrong(`${what} is no base64.`);
  if (size && found.length !== size) throw new Wrong(`${what} has ${found.length} bytes, and not ${size}.`);
  return found;
}

// -- notes and checkpoints ------------------------------------------------------------------------

function readNote(lines, what) {
  const split = lines.lastIndexOf("");
  if (split < 1 || split === lines.length - 1) throw new Wrong(`${what} has no text, or no signature below an empty line.`);
  if (lines.length - split - 1 > MOST_SIGNATURES) throw new Wrong(`${what} has more than ${MOST_SIGNATURES} signatures.`);
  const signatures = lines.slice(split + 1).map((line) => readMark(line, what));
  if (new Set(signatures.map((each) => `${each.name} ${each.keyId}`)).size < signatures.length) throw new Wrong(`${what} is signed twice by one key.`);
  return { lines: lines.slice(0, split), signatures };
}

// The signature that a line holds: the name of a key, its id, and what was made.
export function readMark(line, what) {
  const blank = line.indexOf(" ", 2), name = line.slice(2, blank);
  if (!line.startsWith("— ") || blank < 0 || !isKeyName(name)) throw new Wrong(`${what} has a line among its signatures that is none.`);
  const made = bytesOf64(line.slice(blank + 1), `A signature of ${what}`);
  if (made.length <= 4) throw new Wrong(`${what} has a signature that is too short.`);
  return { name, keyId: hex(made.subarray(0, 4)), made: made.subarray(4) };
}

export const readCheckpoint = (data, what = "The checkpoint") => readCheckpointOf(linesOf(data, what), what);

export function readCheckpointOf(told, what) {
  const { lines, signatures } = readNote(told, what);
  if (lines.length !== 3) throw new Wrong(`${what} has ${lines.length} lines above its signatures, and not 3.`);
  const [origin, number, root] = lines;
  if (!isKeyName(origin)) throw new Wrong(`${what} names no log.`);
  const found = { origin, size: numberOf(number, `The size of ${what}`), root: bytesOf64(root, `The root of ${what}`, 32), signatures };
  if (found.size === 0n && !equal(found.root, EMPTY)) throw new Wrong(`${what} is of an empty log, and has not its root.`);
  found.text = `${origin}\n${number}\n${root}\n`;
  return found;
}

const escaped = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
export const originOf = (ledger, rally, site) => `rally-ledger/${ledger}/${escaped(rally)}/${escaped(site)}`;

// -- keys -----------------------------------------------------------------------------------------

const packedParts = (...parts) => joined(...parts.flatMap((each) => [Uint8Array.of(each.length >>> 24, each.length >>> 16, each.length >>> 8, each.length), each]));
export const keyBlob = (raw) => packedParts(bytesOf("ssh-ed25519"), raw);
export const fingerprintOf = (raw) => fingerprintOfBlob(keyBlob(raw));
const keyIdOf = (name, manner, raw) => hex(sha256(joined(bytesOf(`${name}\n`), Uint8Array.of(manner), raw)).subarray(0, 4));
export const logKey = (origin, raw) => ({ name: origin, manner: OF_A_LOG, raw, keyId: keyIdOf(origin, OF_A_LOG, raw) });

export function readVkey(text) {
  const [, name, stated, said] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) || [];
  if (name === undefined || !isKeyName(name)) throw new Wrong("That is no verifier key.");
  const found = bytesOf64(said, `The verifier key of ${name}`), key = { name, manner: found[0], raw: found.subarray(1), keyId: stated };
  if (KEY_BYTES[key.manner] !== key.raw.length) throw new Wrong(`The verifier key of ${name} is of no manner that is known here.`);
  if (keyIdOf(name, key.manner, key.raw) !== stated) throw new Wrong(`The verifier key of ${name} does not have the id ${stated}.`);
  return key;
}

const IMPORTED = new Map();

// Whether a signature holds; null in a browser that knows no Ed25519.
export async function verifies(raw, message, signature) {
  if (signature.length !== 64) return false;
  const name = hex(raw);
  try {
    if (!IMPORTED.has(name)) IMPORTED.set(name, await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]));
  } catch (error) {
    return error && error.name === "DataError" ? false : null;
  }
  return crypto.subtle.verify({ name: "Ed25519" }, IMPORTED.get(name), signature, message);
}

// The signature of a key below a text: whether it holds and when it says that it was made;
// undefined where the key has not signed.
export async function signatureOf(key, { text, signatures }) {
  const found = signatures.find((each) => each.name === key.name && each.keyId === key.keyId);
  if (!found) return undefined;
  if (key.manner === OF_A_LOG) return { holds: await verifies(key.raw, bytesOf(text), found.made) };
  if (found.made.length < 8) return { holds: false };
  const at = BigInt(`0x${hex(found.made.subarray(0, 8))}`);
  if (at >= 2n ** 63n) return { holds: false };
  if (key.manner === OF_A_WITNESS_ML_DSA) return { holds: null, at };
  return { holds: await verifies(key.raw, bytesOf(`cosignature/v1\ntime ${at}\n${text}`), found.made.subarray(8)), at };
}

// -- policies -------------------------------------------------------------------------------------

export function readPolicy(data) {
  if (data.some((each) => (each < 32 && each !== 9 && each !== 10) || each === 127)) throw new Wrong("The policy holds a control character.");
  // Names are bytes, of whatever kind.
  const text = Array.from(data, (each) => String.fromCharCode(each)).join("");
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null }, raw = new Set(), members = new Set();
  const known = (name) => policy.witnesses.has(name) || policy.groups.has(name);
  text.split("\n").forEach((line, i) => {
    const words = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/), where = `The policy, line ${i + 1}`;
    if (!words[0] || words[0].startsWith("#")) return;
    const fits = (holds, what) => need(holds, where, what);
    const newKey = (spelled, ofALog) => {
      const key = readVkey(textOf(Uint8Array.from(spelled, (each) => each.charCodeAt(0))));
      fits((key.manner === OF_A_LOG) === ofALog, `${key.name} has a key of another kind`);
      fits(!raw.has(hex(key.raw)), `the key of ${key.name} stands there twice`);
      raw.add(hex(key.raw));
      return key;
    };
    const [kind, name, ...rest] = words;
    if (kind === "log" && words.length >= 2 && words.length <= 3) policy.logs.push(newKey(name, true));
    else if (kind === "witness" && words.length >= 3 && words.length <= 4) {
      fits(name !== "none" && !known(name), `nothing new can be called ${name}`);
      policy.witnesses.set(name, newKey(rest[0], false));
    } else if (kind === "group" && words.length >= 4) {
      fits(name !== "none" && !known(name), `nothing new can be called ${name}`);
      const [asked, ...of] = rest;
      for (const each of of) {
        fits(known(each), `${each} is no witness and no group that stands above`);
        fits(!members.has(each), `${each} is a member twice`);
        members.add(each);
      }
      const needed = asked === "all" ? of.length : asked === "any" ? 1 : /^[1-9][0-9]{0,3}$/.test(asked) ? +asked : 0;
      fits(needed >= 1 && needed <= of.length, `${asked} of ${of.length} can't be asked for`);
      policy.groups.set(name, { needed, members: of });
    } else if (kind === "quorum" && words.length === 2) {
      fits(policy.quorum === null, "there is a second line `quorum`");
      fits(name === "none" || known(name), `${name} is no witness and no group that stands above`);
      policy.quorum = name === "none" ? "" : name;
    } else fits(false, `${words.join(" ").slice(0, 80)} is no line of a policy`);
  });
  if (policy.quorum === null) throw new Wrong("The policy has no line `quorum`.");
  return policy;
}

// What is asked for, in words; names are bytes, of which most spell a text.
export function asked({ quorum, groups }) {
  const group = groups.get(quorum);
  return group ? `${group.needed} of ${group.members.map(nameOf).join(", ")}` : nameOf(quorum);
}
export const nameOf = (name) => new TextDecoder().decode(Uint8Array.from(name, (each) => each.charCodeAt(0)));

export function isWitnessed(policy, cosigned) {
  const counts = (name) => {
    const group = policy.groups.get(name);
    return group ? group.members.filter(counts).length >= group.needed : cosigned.has(name);
  };
  return policy.quorum !== "" && counts(policy.quorum);
}

// -- proofs as files ------------------------------------------------------------------------------

export function readProof(data, what = "The proof") {
  const lines = linesOf(data, what), split = lines.indexOf("");
  if (split < 0) throw new Wrong(`${what} has no empty line above its checkpoint.`);
  const head = lines.slice(0, split), checkpoint = readCheckpointOf(lines.slice(split + 1), what);
  const hashes = (of) => {
    if (of.length > MOST_HASHES) throw new Wrong(`${what} has more than ${MOST_HASHES} hashes.`);
    return of.map((each) => bytesOf64(each, `A hash of ${what}`, 32));
  };
  if (head.length && head[0].startsWith("old ")) return { checkpoint, old: numberOf(head[0].slice(4), `The earlier size of ${what}`), hashes: hashes(head.slice(1)) };
  if (head[0] !== "c2sp.org/tlog-proof@v1") throw new Wrong(`${what} is no proof.`);
  const extra = head.length > 1 && head[1].startsWith("extra ") ? bytesOf64(head.splice(1, 1)[0].slice(6), `What is said beside ${what}`) : null;
  if (head.length === 1 || !head[1].startsWith("index ")) throw new Wrong(`${what} does not say at which index.`);
  return { checkpoint, extra, index: numberOf(head[1].slice(6), `The index of ${what}`), hashes: hashes(head.slice(2)) };
}

export function mustHold(proof, leaf) {
  const root = rootByInclusion(leaf, proof.index, proof.checkpoint.size, proof.hashes);
  if (!equal(root, proof.checkpoint.root)) throw new Wrong(`The record is not #${proof.index + 1n} of that log: with it the root would be another.`);
}

export function mustGoOn(proof, old) {
  if (old.origin !== proof.checkpoint.origin) throw new Wrong(`${old.origin} and ${proof.checkpoint.origin} are two logs.`);
  if (old.size !== proof.old) throw new Wrong(`The proof begins at #${proof.old}, and the earlier checkpoint at #${old.size}.`);
  mustBeConsistent(old.size, old.root, proof.checkpoint.size, proof.checkpoint.root, proof.hashes);
}

// Whether a text is the public part of a key, in a file or in hardware, as ssh writes it.
export function isPublicLine(line) {
  const blob = typeof line === "string" && ED25519_LINES.test(line) ? unbase64(line.split(" ")[1]) : null, parts = blob && unpackedParts(blob);
  const isHardware = line.toString().startsWith("sk-");
  return Boolean(parts) && parts.length === (isHardware ? 3 : 2) && ascii(parts[0]) === line.split(" ")[0] && parts[1].length === 32;
}

// The record that a proof discloses, which holds of it.
export function disclosed(proof) {
  if (!proof.extra) throw new Wrong("The proof does not hold the record of which it is.");
  const said = readJson(proof.extra), { header, occurrence } = said;
  need(equal(canonical(said), proof.extra), "The record in the proof", "it is not in canonical form");
  const names = ["rally", "position", "id", "received_at", "site", "site_position", "tags"];
  need(Object.keys(said).every((each) => ["header", "occurrence", "key"].includes(each)), "The record in the proof", "it says more than one");
  need(Object.keys(header).length === names.length && names.every((each) => has(header, each)), "The record in the proof", "its header is none");
  need(BigInt(header.position) === proof.index + 1n, "The record in the proof", `it is #${header.position}`);
  need(digest(canonical(occurrence)) === header.id, "The record in the proof", "its content does not have its id");
  need(header.rally === occurrence.rally, "The record in the proof", "it is of another rally");
  need(!has(said, "key") || isPublicLine(said.key), "The record in the proof", "the key that it offers is none");
  mustHold(proof, leafOf(canonical(header)));
  return { header, occurrence, key: opt(said, "key", "") };
}

// -- signatures of ssh ----------------------------------------------------------------------------

const namespacePart = (text) => escaped(text).replace(/~/g, "%7E");
export function namespaceOf(office, rally) {
  const kind = ["device:", "site:"].find((each) => office.startsWith(each)) || "";
  return `${kind}${namespacePart(office.slice(kind.length))}@${namespacePart(rally)}`;
}

export function signedOver(ids) {
  if (!ids.length || !ids.every((each) => /^[0-9a-f]{64}$/.test(each))) throw new Wrong("A signature is over ids of records.");
  return bytesOf(ids.join("\n"));
}

function unpackedParts(data) {
  const found = [];
  for (let at = 0; at < data.length;) {
    const size = at + 4 <= data.length ? new DataView(data.buffer, data.byteOffset + at).getUint32(0) : data.length;
    if (at + 4 + size > data.length) return null;
    found.push(data.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return found;
}

const MAGIC = bytesOf("SSHSIG");
const VERSION = Uint8Array.of(0, 0, 0, 1);
const ED25519 = "ssh-ed25519";
const OF_HARDWARE = "sk-ssh-ed25519@openssh.com";
const ascii = (data) => Array.from(data, (each) => String.fromCharCode(each)).join("");
export const ED25519_LINES = /^(ssh-ed25519|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]+={0,2}$/;
export const fingerprintOfBlob = (blob) => `SHA256:${base64(sha256(blob)).replace(/=+$/, "")}`;

// The signature that a blob holds, in its one spelling; whose the key is, it does not say.
export function readSignature(blob) {
  const none = (holds) => need(holds, "The signature", "it is none of ssh by an Ed25519 key, in its one spelling");
  none(equal(blob.subarray(0, 10), joined(MAGIC, VERSION)));
  const parts = unpackedParts(blob.subarray(10));
  none(parts && parts.length === 5);
  const [key, namespace, reserved, hash, made] = parts, ofKey = unpackedParts(key), kind = ofKey && ofKey.length ? ascii(ofKey[0]) : "";
  none(kind === ED25519 || kind === OF_HARDWARE);
  const isHardware = kind === OF_HARDWARE;
  none(ofKey.length === (isHardware ? 3 : 2) && ofKey[1].length === 32);
  const beside = isHardware ? made.subarray(-5) : new Uint8Array(), ofMade = unpackedParts(isHardware ? made.subarray(0, -5) : made);
  none(ofMade && ofMade.length === 2 && ascii(ofMade[0]) === kind && ofMade[1].length === 64 && (!isHardware || beside.length === 5));
  none(reserved.length === 0 && /^[!-~]+$/.test(ascii(namespace)) && ["sha512", "sha256"].includes(ascii(hash)));
  return { key, raw: ofKey[1], application: isHardware ? ofKey[2] : null, beside, namespace: ascii(namespace), hash: ascii(hash), made: ofMade[1] };
}

// Whether it holds over a message; a key in hardware signs how it was asked, and how often, too.
export async function signatureHolds({ raw, application, beside, namespace, hash, made }, message) {
  if (application && !(beside[0] & 1)) return false; // nobody touched it
  const of = new Uint8Array(await crypto.subtle.digest(hash === "sha512" ? "SHA-512" : "SHA-256", message));
  const signed = joined(MAGIC, packedParts(bytesOf(namespace), new Uint8Array(), bytesOf(hash), of));
  return verifies(raw, application ? joined(sha256(application), beside, sha256(signed)) : signed, made);
}
