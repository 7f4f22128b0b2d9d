"""The judge of the desk: what the register, the protest clock and the rulebook say to an act.

Each act of the stewards' desk and of the notice board is asked the rules by which it will be read
once it is on record, and refused where they would make nothing of it. Lateness is no such rule: a
late act is put on record, and found late; so is one of which no rule says whether it is in time.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from ledger.commands.desk import Decided, acts_by
from ledger.errors import Refused
from ledger.keyring import VALID
from ledger.vocabulary import (
    TAKES_BACK,
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    CheckpointKept,
    ClassificationPublished,
    CourtDecisionIssued,
    DeadlineExtended,
    DecisionIssued,
    DecisionRescinded,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    ExecutionResumed,
    ExecutionSuspended,
    FinePaid,
    FineReturned,
    KeyRegistered,
    Occurrence,
    ProtestDecided,
    ProtestWithdrawn,
    ReviewDecided,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
    canonical,
    occurrence_id,
    short_id,
)
from ledger.vocabulary.publication import Line, last_named, named_together, scope_key
from projections.desk.fines import fined_in, may_be_returned
from projections.desk.publications import flags_unequal
from projections.results.classifications import rules_of
from projections.rules.classifications import groups_of
from projections.rules.witnesses import WITNESSED, what_lacks
from projections.state.course import Course
from projections.state.deadlines import Running
from projections.state.facts import Facts, Fold
from projections.state.finality import Finality, last_stage, stages_of
from projections.state.matters import MOOT, matters, published, times_of, window
from projections.state.recorded import Fact
from projections.state.rulings import GONE, IN_FORCE

Rule = Callable[[Facts, Any], None]


def judge(held: Mapping[str, Occurrence], said: Occurrence) -> None:
    """Refuse what the records of a boundary, by id, don't allow to be said.

    Raises:
        Refused: with the record or the rule that stands against it.
    """
    rules = _RULES.get(type(said), ())
    if rules:
        facts = _facts(held)
        for rule in rules:
            rule(facts, said)


def _facts(held: Mapping[str, Occurrence], *more: Occurrence) -> Facts:
    folded = Fold()
    for position, (identity, each) in enumerate(held.items(), 1):
        folded.take(identity, position, each)
    for each in more:
        folded.take(occurrence_id(canonical(each)), len(held) + 1, each)
    return folded.facts()


# -- what was taken back, superseded, quashed or rescinded already ---------------------------------


def _not_taken_back(facts: Facts, said: Any) -> None:
    if by := facts.taken_back.get(said.target):
        raise Refused(
            f"{short_id(said.target)} was taken back already, by {short_id(by.id)}.",
            hint="`rally show` tells more.",
        )


def _effects_take_back(facts: Facts, said: Decided) -> None:
    """What takes something back takes it back once; what falls by the decision itself has not."""
    acts = [each for each in acts_by(said) if type(each) in TAKES_BACK]
    if acts:
        bare = msgspec.structs.replace(said, effects=())
        without = _facts(facts.told, bare)
        for each in acts:
            _not_taken_back(without, each)


def _must_not_be_gone(facts: Facts, said: Any) -> None:
    ruling = facts.rulings.all.get(said.target)
    if ruling is not None and ruling.status in GONE:
        _gone(facts, ruling.fact, ruling.status, "It counts as never taken: nothing is left to do.")
    heir = facts.rulings.successor(said.target)
    if ruling is not None and heir is not None and not any(e.counts for e in ruling.effects):
        # It would give back what it superseded itself, and that would count beside its heir.
        raise Refused(
            f"{ruling.fact.value.title} is superseded by {heir.value.title}.",
            hint="Rescind that one first, if both were wrong.",
        )


def _may_supersede(facts: Facts, said: DecisionIssued) -> None:
    if since := said.supersedes_from:
        if not said.supersedes:
            raise Refused(f"What is superseded from {since} on is not said.", hint="Name it.")
        if since not in facts.stages:
            raise Refused(
                f"No stage {since} is scheduled.",
                hint="`rally log --type StageScheduled` lists the stages.",
            )
    if not said.supersedes:
        return
    rulings = facts.rulings
    ruling = rulings.all.get(said.supersedes)
    _must_have_effect(facts, said.supersedes)
    if ruling is None or not isinstance(ruling.fact.value, DecisionIssued):
        raise Refused(
            f"{short_id(said.supersedes)} is no decision that stands.",
            hint="`rally decisions` lists them.",
        )
    if ruling.status in GONE:
        _gone(facts, ruling.fact, ruling.status, "Decide without superseding it.")
    if heir := rulings.successor(said.supersedes):
        raise Refused(
            f"{ruling.fact.value.title} is superseded already, by {heir.value.title}.",
            hint="Supersede that one instead.",
        )


def _must_have_effect(facts: Facts, identity: str) -> None:
    if identity in facts.idle:
        raise facts.idle[identity].of(short_id(identity))


def _may_overturn(facts: Facts, said: CourtDecisionIssued) -> None:
    if said.appeal:
        appeal = facts.by_id.get(said.appeal)
        about = getattr(appeal.value, "target", "") if appeal else ""
        if about != said.target:
            raise Refused(
                f"{short_id(said.appeal)} is no appeal against {short_id(said.target)}.",
                hint="`rally docket` lists the appeals by decision.",
            )
    ruling = facts.rulings.all.get(said.target)
    if ruling and ruling.status in GONE and said.outcome in ("quashed", "varied"):
        hint = "A court above decides about the decision of the court below: name that one."
        _gone(facts, ruling.fact, ruling.status, hint)


def _gone(facts: Facts, fact: Fact[Any], status: str, hint: str) -> NoReturn:
    by = " by a court" if facts.rulings.court_on(fact.id) else ""
    raise Refused(f"{fact.value.title} was {status}{by}.", hint=hint)


def _must_choose(facts: Facts, said: SupersedingDetermined) -> None:
    """A ruling is on decisions that claim to supersede one; its heir is one of them."""
    claimants = {each.id: each.value.name for each in facts.rulings.claimants(said.target)}
    if not claimants:
        raise Refused(
            f"No decision claims to supersede {short_id(said.target)}.",
            hint="`rally decisions` marks with ! what contradicts itself.",
        )
    if said.heir and said.heir not in claimants:
        raise Refused(
            f"{short_id(said.heir)} does not claim to supersede {short_id(said.target)}.",
            hint=f"These do: {', '.join(sorted(claimants.values()))}.",
        )


def _must_be_conditional(facts: Facts, said: SuspensionActivated | SuspensionLapsed) -> None:
    """What follows a suspended sanction changes it, unless the decision itself is kept back."""
    ruling = facts.rulings.all.get(said.target)
    if ruling is None:
        return
    sanctions = [each for each in ruling.effects if each.effect.condition]
    if not sanctions:
        raise Refused(
            f"{ruling.fact.value.title} has no sanction that is suspended on condition.",
            hint=f"`rally decisions {ruling.fact.value.name}` shows its effects.",
        )
    settled = [each for each in sanctions if each.because]
    if ruling.status != IN_FORCE or not settled:
        return
    after = _facts(facts.told, said).rulings.all[said.target]
    if [each.status for each in after.effects] == [each.status for each in ruling.effects]:
        by = facts.by_id[settled[0].because[0]]
        raise Refused(
            f"{short_id(by.id)} says already what became of it. {by.value.words()}",
            hint="If that was wrong, void it first.",
        )


# -- matters ---------------------------------------------------------------------------------------


def _must_be_open(facts: Facts, said: Any) -> None:
    for each in matters(facts):
        if each.fact.id != said.target:
            continue
        if each.ended is not None and each.outcome != MOOT:
            raise Refused(
                f"{short_id(each.ended.id)} says so already: the {each.kind} is {each.outcome}. "
                f"{each.ended.value.words()}",
                hint="If that was wrong, void it first.",
            )
        if isinstance(said, AppealConfirmed) and each.confirmed is not None:
            raise Refused(
                f"{short_id(each.confirmed.id)} says so already. {each.confirmed.value.words()}"
            )


def _extension_has_effect(facts: Facts, said: DeadlineExtended) -> None:
    """Who extends a time may, and no further than the rules let them."""
    identity = occurrence_id(canonical(said))
    after = _facts(facts.told, said)
    for each in _extended(after, said):
        for extension in each.extensions:
            if extension.fact.id == identity and extension.why_not:
                raise Refused(
                    f"It would extend nothing: {extension.why_not}.",
                    hint="`rally docket` tells the times that run, each with its rule.",
                )


def _extended(facts: Facts, said: DeadlineExtended) -> list[Running]:
    """The times that an extension is about."""
    times = times_of(facts)
    about: Fact[Any] | None = facts.by_id.get(said.target)
    if about is None:
        return []
    if isinstance(about.value, ClassificationPublished):
        running = window(facts, about) if said.deadline == "protest" else None
        return [running] if running else []
    if isinstance(about.value, AppealIntentionNotified):
        return [e.to_confirm for e in matters(facts) if e.fact.id == about.id and e.to_confirm]
    asked = {"appeal": times.appeal, "review": times.review, "protest": times.protest}
    return [asked[said.deadline](about)] if said.deadline in asked else []


# -- the notice board ------------------------------------------------------------------------------


def _may_become_final(facts: Facts, said: ClassificationPublished) -> None:
    if said.kind != "final" or said.subject_to_appeal:
        return
    finality = Finality(facts, said.happened.ms)
    posted = finality.posted(said.scope)
    if posted is None:
        name = "It"
        why = ["no other classification of it was posted: no time for protests has run"]
    else:
        name = f"Document {posted.value.document}"
        why = [*(each.words for each in finality.open(posted)), *finality.not_yet(posted)]
    if why:
        raise Refused(
            f"{name} may not become final: {'; '.join(why)}.",
            hint="`rally protest-clock` tells more. Results that stand subject to an appeal are "
            "published with --subject-to-appeal.",
        )


def _amends_what_hangs(facts: Facts, said: ClassificationPublished) -> None:
    """An amended one takes the place of another that was posted, and not withdrawn since."""
    scopes = {scope_key(each.value.scope) for each in published(facts)}
    if said.kind == "amended" and scope_key(said.scope) not in scopes:
        raise Refused(
            "No classification of this scope hangs on the board, so there is none to amend.",
            hint="Publish it as --kind provisional; `rally publications` lists what there is.",
        )


def _is_one_classification(facts: Facts, said: ClassificationPublished) -> None:
    must_be_one_classification(facts, said.kind, said.scope, (*said.rows, *said.unclassified))


def must_be_one_classification(
    facts: Facts, kind: str, scope: Mapping[str, str], crews: Sequence[Line]
) -> None:
    """A list of crews that are not ranked with each other is no document of the notice board.

    One that hangs there already is amended and becomes final as it is. `crews` are its rows and
    those that are not classified. Their categories and stages are those on record, whatever the
    rows say of them: whoever posts may have computed them otherwise, or left them out.

    Raises:
        Refused: it is such a list, with the commands for those that can be posted.
    """
    course = Course(facts)
    every = {_category(course, each) for each in crews}
    groups = groups_of(rules_of(course, last_named(scope)), every)
    if groups is None:
        unequal = flags_unequal(crews) or _ran_other_stages(course, scope, crews)
        groups = tuple((each,) for each in sorted(every)) if unequal else ()
    hangs = {scope_key(each.value.scope) for each in published(facts)}
    if len(groups) < 2 or (kind in ("amended", "final") and scope_key(scope) in hangs):
        return
    names = [named_together(each) for each in groups]
    raise Refused(
        f"It is no classification: {', '.join(names[:-1])} and {names[-1]} are ranked apart.",
        hint=f"Post each by itself, as {'; '.join(_to_publish(scope, kind, e) for e in names)}.",
    )


def _category(course: Course, row: Line) -> str:
    """The category of the crew of a row, as it is entered."""
    return course.category(str(row.get("number", ""))) or str(row.get("category") or "")


def _ran_other_stages(course: Course, scope: Mapping[str, str], crews: Sequence[Line]) -> bool:
    """Whether a stage was cancelled for some of the categories that are classified together."""
    stages = stages_of(course, scope)
    categories = {_category(course, each) for each in crews if each.get("place")}
    ran = {
        tuple(course.cancelled(each.stage, category) for each in stages) for category in categories
    }
    return len(ran) > 1


def _to_publish(scope: Mapping[str, str], kind: str, category: str) -> str:
    """The command by which a category of a scope is posted."""
    of = {name: value for name, value in scope.items() if value and name not in ("kind", "joint")}
    options = [
        f"--{name} {shlex.quote(value)}" for name, value in {**of, "category": category}.items()
    ]
    return f"`rally publish classification {' '.join(options)} --kind {kind}`"


def _drawn_up_once(facts: Facts, said: ClassificationPublished) -> None:
    """What was drawn up and signed is posted once: its time for protests runs from there."""
    for each in published(facts):
        if said.drawn_up and each.value.drawn_up == said.drawn_up:
            raise Refused(
                f"It was posted as document {each.value.document}.",
                hint="If that was wrong, record PublicationWithdrawn for it first.",
            )


def _classification_is_signed(facts: Facts, said: ClassificationPublished) -> None:
    """It is what was drawn up, and signed by the offices that the rulebook names."""
    if drawn := _drawn_up(facts, said.drawn_up):
        _must_be_same(said.digest == drawn.digest and said.kind == drawn.kind)
    if said.kind in ("provisional", "amended", "final"):
        stage = last_stage(Course(facts), said.scope)
        order = stage.order if stage else None
        _must_be_signed(facts, said, "documents.classification_signatures", order)


def _classification_is_witnessed(facts: Facts, said: ClassificationPublished) -> None:
    """It rests on a checkpoint that was witnessed, where the rules of that moment ask for it."""
    stage = last_stage(Course(facts), said.scope)
    rules = facts.regulations.at(said.happened.ms, stage.order if stage else None)
    if not rules.defines(WITNESSED) or said.kind not in rules.texts(WITNESSED):
        return
    kept = [each.value for each in facts.of(CheckpointKept)]
    if lack := what_lacks(rules, kept, said.position, said.root):
        raise Refused(lack.why, hint=lack.hint)


def _decision_is_signed(facts: Facts, said: DocumentPosted) -> None:
    if drawn := _drawn_up(facts, said.drawn_up):
        _must_be_same(said.about == drawn.about)
    if said.kind == "decision":
        stage = facts.stages.get(said.stage)
        order = stage.value.order if stage else None
        _must_be_signed(facts, said, "documents.decision_signatures", order)


def _drawn_up(facts: Facts, identity: str) -> DocumentDrawnUp | None:
    if not identity:
        return None
    fact = facts.by_id.get(identity)
    if fact is None or not isinstance(fact.value, DocumentDrawnUp):
        raise Refused(
            f"{short_id(identity)} is no document that was drawn up.",
            hint="`rally log --type DocumentDrawnUp` lists them.",
        )
    return fact.value


def _must_be_same(same: bool) -> None:
    if not same:
        raise Refused(
            "It is not what was drawn up and signed.",
            hint="Draw it up anew: what was signed rests on another part of the log.",
        )


def signed_in(facts: Facts, drawn_up: str) -> set[str]:
    """The offices in which a document that was drawn up is signed: with a key, or by a word."""
    if not drawn_up:
        return set()
    said = {e.value.role for e in facts.of(DocumentSigned) if e.value.target == drawn_up}
    with_keys = facts.powers.signatures(drawn_up) if facts.recorded(KeyRegistered) else ()
    return said | {each.office for each in with_keys if each.state == VALID}


def _must_be_signed(
    facts: Facts, said: ClassificationPublished | DocumentPosted, parameter: str, order: int | None
) -> None:
    """By the rules of the moment at which it is posted; who posts a document signs it by that."""
    rules = facts.regulations.at(said.happened.ms, order)
    wanted = rules.texts(parameter) if rules.defines(parameter) else ()
    signed = signed_in(facts, said.drawn_up) | {said.role}
    missing = [office for office in wanted if office not in signed]
    if missing:
        raise Refused(
            f"It lacks the signature of {' and '.join(missing)}.",
            hint=f"`rally sign {short_id(said.drawn_up)}` in that office."
            if said.drawn_up
            else "`rally draw-up`, have it signed by `rally sign`, and post it with --drawn-up.",
        )


def _hangs_once(facts: Facts, said: DocumentPosted) -> None:
    """From the first posting of a decision on the time runs: it is not posted a second time."""
    if said.kind != "decision" or not said.about:
        return
    _must_have_effect(facts, said.about)
    if said.about not in facts.rulings.all:
        raise Refused(
            f"{short_id(said.about)} is no decision that stands.",
            hint="`rally decisions` lists them.",
        )
    for each in facts.standing(DocumentPosted):
        if each.value.about == said.about and each.value.kind == "decision":
            raise Refused(
                f"It was posted as document {each.value.document}.",
                hint="If that was wrong, record PublicationWithdrawn for it first.",
            )


def _must_be_to_return(facts: Facts, said: FineReturned) -> None:
    """Of what was paid for a fine no more is given back than is not owed."""
    there = may_be_returned(facts, said)
    if said.amount > there:
        told = f"{there or 'nothing'} {said.currency if there else ''}".rstrip()
        raise Refused(
            f"Of what was paid for it {told} is to be given back, and not {said.amount}.",
            hint="`rally decisions` lists what was paid, is owed, and is to be returned.",
        )


def _must_fine_so(facts: Facts, said: FinePaid | FineReturned) -> None:
    """Money is received or given back for a fine that was imposed, in its currency."""
    ruling = facts.rulings.all.get(said.target)
    if ruling is None:
        return
    known = fined_in(ruling)
    if not known:
        raise Refused(f"{ruling.fact.value.title} imposes no fine.", hint="`rally decisions`.")
    if said.currency not in known and (said.currency or len(known) > 1):
        of = said.currency or "a currency that is not said"
        raise Refused(
            f"{ruling.fact.value.title} imposes no fine in {of}.",
            hint=f"It fines in {' and '.join(sorted(known))}.",
        )


_RULES: dict[type[Occurrence], tuple[Rule, ...]] = {
    **dict.fromkeys(TAKES_BACK, (_not_taken_back,)),
    **dict.fromkeys(
        (ProtestDecided, ProtestWithdrawn, ReviewDecided, AppealConfirmed, AppealLapsed),
        (_must_be_open,),
    ),
    AppealWithdrawn: (_must_be_open,),
    DecisionRescinded: (_not_taken_back, _must_not_be_gone),
    DecisionIssued: (_may_supersede, _effects_take_back),
    CourtDecisionIssued: (_may_overturn, _effects_take_back),
    SupersedingDetermined: (_must_choose,),
    **dict.fromkeys(
        (SuspensionActivated, SuspensionLapsed), (_must_not_be_gone, _must_be_conditional)
    ),
    ExecutionSuspended: (_must_not_be_gone,),
    ExecutionResumed: (_must_not_be_gone,),
    FinePaid: (_must_fine_so,),
    FineReturned: (_must_fine_so, _must_be_to_return),
    DeadlineExtended: (_extension_has_effect,),
    ClassificationPublished: (
        _is_one_classification,
        _amends_what_hangs,
        _drawn_up_once,
        _classification_is_signed,
        _classification_is_witnessed,
        _may_become_final,
    ),
    DocumentPosted: (_hangs_once, _decision_is_signed),
}
"""Which rules an act is asked; any other act of the desk says nothing that could be ruled out."""
