// The verifier's modules as the tests ask them: a request a line, and an answer a line.
import { createInterface } from "node:readline";
import { stdin } from "node:process";

const from = (name) => import(`../../../cli/evidence/verifier/${name}.mjs`);
const [bytes, zip, tree, notes, labels, log, whole, office, looked, checking] = await Promise.all(["bytes", "zip", "tree", "notes", "labels", "log", "complete", "office", "looked", "check"].map(from));
const unspelled = (text) => new Uint8Array(Buffer.from(text, "base64"));
const said = ({ origin, size, root }) => ({ origin, size: Number(size), root: bytes.hex(root) });

async function signed(data, keys) {
  const found = notes.readCheckpoint(data);
  let ofTheLog = false;
  for (const key of keys.map(notes.readVkey)) {
    const signature = await notes.signatureOf(key, found);
    bytes.need(signature && signature.holds === true, key.name, "it has not signed");
    ofTheLog ||= key.manner === notes.OF_A_LOG && key.name === found.origin;
  }
  bytes.need(ofTheLog, found.origin, "its log has not signed");
  return found;
}

const ways = {
  async checkpoint({ data, keys }) { return said(await signed(unspelled(data), keys)); },
  async record({ data, keys }) {
    const proof = notes.readProof(unspelled(data));
    bytes.need(proof.index !== undefined, "It", "it is no proof of a record");
    await signedWithin(proof, keys);
    const { header } = notes.disclosed(proof);
    return { checkpoint: said(proof.checkpoint), position: header.position, id: header.id };
  },
  async growth({ data, keys, old }) {
    const proof = notes.readProof(unspelled(data));
    bytes.need(proof.old !== undefined, "It", "it is no proof of growth");
    await signedWithin(proof, keys);
    const before = await signed(unspelled(old), keys);
    notes.mustGoOn(proof, before);
    return { checkpoint: said(proof.checkpoint), old: said(before) };
  },
  async tree({ size, at, leaf, begun, root, proof }) {
    const hashes = proof.map(bytes.unhex), number = BigInt(size), index = BigInt(at);
    if (leaf === undefined) tree.mustBeConsistent(index, bytes.unhex(begun), number, bytes.unhex(root), hashes);
    else bytes.need(bytes.hex(tree.rootByInclusion(bytes.unhex(leaf), index, number, hashes)) === root, "The proof", "another root");
    return null;
  },
  async complete({ data, keys }) {
    const proof = whole.readComplete(notes.linesOf(unspelled(data), "It"), "It"), { kind, of, checkpoint } = proof, found = whole.shownBy(proof);
    await signedWithin({ checkpoint }, keys);
    return { subject: { kind, of }, ...found };
  },
  async labels({ said }) {
    const tags = labels.tagsOf(said);
    return { tags, beside: labels.besideOf(said, tags) };
  },
  async worth({ records }) {
    const { first, found, amended } = await office.signaturesOf(new log.Log(records.map((said, i) => {
      const data = bytes.canonical(said);
      return { position: i + 1, id: bytes.digest(data), data, said, type: said.type, site: "main", receivedAt: i, leaf: data };
    })));
    return { first, amended, found: found.map((each) => [each.of, each.by, each.state]) };
  },
  async papers({ asked }) { return saidOf(null, asked); },
  async namespace({ office, rally }) { return notes.namespaceOf(office, rally); },
  async signature({ signature, ids, office, rally, key }) {
    return signedWith(bytes.unbase64(signature) || new Uint8Array(), key, notes.namespaceOf(office, rally), notes.signedOver(ids));
  },
  async signed({ data, key, namespace, message }) { return signedWith(unspelled(data), key, namespace, unspelled(message)); },
  async policy({ data }) { return notes.readPolicy(unspelled(data)).quorum; },
  async evidence({ data, asked = {} }) {
    const { files, form } = zip.opened(unspelled(data));
    return saidOf(files, { form, ...asked });
  },
  async tables() {
    return { may: log.MAY, anybody: log.NO_ACTS, acts: labels.ACTS, checked: looked.CHECKED, computed: looked.COMPUTED, chosen: looked.CHOSEN, shapes: looked.SHAPES };
  },
};

async function saidOf(files, asked) {
  const papers = new Map(Object.entries(asked.papers || {}).map(([name, text]) => [name, bytes.bytesOf(text)]));
  const policy = asked.policy ? bytes.bytesOf(asked.policy) : null;
  const found = await new checking.Check(files, { ...asked, papers, policy }).run();
  const left = found.findings.length ? [] : found.notChecked();
  return { findings: found.findings, done: found.done, remarks: found.remarks, left, rules: found.rulesNotApplied, applied: found.notApplied, keys: found.keys };
}

async function signedWith(blob, key, namespace, message) {
  const found = notes.readSignature(blob);
  bytes.need(notes.fingerprintOfBlob(found.key) === key, "The signature", "it is of another key");
  bytes.need(found.namespace === namespace, "The signature", "it is for another namespace");
  bytes.need(await notes.signatureHolds(found, message), "The signature", "it does not hold");
  return null;
}

async function signedWithin(proof, keys) {
  const { origin, size, root, signatures } = proof.checkpoint;
  const lines = signatures.map((each) => `— ${each.name} ${bytes.base64(bytes.joined(bytes.unhex(each.keyId), each.made))}\n`);
  return signed(bytes.bytesOf(`${origin}\n${size}\n${bytes.base64(root)}\n\n${lines.join("")}`), keys);
}

for await (const line of createInterface({ input: stdin })) {
  const { kind, ...asked } = JSON.parse(line);
  let answer;
  try {
    answer = { ok: true, found: await ways[kind](asked) };
  } catch (error) {
    answer = { ok: false, why: error.message, known: error instanceof bytes.Wrong || error instanceof bytes.NotLaidOut };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
