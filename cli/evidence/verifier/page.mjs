// The page: what is chosen goes into a check, and what the check says onto the page. Nothing of an
// evidence file ever becomes markup: it is put in as text.
import { digest } from "./bytes.mjs";
import { Check } from "./check.mjs";
import { opened } from "./zip.mjs";

const at = (id) => document.getElementById(id);
const chosen = { files: null, form: "", name: "", size: 0, digest: "", papers: new Map(), policy: null };

function put(id, text) {
  at(id).textContent = text;
}

function element(tag, text, ...within) {
  const found = document.createElement(tag);
  if (text) found.textContent = text;
  found.append(...within);
  return found;
}

function list(id, lines) {
  at(id).replaceChildren(...lines.map((each) => (typeof each === "string" ? element("li", each) : each)));
}

// Many things in one line, which opens.
const folded = (title, lines) => element("li", "", element("details", "", element("summary", title), element("ul", "", ...lines.map((each) => element("li", each)))));

// -- what is chosen -------------------------------------------------------------------------------

function take(name, data) {
  const { files, form } = opened(data);
  Object.assign(chosen, { files, form, name, size: data.length, digest: digest(data) });
}

const isZip = (data) => data[0] === 0x50 && data[1] === 0x4b;
const contentOf = async (file) => new Uint8Array(await file.arrayBuffer());

async function takeFiles(files) {
  for (const file of files) {
    const data = await contentOf(file);
    if (isZip(data) || /\.zip$/i.test(file.name)) take(file.name, data);
    else if (embeddedIn(data)) take(file.name, embeddedIn(data));
    else if (/^[ \t]*quorum[ \t]/m.test(lossy(data))) chosen.policy = data;
    else chosen.papers.set(file.name, data);
  }
}

const lossy = (data) => new TextDecoder().decode(data);
const unspelled = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

// The evidence in another page like this one.
function embeddedIn(data) {
  const found = /<script type="text\/plain" id="evidence">([A-Za-z0-9+/=]+)<\/script>/.exec(lossy(data.subarray(0, 9)).startsWith("<!doctype") ? lossy(data) : "");
  return found && unspelled(found[1]);
}

async function takeFolder(files) {
  const found = new Map();
  for (const file of files) found.set(file.webkitRelativePath.split("/").slice(1).join("/"), await contentOf(file));
  Object.assign(chosen, { files: found, form: "", name: files.length ? files[0].webkitRelativePath.split("/")[0] : "", size: 0, digest: "" });
}

// -- what the check says --------------------------------------------------------------------------

const fieldsOf = ([file, fields]) => `${file}: ${fields.join(", ")}`;

function shown(check) {
  const { findings, done, remarks, keys, manifest } = check, refused = findings.length > 0, { trusted, notChecked: unsigned } = keys;
  const { alone } = check, what = alone ? "What was handed over" : "This evidence file";
  document.body.dataset.state = refused ? "refused" : trusted ? "accepted" : "consistent";
  put("verdict", refused ? "Refused" : trusted ? "Accepted" : "Consistent in itself");
  const whose = trusted ? `Nothing in it contradicts itself, and a checkpoint of ${alone ? "a" : "this"} log is signed by the key ${trusted}, which you trust.` : "Nothing in it contradicts itself; whose it is was not checked.";
  put("means", refused ? `${what} does not hold together: do not rely on it.` : whose);
  const of = manifest && !refused ? manifest : null;
  put("what", of ? `Decision ${of.decision.name}, record #${of.decision.position} of ${of.basis.rally}; the log up to #${of.basis.position}` : "");
  list("wrong", findings);
  list("done", refused ? [] : done);
  const left = [...unsigned];
  if (!at("trust").value.trim()) left.unshift(`whose it is: no key is trusted. Enter the fingerprint that stands in the supplementary regulations${alone ? "" : ", and add a checkpoint that was kept"}.`);
  const entries = refused ? [] : [
    ...left,
    ...remarks,
    ...(alone ? [] : [folded(`${check.rulesNotApplied.length} rules were not applied: times, penalties and places by them were added up, and not judged`, check.rulesNotApplied),
    ...(check.notApplied.length ? [folded("what the rules made of the records in totals that are explained", check.notApplied)] : []),
    folded("what was compared with nothing, by file and field", ["README.txt: its text", ...check.notChecked().map(fieldsOf)])]),
  ];
  list("left", entries);
  at("wrong-part").hidden = !refused;
  at("done-part").hidden = at("left-part").hidden = refused;
  list("basis", !of ? [] : [`Root of the ${of.basis.position} records: ${of.basis.root}`, ...(chosen.digest ? [`SHA-256 of the file: ${chosen.digest}`] : [])]);
  at("basis-part").hidden = !of;
}

function failed(error) {
  document.body.dataset.state = "refused";
  put("verdict", "Refused");
  put("means", "This can't be read as an evidence file.");
  list("wrong", [String(error && error.message)]);
  at("wrong-part").hidden = false;
  at("done-part").hidden = at("left-part").hidden = at("basis-part").hidden = true;
}

let running = 0;
async function look() {
  const turn = ++running;
  list("papers-said", [...chosen.papers.keys(), ...(chosen.policy ? ["a policy of witnesses"] : [])]);
  if (chosen.files === null && !chosen.papers.size) return;
  document.body.dataset.state = "checking";
  put("chosen", chosen.files === null ? [...chosen.papers.keys()].join(", ") : chosen.name);
  put("verdict", "Checking …");
  put("means", "");
  await new Promise((done) => setTimeout(done, 20)); // so that this is drawn first
  const roots = at("roots").value.split(/[\s,]+/).filter(Boolean);
  try {
    const check = await new Check(chosen.files, { form: chosen.form, roots, papers: chosen.papers, policy: chosen.policy, fingerprint: at("trust").value }).run();
    if (turn === running) shown(check);
  } catch (error) {
    if (turn === running) failed(error);
  }
}

// What was said of other files is no answer any more once more of them are taken in.
async function taken(take, files) {
  if (chosen.files !== null || chosen.papers.size) document.body.dataset.state = "checking";
  try {
    await take(files);
  } catch (error) {
    return failed(error);
  }
  return look();
}

function begin() {
  at("needs-script").hidden = true;
  at("asked").hidden = false;
  at("asked").addEventListener("submit", (event) => { event.preventDefault(); look(); });
  for (const id of ["trust", "roots"]) at(id).addEventListener("change", look);
  at("file").addEventListener("change", (event) => taken(takeFiles, event.target.files));
  at("papers").addEventListener("change", (event) => taken(takeFiles, event.target.files));
  at("folder").addEventListener("change", (event) => taken(takeFolder, event.target.files));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => { event.preventDefault(); taken(takeFiles, event.dataTransfer.files); });
  const held = at("evidence");
  if (held) take("the evidence file in this page", unspelled(held.textContent));
  at("choose").open = !held;
  look();
}
begin();
