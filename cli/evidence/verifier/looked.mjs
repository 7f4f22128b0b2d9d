// What of each document is compared with the records or with another document, by its fields. The
// report names whatever is not among them: nobody is to take it for checked.
export const CHECKED = {
  "manifest.json": [
    "format", "decision", "files", "basis.position", "basis.root", "basis.received_at", "basis.rulebook", "basis.edition", "basis.head", "basis.ledger",
    "basis.rally", "basis.effective_at",
  ],
  "decision.json": [
    "entry.series", "entry.decision", "entry.document", "entry.number", "entry.driver", "entry.competitor", "entry.stage", "entry.fact_at", "entry.decided_at",
    "entry.sender", "entry.addressee", "entry.fact", "entry.infringement", "entry.ruling", "entry.reason", "entry.signed_by", "entry.outcome",
    "entry.appealable", "entry.concerns", "entry.seen", "entry.effects.act", "entry.effects.fields", "entry.effects.condition", "entry.effects.until",
    "entry.steps.position", "entry.steps.id", "entry.steps.type", "entry.steps.at", "entry.steps.by", "entry.position", "entry.id", "chain.series",
    "chain.decision", "chain.document", "chain.number", "chain.driver", "chain.competitor", "chain.stage", "chain.fact_at", "chain.decided_at", "chain.sender",
    "chain.addressee", "chain.fact", "chain.infringement", "chain.ruling", "chain.reason", "chain.signed_by", "chain.outcome", "chain.appealable",
    "chain.concerns", "chain.seen", "chain.effects.act", "chain.effects.fields", "chain.effects.condition", "chain.effects.until", "chain.steps.position",
    "chain.steps.id", "chain.steps.type", "chain.steps.at", "chain.steps.by", "chain.position", "chain.id", "chain",
  ],
  "docket.json": [
    "rows.decision", "rows.number", "rows.position", "rows.id", "rows.matters.number", "rows.matters.lodged_at", "rows.matters.position", "rows.matters.id",
  ],
  "bearing.json": [
    "records.position", "records.id", "records.type", "records.by", "records.role", "records.recorded_at", "records.bytes",
  ],
  "rules.json": [
    "for", "infringement", "parameters.name", "parameters.value", "parameters.provenance",
  ],
  "publications.json": [
    "publications.document", "publications.kind", "publications.amendment", "publications.posted_at", "publications.by", "publications.role",
    "publications.cut_off", "publications.root", "publications.rulebook", "publications.edition", "publications.digest", "publications.protests_until",
    "publications.position", "publications.id", "publications.scope", "publications.rows", "publications.unclassified",
  ],
  "exhibits.json": [
    "exhibits.position", "exhibits.id", "exhibits.target", "exhibits.state", "exhibits.digest", "exhibits.title", "exhibits.restricted_to", "exhibits.media",
    "exhibits.size", "exhibits.called", "exhibits.file",
  ],
  "classifications/*/*.json": [
    "hypothetical", "without", "scope", "rows", "unclassified", "cut.position", "cut.root", "cut.received_at", "cut.rulebook", "cut.edition", "rows.place",
    "rows.number", "rows.driver", "rows.codrivers", "rows.nationality", "rows.category", "rows.class", "rows.vehicle", "rows.team", "rows.time_ms",
    "rows.penalty_ms", "rows.total_ms", "rows.gap_ms", "rows.interval_ms", "unclassified.number", "unclassified.driver", "unclassified.category",
  ],
  "classifications/*/difference-*.json": [
    "between", "hypothetical", "scope", "rows", "records", "joint", "rows.number", "rows.driver", "rows.category", "rows.place", "rows.total_ms",
    "rows.gap_ms", "rows.status", "rows.because", "records.position", "records.id", "records.type", "records.recorded_at", "records.recorded_by",
    "records.role",
  ],
  "why/*/*.json": [
    "classification", "number", "driver", "codrivers", "category", "scope", "classified", "place", "total_ms", "time_ms", "penalty_ms", "flags", "status.name",
    "addends.ms", "addends.parts.ms", "addends.records.position", "addends.records.id", "addends.records.type", "addends.records.recorded_at",
    "addends.records.by", "addends.records.role", "addends.records.site", "addends.records.standing", "addends.records.struck.struck_by",
    "status.records.position", "status.records.id", "status.records.type", "status.records.recorded_at", "status.records.by", "status.records.role",
    "status.records.site", "status.records.standing", "status.records.struck.struck_by", "places.category", "places.place", "places.of", "places.gap_ms",
    "places.before.number", "places.before.driver", "places.before.ms", "places.before.total_ms",
    "places.behind.number", "places.behind.driver", "places.behind.ms", "places.behind.total_ms",
  ],
  "time-cards/*.json": [
    "number", "driver", "time_ms", "penalty_ms", "total_ms", "stages.penalty_ms", "stages.lines.penalty_ms",
  ],
};

// What is compared where statuses and deadlines can be computed from the records.
export const COMPUTED = {
  "decision.json": [
    "entry.status", "entry.positions", "entry.supersedes", "entry.superseded_by", "entry.claimed_by", "entry.notified_at", "entry.acknowledged_at",
    "entry.exhibits", "entry.effects.status", "entry.effects.in_force", "chain.status", "chain.positions", "chain.supersedes", "chain.superseded_by",
    "chain.claimed_by", "chain.notified_at", "chain.acknowledged_at", "chain.exhibits", "chain.effects.status", "chain.effects.in_force",
  ],
  "docket.json": [
    "rows.status", "rows.notified_at", "rows.appealable", "rows.appeal_until", "rows.review_until", "rows.protest_until", "rows.next_at", "rows.next",
    "rows.undefined", "rows.matters", "rows.matters.kind", "rows.matters.about", "rows.matters.competitor", "rows.matters.due_at", "rows.matters.admissible",
    "rows.matters.why_not", "rows.matters.suspensive", "rows.matters.step", "rows.matters.confirm_by", "rows.matters.confirmed_at",
    "rows.matters.confirmed_in_time", "rows.matters.ended_at", "rows.matters.outcome", "rows.matters.open",
  ],
  "rules.json": [
    "rulebook", "applied", "not_in_force", "parameters.set_by",
  ],
};

// What the program chose from the records: what is there is checked, and not what is not.
export const CHOSEN = {
  "decision.json": [
    "chain (that none is missing)",
  ],
  "bearing.json": [
    "records (that none is missing)",
  ],
  "publications.json": [
    "publications (that none is missing)",
  ],
};

// The fields that hold several values.
export const SEVERAL = new Set(
  "addends applied because between chain claimed_by codrivers concerns effects exhibits flags level lines matters not_in_force notes parts places positions publications records restricted_to rows rules signed_by stages steps struck ties unclassified undefined without".split(" "),
);
// What holds objects wherever it stands, but in what an effect says.
export const OF_OBJECTS = new Set(
  "addends applied chain deadlines effects extensions files fines lines matters not_in_force parts places publications records rows rules signatures stages steps struck ties unclassified".split(" "),
);
