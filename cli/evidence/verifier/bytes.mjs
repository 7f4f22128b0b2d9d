// Bytes and their spellings: UTF-8, JSON, SHA-256, base64, instants (specification, 1).

export class Wrong extends Error {} // something does not fit: where, and what
export class NotLaidOut extends Error {} // a document of another layout

export function need(holds, where, what) {
  if (!holds) throw new Wrong(`${where}: ${what}`);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export function textOf(data) {
  try {
    return UTF8.decode(data);
  } catch {
    throw new NotLaidOut("it is no UTF-8");
  }
}
export const bytesOf = (text) => new TextEncoder().encode(text);

// -- JSON -----------------------------------------------------------------------------------------

const DEEPEST = 100;
const STRICT = {
  get(target, name) {
    if (name in target) return target[name];
    if (typeof name === "symbol") return undefined;
    // Where what names it is missing itself, there is nothing to tell its name by.
    throw new NotLaidOut(name === "undefined" ? "what it leads to is not named" : `there is no ${name}`);
  },
};

// An object of JSON: what is asked for and is not there is refused, whatever it is called.
export const strict = (fields) => new Proxy(Object.assign(Object.create(null), fields), STRICT);
export const has = (value, name) => isObject(value) && name in value;
export const opt = (value, name, otherwise = undefined) => {
  if (!isObject(value)) throw new NotLaidOut(`${name} is asked of what is no object`);
  return name in value ? value[name] : otherwise;
};
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const whole = (value) => {
  if (!Number.isInteger(value)) throw new NotLaidOut(`${show(value)} is no number`);
  return value;
};
export const listed = (value) => {
  if (!Array.isArray(value)) throw new NotLaidOut(`${show(value)} is no list`);
  return value;
};
// What is drawn into other texts has to be one, on one line.
export const textual = (value) => {
  if (typeof value !== "string") throw new NotLaidOut(`${show(value)} is no text`);
  return value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
};
export const textOrNone = (value) => (value === null ? "" : textual(value));
export const show = (value) => (value === undefined ? "nothing" : textOf(canonical(value)));

export function readJson(data) {
  const text = textOf(data);
  const token = /[ \t\n\r]*(?:([[\]{}:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?![0-9.eE]))|(true|false|null))/y;
  let sign, string, number, word;
  const next = () => {
    const found = token.exec(text);
    if (!found) throw new NotLaidOut("it is no JSON");
    [, sign, string, number, word] = found;
  };
  const value = (depth) => {
    if (depth > DEEPEST) throw new NotLaidOut("it is nested too deeply");
    if (string !== undefined) return characters(string);
    if (number !== undefined) {
      if (!Number.isSafeInteger(+number)) throw new NotLaidOut(`${number} is too large`);
      return +number || 0;
    }
    if (word !== undefined) return { true: true, false: false, null: null }[word];
    if (sign === "[") return several(depth);
    if (sign === "{") return named(depth);
    throw new NotLaidOut("it is no JSON");
  };
  const several = (depth) => {
    const found = [];
    next();
    if (sign === "]") return found;
    for (;;) {
      found.push(value(depth + 1));
      next();
      if (sign === "]") return found;
      if (sign !== ",") throw new NotLaidOut("it is no JSON");
      next();
    }
  };
  const named = (depth) => {
    const found = Object.create(null);
    next();
    if (sign === "}") return strict(found);
    for (;;) {
      if (string === undefined) throw new NotLaidOut("it is no JSON");
      const name = characters(string);
      if (name in found) throw new NotLaidOut("a name is there twice");
      next();
      if (sign !== ":") throw new NotLaidOut("it is no JSON");
      next();
      found[name] = value(depth + 1);
      next();
      if (sign === "}") return strict(found);
      if (sign !== ",") throw new NotLaidOut("it is no JSON");
      next();
    }
  };
  next();
  const found = value(0);
  if (/[^ \t\n\r]/.test(text.slice(token.lastIndex))) throw new NotLaidOut("it goes on behind its end");
  return found;
}

function characters(spelled) {
  const found = JSON.parse(spelled);
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(found)) throw new NotLaidOut("half a character");
  return found;
}

// Texts in the order of their code points, which is not that of JavaScript.
export function byCodePoint(one, other) {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    let a = one.charCodeAt(i), b = other.charCodeAt(i);
    if (a === b) continue;
    if (a >= 0xd800 && b >= 0xd800) { // surrogates stand for what comes behind all others
      a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
      b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
    }
    return a - b;
  }
  return one.length - other.length;
}

const spelledAs = (value) => {
  if (Array.isArray(value)) return `[${value.map(spelledAs).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort(byCodePoint).map((name) => `${JSON.stringify(name)}:${spelledAs(value[name])}`).join(",")}}`;
};
export const canonical = (value) => bytesOf(spelledAs(value));

