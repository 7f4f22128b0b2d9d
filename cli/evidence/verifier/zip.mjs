// The one zip that files make (specification, 1): read, and compared byte by byte.
import { crc32 } from "./bytes.mjs";

const LOCAL = 30, ENTRY = 46, END = 22, LARGEST = 2 ** 32 - 1, MOST = 2 ** 16 - 1;
const latin = (data) => Array.from(data, (each) => String.fromCharCode(each)).join("");
const unlatin = (text) => Uint8Array.from(text, (each) => each.charCodeAt(0));

// The files of a zip as far as they can be read one behind another.
export function unpacked(data) {
  const files = new Map(), view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  while (at + LOCAL <= data.length && view.getUint32(at, true) === 0x04034b50) {
    const size = view.getUint32(at + 22, true), start = at + LOCAL + view.getUint16(at + 26, true);
    if (start + size > data.length) break;
    files.set(latin(data.subarray(at + LOCAL, start)), data.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

export const namesOf = (files) => [...files.keys()].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));

// Its parts in their order, each with what it is.
function* parts(files) {
  const entries = [], names = namesOf(files);
  if (names.length > MOST) throw new Error(`it holds ${names.length} files`);
  let at = 0;
  for (const name of names) {
    const content = files.get(name), spelled = unlatin(name), crc = crc32(content);
    if (at + content.length > LARGEST - spelled.length - LOCAL) throw new Error(`with ${name} it is larger than ${LARGEST} bytes`);
    const common = (view, from) => {
      [20, 0, 0, 0, 0x21].forEach((each, i) => view.setUint16(from + 2 * i, each, true));
      [crc, content.length, content.length].forEach((each, i) => view.setUint32(from + 10 + 4 * i, each, true));
      view.setUint16(from + 22, spelled.length, true);
    };
    const head = new DataView(new ArrayBuffer(LOCAL)), entry = new DataView(new ArrayBuffer(ENTRY));
    head.setUint32(0, 0x04034b50, true);
    common(head, 4);
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(4, 3 << 8 | 20, true);
    common(entry, 6);
    entry.setUint32(38, (0o100644 << 16) >>> 0, true);
    entry.setUint32(42, at, true);
    entries.push(new Uint8Array(entry.buffer), spelled);
    yield [new Uint8Array(head.buffer), `what stands before ${name}`];
    yield [spelled, `what stands before ${name}`];
    yield [content, name];
    at += LOCAL + spelled.length + content.length;
  }
  const size = entries.reduce((total, each) => total + each.length, 0), end = new DataView(new ArrayBuffer(END));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, names.length, true);
  end.setUint16(10, names.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, at, true);
  for (const each of [...entries, new Uint8Array(end.buffer)]) yield [each, "the directory at its end"];
}

export function packed(files) {
  const found = [...parts(files)].map(([part]) => part);
  const data = new Uint8Array(found.reduce((total, each) => total + each.length, 0));
  found.reduce((at, each) => (data.set(each, at), at + each.length), 0);
  return data;
}

// Where a zip is not the one that its files make; empty where it is.
export function difference(data, files) {
  let at = 0;
  for (const [part, where] of parts(files)) {
    for (let i = 0; i < part.length; i++) if (data[at + i] !== part[i]) return `byte ${at + i}, in ${where}`;
    at += part.length;
  }
  return at === data.length ? "" : `byte ${at}, in the directory at its end`;
}

// The files of a zip, and what is wrong with its form.
export function opened(data) {
  const files = unpacked(data);
  try {
    const where = difference(data, files);
    return { files, form: where && `its bytes are not those of its files; the first that differs: ${where}` };
  } catch (error) {
    return { files, form: error.message };
  }
}
