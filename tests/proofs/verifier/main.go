// A verifier of checkpoints and of proofs (of records, of growth, that nothing was left out) that is
// not ours: signed notes and the tree are checked by Go's sumdb/note and sumdb/tlog. What those
// packages do not know is written here from the texts of the C2SP (the body of a checkpoint,
// cosignatures, both files) and from ledger/proofs/complete.md, as far as headers tell it.
//
// It reads requests from standard input, a line of JSON each, and answers each with a line: "ok" and
// what was proven, or "no" and why. One process answers as many as one likes.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type request struct {
	Kind  string   `json:"kind"`  // checkpoint, record, growth, complete, tree
	Data  []byte   `json:"data"`  // the file
	Old   []byte   `json:"old"`   // the earlier checkpoint, of a proof of growth
	Keys  []string `json:"keys"`  // verifier keys that have to have signed
	Size  int64    `json:"size"`  // of a tree
	At    int64    `json:"at"`    // a leaf of it, from zero, or an earlier size
	Leaf  string   `json:"leaf"`  // in hex, of all leaves alike
	Proof []string `json:"proof"` // in hex
	Root  string   `json:"root"`  // in hex
	Begun string   `json:"begun"` // the root of the earlier size, in hex
}

// -- who signs -----------------------------------------------------------------------------------

const (
	ofALog     = 1
	ofAWitness = 4
)

// A key is a verifier key of either manner; note.Open asks it whether a signature holds.
type key struct {
	name   string
	hash   uint32
	manner byte
	public ed25519.PublicKey
}

func (k key) Name() string    { return k.name }
func (k key) KeyHash() uint32 { return k.hash }

func (k key) Verify(msg, sig []byte) bool {
	if k.manner == ofALog {
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(k.public, msg, sig)
	}
	if len(sig) != 8+ed25519.SignatureSize || sig[0] > 0x7f {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	said := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", at)), msg...)
	return ed25519.Verify(k.public, said, sig[8:])
}

func readKey(text string) (key, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 || len(parts[1]) != 8 {
		return key{}, errors.New("no verifier key")
	}
	raw, err := strict(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return key{}, errors.New("no verifier key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		return key{}, errors.New("a verifier key with another id")
	}
	hash := binary.BigEndian.Uint32(sum[:])
	return key{parts[0], hash, raw[0], ed25519.PublicKey(raw[1:])}, nil
}

// -- checkpoints ---------------------------------------------------------------------------------

type checkpoint struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
	root   tlog.Hash
}

// readCheckpoint opens a note that every one of these keys has signed.
func readCheckpoint(data []byte, keys []string) (*checkpoint, error) {
	var known []note.Verifier
	for _, text := range keys {
		k, err := readKey(text)
		if err != nil {
			return nil, err
		}
		known = append(known, k)
	}
	if err := oneSpelling(data); err != nil {
		return nil, err
	}
	opened, err := note.Open(data, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	if len(opened.Sigs) != len(known) {
		return nil, errors.New("not signed by all")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, errors.New("a checkpoint has three lines")
	}
	size, err := number(lines[1])
	if err != nil {
		return nil, err
	}
	root, err := hash(lines[2])
	if err != nil {
		return nil, err
	}
	if lines[0] == "" || strings.ContainsAny(lines[0], "+ ") {
		return nil, errors.New("no origin")
	}
	if size == 0 && root != tlog.Hash(sha256.Sum256(nil)) {
		return nil, errors.New("an empty log has another root")
	}
	for _, each := range known {
		if k := each.(key); k.manner == ofALog && k.name != lines[0] {
			return nil, errors.New("the key of another log")
		}
	}
	return &checkpoint{lines[0], size, hex.EncodeToString(root[:]), root}, nil
}

// oneSpelling refuses what note.Open is lenient with: loose bits of base64, and a key that signed twice.
func oneSpelling(data []byte) error {
	split := bytes.LastIndex(data, []byte("\n\n"))
	if split < 0 {
		return errors.New("no note")
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(string(data[split+2:]), "\n"), "\n") {
		words := strings.Split(line, " ")
		if len(words) != 3 {
			return errors.New("no signature")
		}
		raw, err := strict(words[2])
		if err != nil || len(raw) < 5 {
			return errors.New("no base64")
		}
		who := words[1] + hex.EncodeToString(raw[:4])
		if seen[who] {
			return errors.New("signed twice by one key")
		}
		seen[who] = true
	}
	return nil
}

// -- how it is spelled ---------------------------------------------------------------------------

func strict(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(raw) != text {
		return nil, errors.New("no base64")
	}
	return raw, nil
}

func hash(text string) (tlog.Hash, error) {
	var h tlog.Hash
	raw, err := strict(text)
	if err != nil || len(raw) != tlog.HashSize {
		return h, errors.New("no hash")
	}
	copy(h[:], raw)
	return h, nil
}

// number reads a size or an index; beyond 1<<62 tlog would look for the next power of two for ever.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<62 || strconv.FormatInt(n, 10) != text {
		return 0, errors.New("no number")
	}
	return n, nil
}