export function same(one, other) {
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((each, i) => same(each, other[i]));
  if (!isObject(one)) return one === other;
  if (!isObject(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && same(one[name], other[name]));
}
export const among = (value, several) => several.some((each) => same(value, each));
export const sum = (values) => values.reduce((total, each) => total + whole(each), 0);

// -- digests --------------------------------------------------------------------------------------

// The constants of SHA-256: the first bits of the fractions of roots of primes.
const [START, ROUNDS] = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const bits = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  return [Int32Array.from(primes.slice(0, 8), (p) => bits(Math.sqrt(p))), Int32Array.from(primes, (p) => bits(Math.cbrt(p)))];
})();

export function sha256(data) {
  const blocks = new Uint8Array(((data.length + 8 >> 6) + 1) << 6);
  blocks.set(data);
  blocks[data.length] = 0x80;
  const view = new DataView(blocks.buffer), state = Int32Array.from(START), w = new Int32Array(64);
  view.setUint32(blocks.length - 8, Math.floor(data.length / 2 ** 29));
  view.setUint32(blocks.length - 4, data.length << 3);
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
      const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1 | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
      const one = h + s1 + (e & f ^ ~e & g) + ROUNDS[i] + w[i] | 0;
      const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
      const two = s0 + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((each, i) => { state[i] += each; });
  }
  const found = new DataView(new ArrayBuffer(32));
  state.forEach((each, i) => found.setInt32(4 * i, each));
  return new Uint8Array(found.buffer);
}

const DIGITS = Array.from({ length: 256 }, (_, each) => each.toString(16).padStart(2, "0"));
export const hex = (data) => {
  let found = "";
  for (let i = 0; i < data.length; i++) found += DIGITS[data[i]];
  return found;
};
export const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (each) => parseInt(each, 16));
export const digest = (data) => hex(sha256(data));
export const joined = (...parts) => {
  const found = new Uint8Array(parts.reduce((size, each) => size + each.length, 0));
  parts.reduce((at, each) => (found.set(each, at), at + each.length), 0);
  return found;
};
export const equal = (one, other) => one.length === other.length && one.every((each, i) => each === other[i]);

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? n >>> 1 ^ 0xedb88320 : n >>> 1;
  return n;
});
export const crc32 = (data) => {
  let found = -1;
  for (let i = 0; i < data.length; i++) found = found >>> 8 ^ CRC[(found ^ data[i]) & 255];
  return ~found >>> 0;
};

// Of short texts only: keys, hashes, signatures.
export const base64 = (data) => btoa(Array.from(data, (each) => String.fromCharCode(each)).join(""));
// The bytes that a text spells in base64 in the one way; null where it spells none.
export function unbase64(text) {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4) return null;
  const found = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return base64(found) === text ? found : null;
}

// -- instants and names ---------------------------------------------------------------------------

const two = (number) => String(number).padStart(2, "0");
export function iso([ms, offset]) {
  if (Math.abs(whole(offset)) >= 1440) throw new NotLaidOut(`${offset} is no offset`);
  const at = new Date(whole(ms) + offset * 60_000), year = at.getUTCFullYear();
  if (!(year >= 1 && year <= 9999) || !(ms >= -62135596800000 && ms <= 253402300799999)) throw new NotLaidOut(`${ms} is in no year`);
  const fraction = ms % 1000 ? `.${String((ms % 1000 + 1000) % 1000).padStart(3, "0")}` : "";
  const shift = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${String(year).padStart(4, "0")}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  return `${day}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}${fraction}${shift}`;
}
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d$/;
export const isInstant = (value) => typeof value === "string" && INSTANT.test(value);
export function msOfIso(text) {
  const ms = isInstant(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw new NotLaidOut(`${show(text)} is no instant`);
  return ms;
}

export function plainName(text) {
  const kept = Array.from(String(text), (each) =>
    /^[A-Za-z0-9_-]$/.test(each) ? each : Array.from(bytesOf(each), (byte) => `%${two(byte.toString(16).toUpperCase())}`).join("")).join("");
  return kept.length <= 120 ? kept : digest(bytesOf(text));
}

export function clock(ms) {
  const at = Math.abs(whole(ms)), seconds = Math.floor(at / 1000), rest = at % 1000;
  return `${ms < 0 ? "-" : ""}${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${rest ? `.${String(rest).padStart(3, "0")}` : ""}`;
}

// What is asked of one check again and again, found once.
export const foundOnce = (find) => {
  const known = new WeakMap();
  return (check) => {
    if (!known.has(check)) known.set(check, find(check));
    return known.get(check);
  };
};
