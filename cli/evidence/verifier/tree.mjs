// The tree of RFC 6962: roots, and proofs of a leaf and of growth (specification, 3).
import { equal, joined, sha256, Wrong } from "./bytes.mjs";

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);
export const LARGEST = 2n ** 62n;
export const leafOf = (data) => sha256(joined(LEAF, data));
export const nodeOf = (left, right) => sha256(joined(NODE, left, right));
export const EMPTY = sha256(new Uint8Array());

// A tree that is grown leaf by leaf.
export class Tree {
  #size = 0;
  #hashes = [];

  append(leaf) {
    this.#hashes.push(leaf);
    for (let size = ++this.#size; size % 2 === 0; size /= 2) {
      const right = this.#hashes.pop();
      this.#hashes.push(nodeOf(this.#hashes.pop(), right));
    }
  }

  root() {
    return this.#size ? this.#hashes.reduceRight((right, left) => nodeOf(left, right)) : EMPTY;
  }
}

const anotherLength = (proof, where) => new Wrong(`A proof of ${where} does not have ${proof.length} hashes.`);

// The hashes on the way up, and whether each stands to the left; counted in whole numbers of any size.
function* climb(at, last, proof, where) {
  for (const beside of proof) {
    if (last === 0n) throw anotherLength(proof, where);
    const left = (at & 1n) === 1n || at === last;
    while (left && (at & 1n) === 0n && at) [at, last] = [at >> 1n, last >> 1n];
    yield [beside, left];
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n) throw anotherLength(proof, where);
}

export function rootByInclusion(leaf, index, size, proof) {
  if (!(index >= 0n && index < size)) throw new Wrong(`A log of ${size} records has no record #${index + 1n}.`);
  let root = leaf;
  for (const [beside, left] of climb(index, size - 1n, proof, `#${index + 1n} of ${size}`)) root = left ? nodeOf(beside, root) : nodeOf(root, beside);
  return root;
}

export function mustBeConsistent(old, oldRoot, size, root, proof) {
  if (!(old >= 0n && old <= size)) throw new Wrong(`A log of ${size} records does not begin with ${old} records.`);
  const where = `${old} of ${size}`;
  if (old === 0n || old === size) {
    if (proof.length) throw anotherLength(proof, where);
    if (!equal(oldRoot, old === 0n ? EMPTY : root)) throw new Wrong(`The roots of a log of ${old} records differ.`);
    return;
  }
  const last = old & -old, path = last === old ? [oldRoot, ...proof] : proof;
  if (!path.length) throw anotherLength(proof, where);
  const height = BigInt(last.toString(2).length - 1);
  let [before] = path, [after] = path;
  for (const [beside, left] of climb(old - 1n >> height, size - 1n >> height, path.slice(1), where)) {
    if (left) before = nodeOf(beside, before);
    after = left ? nodeOf(beside, after) : nodeOf(after, beside);
  }
  if (!equal(before, oldRoot)) throw new Wrong(`The proof does not begin with the root of the first ${old} records.`);
  if (!equal(after, root)) throw new Wrong(`The proof does not lead to the root of ${size} records.`);
}