// -- proofs --------------------------------------------------------------------------------------

// halves splits a file of a proof at its first empty line: lines above, and the checkpoint.
func halves(data []byte) ([]string, []byte, error) {
	split := bytes.Index(data, []byte("\n\n"))
	if split < 0 {
		return nil, nil, errors.New("no proof")
	}
	return strings.Split(string(data[:split]), "\n"), data[split+2:], nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	if len(lines) > 63 {
		return nil, errors.New("too many hashes")
	}
	var found []tlog.Hash
	for _, line := range lines {
		h, err := hash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, h)
	}
	return found, nil
}

// A disclosed record: its header is hashed as it stands, and its id is that of what happened.
type disclosed struct {
	Header     json.RawMessage `json:"header"`
	Key        string          `json:"key"`
	Occurrence json.RawMessage `json:"occurrence"`
}

// offered looks at a public key of ssh that proves nothing by itself, but has to be one.
func offered(line string) error {
	const kind = "ssh-ed25519"
	raw, err := strict(strings.TrimPrefix(line, kind+" "))
	head := "\x00\x00\x00\x0b" + kind + "\x00\x00\x00\x20"
	if err != nil || len(raw) != len(head)+ed25519.PublicKeySize || !strings.HasPrefix(string(raw), head) ||
		!strings.HasPrefix(line, kind+" ") {
		return errors.New("no public key")
	}
	return nil
}

func record(r request) (interface{}, error) {
	head, rest, err := halves(r.Data)
	if err != nil {
		return nil, err
	}
	if head[0] != "c2sp.org/tlog-proof@v1" || len(head) < 3 || !strings.HasPrefix(head[1], "extra ") ||
		!strings.HasPrefix(head[2], "index ") {
		return nil, errors.New("no proof of a record")
	}
	extra, err := strict(head[1][len("extra "):])
	if err != nil {
		return nil, err
	}
	at, err := number(head[2][len("index "):])
	if err != nil {
		return nil, err
	}
	proof, err := hashes(head[3:])
	if err != nil {
		return nil, err
	}
	end, err := readCheckpoint(rest, r.Keys)
	if err != nil {
		return nil, err
	}
	if at >= end.Size {
		return nil, errors.New("behind the end")
	}
	var said disclosed
	strictly := json.NewDecoder(bytes.NewReader(extra))
	strictly.DisallowUnknownFields()
	if err := strictly.Decode(&said); err != nil {
		return nil, err
	}
	var header struct {
		ID       string `json:"id"`
		Position int64  `json:"position"`
	}
	if err := json.Unmarshal(said.Header, &header); err != nil {
		return nil, err
	}
	id := sha256.Sum256(said.Occurrence)
	if header.ID != hex.EncodeToString(id[:]) || header.Position != at+1 {
		return nil, errors.New("another record")
	}
	// Spelled anew of its parts it has to be the same: nothing stands between them.
	spelled := `{"header":` + string(said.Header)
	if said.Key != "" {
		if err := offered(said.Key); err != nil {
			return nil, err
		}
		spelled += `,"key":` + strconv.Quote(said.Key)
	}
	if spelled+`,"occurrence":`+string(said.Occurrence)+"}" != string(extra) {
		return nil, errors.New("not in canonical form")
	}
	if err := tlog.CheckRecord(proof, end.Size, end.root, at, tlog.RecordHash(said.Header)); err != nil {
		return nil, err
	}
	return map[string]interface{}{"checkpoint": end, "position": at + 1, "id": header.ID}, nil
}

func growth(r request) (interface{}, error) {
	head, rest, err := halves(r.Data)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(head[0], "old ") {
		return nil, errors.New("no proof of growth")
	}
	old, err := number(head[0][len("old "):])
	if err != nil {
		return nil, err
	}
	proof, err := hashes(head[1:])
	if err != nil {
		return nil, err
	}
	end, err := readCheckpoint(rest, r.Keys)
	if err != nil {
		return nil, err
	}
	begun, err := readCheckpoint(r.Old, r.Keys)
	if err != nil {
		return nil, err
	}
	if begun.Origin != end.Origin || begun.Size != old {
		return nil, errors.New("from another checkpoint")
	}
	if err := grown(proof, end.Size, end.root, old, begun.root); err != nil {
		return nil, err
	}
	return map[string]interface{}{"checkpoint": end, "old": begun}, nil
}

