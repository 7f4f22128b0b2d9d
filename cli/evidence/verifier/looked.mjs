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

// Of each kind of object of the documents the fields, in the notation of the specification.
export const SHAPES = `\
manifest.json: format decision{} basis{} for[] files{}[]
manifest.json decision: name position# id
manifest.json basis: ledger rally position# head# root received_at@? effective_at@? rulebook edition# | decided_by@?
manifest.json files: name sha256 size#
decision.json: entry{} chain{}[]
decision.json entry chain: series decision title document number driver competitor stage fact_at@? decided_at@ sender addressee fact infringement ruling reason signed_by[] outcome appealable! status positions#[] supersedes superseded_by claimed_by[] effects{}[] concerns[]+ notified_at@? acknowledged_at@? seen{}? steps{}[] exhibits[] position# id | fines{}[]
decision.json entry.effects chain.effects: act words fields{} condition until@? status in_force! no_effect{}?+
decision.json entry.effects.no_effect chain.effects.no_effect: why positions#[]
decision.json entry.steps chain.steps: position# id type at@ by words
decision.json entry.fines chain.fines: currency imposed# owed# suspended# kept_back# fallen# paid# returned# open# to_return# decision title number competitor pay_by@? position# id
docket.json: rows{}[]
docket.json rows: decision title number status notified_at@? appealable! appeal_until@? review_until@? protest_until@? next_at@? next matters{}[] position# id undefined[]+ | deadlines{}[]
docket.json rows.matters: kind about number competitor lodged_at@ due_at@? admissible! why_not suspensive! step confirm_by@? confirmed_at@? confirmed_in_time!? ended_at@? outcome open! position# id | party lodged_with means remark deadlines{}[] suspends_by
docket.json rows.deadlines rows.matters.deadlines: kind parameter amount began_by began_at@? until@? limited! extensions{}[]
docket.json rows.deadlines.extensions rows.matters.deadlines.extensions: until@ by reason why_not position# id
bearing.json: records{}[]
bearing.json records: position# id type by role recorded_at@ words why[] bytes
rules.json: rulebook for{} infringement parameters{}[] applied{}[] not_in_force{}[]
rules.json for: at@ stage?
rules.json parameters: name value* meaning provenance set_by
rules.json applied not_in_force: name position# parameters[]
publications.json: publications{}[]
publications.json publications: document kind amendment#? title posted_at@ by role cut_off#? root rulebook edition# digest protests_until@? status superseded_by today position# id | scope{} rows{}[] unclassified{}[]
exhibits.json: exhibits{}[]
exhibits.json exhibits: position# id target state digest title restricted_to[] | media size#? called file
classifications/*/*.json: hypothetical! without#[] cut{} refused? scope{} rows{}[] unclassified{}[] | joint!
classifications/*/*.json cut: position# root received_at@? rulebook edition#
classifications/*/*.json scope: kind after? stage? category? class? group? team? trophy? | from to
classifications/*/*.json rows: place# number driver codrivers[] nationality category class vehicle team time_ms# penalty_ms# total_ms# gap_ms# interval_ms# flags[]
classifications/*/*.json unclassified: number driver category status stage reason
classifications/*/difference-*.json: between[] hypothetical! scope{} refused? rows{}[] records{}[] | joint!
classifications/*/difference-*.json scope: kind after? stage? category? class? group? team? trophy? | from to
classifications/*/difference-*.json rows: number driver category place#?[] total_ms#?[] gap_ms#?[] status?[] because#[]
classifications/*/difference-*.json records: position# id type recorded_at@ recorded_by role words
why/*/*.json: classification number driver codrivers[] category scope{} classified! place#? total_ms# time_ms# penalty_ms# addends{}[] places{}[] status{} flags[]
why/*/*.json scope: kind after? stage? category? class? group? team? trophy? | from to
why/*/*.json addends: ms# what positions#[] article kind stage status parts{}[] records{}[] rules{}[] notes[]
why/*/*.json addends.parts: ms# what positions#[]
why/*/*.json addends.records status.records places.ties.records: position# id type words fact_at@? fact_assumed! recorded_at@ by role site source standing note counts! why struck{}[] | signatures{}[]
why/*/*.json addends.records.struck status.records.struck places.ties.records.struck: position# said struck_by# now recorded_at@ by role reason stands!
why/*/*.json addends.records.signatures status.records.signatures places.ties.records.signatures: key office state
why/*/*.json addends.rules status.rules places.ties.rules: parameter value* meaning set_by position# provenance assumed!
why/*/*.json status: name stage reason words records{}[] rules{}[]
why/*/*.json places: category? place# of# gap_ms# before{}? behind{}? level[] ties{}[] words | joint!
why/*/*.json places.before places.behind: number driver place# ms# total_ms#
why/*/*.json places.ties: number stage own_ms#? other_ms#? words records{}[] rules{}[]
time-cards/*.json: number driver stages{}[] time_ms#? penalty_ms# total_ms#?
time-cards/*.json stages: stage lines{}[] struck{}[] time_ms#? penalty_ms#
time-cards/*.json stages.lines: what place due_at@? actual_at@? late_ms#? verdict time_ms#? penalty_ms# source note positions#[] status+
time-cards/*.json stages.struck: position# said struck_by# now by role reason
`;