// grown checks what tlog does, and what it leaves out: an empty tree begins every other one.
func grown(proof tlog.TreeProof, size int64, root tlog.Hash, old int64, begun tlog.Hash) error {
	if old > size || old < 0 {
		return errors.New("it shrank")
	}
	if old == 0 {
		if len(proof) > 0 || begun != tlog.Hash(sha256.Sum256(nil)) {
			return errors.New("nothing is proven of an empty log")
		}
		return nil
	}
	return tlog.CheckTree(proof, size, root, old, begun)
}

// -- that nothing was left out -------------------------------------------------------------------

// A told record has its header, as it stands, and perhaps its content; or its leaf alone.
type told struct {
	Beside     json.RawMessage `json:"beside"`
	Header     json.RawMessage `json:"header"`
	Leaf       string          `json:"leaf"`
	Occurrence json.RawMessage `json:"occurrence"`
	id         string
	labels     []string
}

// readTold reads a line of such a proof, and says what its leaf is.
func readTold(line string, position int64, rally string) (told, tlog.Hash, error) {
	var t told
	strictly := json.NewDecoder(strings.NewReader(line))
	strictly.DisallowUnknownFields()
	if err := strictly.Decode(&t); err != nil {
		return t, tlog.Hash{}, err
	}
	if t.Header == nil {
		if `{"leaf":"`+t.Leaf+`"}` != line || strings.ToLower(t.Leaf) != t.Leaf {
			return t, tlog.Hash{}, errors.New("neither a record nor a leaf")
		}
		leaf, err := fromHex(t.Leaf)
		return t, leaf, err
	}
	spelled := `"header":` + string(t.Header)
	if t.Beside != nil {
		spelled = `"beside":` + string(t.Beside) + "," + spelled
	}
	if t.Occurrence != nil {
		spelled += `,"occurrence":` + string(t.Occurrence)
	}
	if "{"+spelled+"}" != line {
		return t, tlog.Hash{}, errors.New("not in canonical form")
	}
	var header struct {
		ID       string   `json:"id"`
		Position int64    `json:"position"`
		Rally    string   `json:"rally"`
		Tags     []string `json:"tags"`
	}
	if err := json.Unmarshal(t.Header, &header); err != nil {
		return t, tlog.Hash{}, err
	}
	if header.Position != position || header.Rally != rally {
		return t, tlog.Hash{}, errors.New("another record")
	}
	if id := sha256.Sum256(t.Occurrence); t.Occurrence != nil && header.ID != hex.EncodeToString(id[:]) {
		return t, tlog.Hash{}, errors.New("another content")
	}
	t.id, t.labels = header.ID, header.Tags
	if t.Beside != nil {
		var beside []string
		if err := json.Unmarshal(t.Beside, &beside); err != nil {
			return t, tlog.Hash{}, err
		}
		t.labels = append(t.labels, beside...)
	}
	return t, tlog.RecordHash(t.Header), nil
}

// rallyOf reads an origin, rally-ledger/LEDGER/RALLY/SITE.
func rallyOf(origin string) (string, error) {
	parts := strings.Split(origin, "/")
	if len(parts) != 4 || parts[0] != "rally-ledger" {
		return "", errors.New("the origin of no rally")
	}
	return url.PathUnescape(parts[2])
}

// rootOf is the root over leaves, as tlog stores the tree that they make.
func rootOf(leaves []tlog.Hash) (tlog.Hash, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			found[i] = stored[at]
		}
		return found, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, reader)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, more...)
	}
	return tlog.TreeHash(int64(len(leaves)), reader)
}

func has(labels []string, beginning ...string) bool {
	for _, label := range labels {
		for _, each := range beginning {
			if strings.HasPrefix(label, each) {
				return true
			}
		}
	}
	return false
}

func holds(labels []string, label string) bool {
	for _, each := range labels {
		if each == label {
			return true
		}
	}
	return false
}

// bears says whether a record bears on a subject by its own labels; what hangs on contents (numbers
// that a crew was given later, what a record names, lines that were told again) is not asked here.
func bears(kind, of string, t told) bool {
	switch kind {
	case "crew":
		return holds(t.labels, "crew:"+of) || holds(t.labels, "everybody") || !has(t.labels, "crew:", "ref:")
	case "stage":
		return holds(t.labels, "stage:"+of) || !has(t.labels, "crew:", "stage:", "ref:")
	}
	return t.id == of
}

func complete(r request) (interface{}, error) {
	head, rest, err := halves(r.Data)
	if err != nil {
		return nil, err
	}
	end, err := readCheckpoint(rest, r.Keys)
	if err != nil {
		return nil, err
	}
	rally, err := rallyOf(end.Origin)
	if err != nil {
		return nil, err
	}
	if len(head) < 2 || head[0] != "rally-ledger/complete@v1" {
		return nil, errors.New("no such proof")
	}
	words := strings.SplitN(head[1], " ", 3)
	if len(words) != 3 || words[0] != "subject" || words[2] == "" ||
		(words[1] != "crew" && words[1] != "stage" && words[1] != "decision") {
		return nil, errors.New("of nothing")
	}
	lines := head[2:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "key ") {
		if err := offered(lines[0][len("key "):]); err != nil {
			return nil, err
		}
		lines = lines[1:]
	}
	for len(lines) > 0 && (strings.HasPrefix(lines[0], "again ") || strings.HasPrefix(lines[0], "\u2014 ")) {
		lines = lines[1:] // what hangs on contents, and who attests: not asked here
	}
	if int64(len(lines)) != end.Size {
		return nil, errors.New("not a line for each record")
	}
	var leaves []tlog.Hash
	var all []told
	for n, line := range lines {
		t, leaf, err := readTold(line, int64(n)+1, rally)
		if err != nil {
			return nil, err
		}
		all, leaves = append(all, t), append(leaves, leaf)
	}
	root, err := rootOf(leaves)
	if err != nil {
		return nil, err
	}
	if root != end.root {
		return nil, errors.New("another root")
	}
	shown, counts, seen := map[string]bool{}, map[string]int{}, map[string]bool{}
	for _, t := range all {
		switch {
		case t.Header == nil:
			counts["blinded"]++
			continue
		case t.Occurrence == nil:
			counts["withheld"]++
		default:
			counts["disclosed"]++
			shown["ref:"+t.id] = true
		}
		if seen[t.id] {
			return nil, errors.New("one occurrence twice")
		}
		seen[t.id] = true
	}
	for _, t := range all {
		if t.Header == nil || t.Occurrence != nil {
			continue
		}
		if bears(words[1], words[2], t) {
			return nil, errors.New("left out")
		}
		for _, label := range t.labels {
			if shown[label] {
				return nil, errors.New("left out, and about what is disclosed")
			}
		}
	}
	if words[1] == "decision" && !shown["ref:"+words[2]] {
		return nil, errors.New("the decision is not there")
	}
	return map[string]interface{}{"checkpoint": end, "subject": words[1] + " " + words[2], "counts": counts}, nil
}

// -- vectors -------------------------------------------------------------------------------------

func fromHex(text string) (tlog.Hash, error) {
	var h tlog.Hash
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != tlog.HashSize {
		return h, errors.New("no hash")
	}
	copy(h[:], raw)
	return h, nil
}

func tree(r request) (interface{}, error) {
	var proof []tlog.Hash
	for _, text := range r.Proof {
		h, err := fromHex(text)
		if err != nil {
			return nil, err
		}
		proof = append(proof, h)
	}
	root, err := fromHex(r.Root)
	if err != nil {
		return nil, err
	}
	if r.Leaf != "" {
		leaf, err := fromHex(r.Leaf)
		if err != nil {
			return nil, err
		}
		if r.At < 0 || r.At >= r.Size {
			return nil, errors.New("behind the end")
		}
		return nil, tlog.CheckRecord(proof, r.Size, root, r.At, leaf)
	}
	begun, err := fromHex(r.Begun)
	if err != nil {
		return nil, err
	}
	return nil, grown(proof, r.Size, root, r.At, begun)
}

// -- the loop ------------------------------------------------------------------------------------

func answer(line []byte) (found interface{}, err error) {
	defer func() {
		if fell := recover(); fell != nil {
			err = fmt.Errorf("PANIC: %v", fell)
		}
	}()
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, err
	}
	switch r.Kind {
	case "checkpoint":
		return readCheckpoint(r.Data, r.Keys)
	case "record":
		return record(r)
	case "growth":
		return growth(r)
	case "complete":
		return complete(r)
	case "tree":
		return tree(r)
	}
	return nil, errors.New("nothing is asked")
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		told := map[string]interface{}{"ok": true}
		if found, err := answer(line); err != nil {
			told = map[string]interface{}{"ok": false, "why": err.Error()}
		} else if found != nil {
			told["found"] = found
		}
		data, _ := json.Marshal(told)
		out.Write(append(data, '\n'))
		out.Flush()
	}
}
