"""Why a plan decides as it does (BEY-4): which rules decided, which lost, what is missing.

Plans only say what; here the same rules are weighed one by one. Tests hold both against each other.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.access.cells import BITS, BY_CONSENT, Cells, cells_of
from core.access.circumstances import CIRCUMSTANCES, Circumstance
from core.access.rules import MASK, PUBLIC, READ, SHOW, WRITE, Policy, Rule, objects_of
from core.text import Language, Text


class AccessOutcome(enum.Enum):
    """What came of a question."""

    SHOW = Text("shown", "显示")
    MASK = Text("masked", "遮盖")
    HIDE = Text("hidden", "隐藏")
    ALLOW = Text("allowed", "允许")
    DENY = Text("not allowed", "不允许")


class AccessLoss(enum.Enum):
    """Why a rule that speaks of the same thing did not decide."""

    DENIED = Text("a deny takes away what it allows", "被一条 deny 收回")
    SURPASSED = Text("another rule goes further", "另一条规则力度更大")
    IDLE = Text("it denies what no rule allows", "它所拒绝的本来就无规则允许")
    ELSEWHERE = Text("it is about another relation", "它针对另一种关系")
    UNMET = Text("its circumstance does not hold", "其所述情形不成立")


class AccessReason(enum.Enum):
    """What a decision rests on."""

    RULE = Text("a rule says so", "有规则规定")
    SILENCE = Text("no rule allows it", "没有规则允许")
    PUBLIC = Text("the field is public: whoever sees the row sees it", "公开字段：能看到该行者均可见")


@dataclass(frozen=True, slots=True)
class Question:
    """May this act be done? `field` is empty where rows or an act of the type are asked about."""

    type: str
    act: str
    field: str = ""
    sensitivity: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A rule, the chain of roles by which it reaches the one asked about, and the file and line, if any."""

    rule: Rule
    chain: tuple[str, ...]
    place: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A rule that did not decide, and why."""

    reached: Reached
    why: AccessLoss


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer in one cell.

    `add` and `remove`: the smallest change of lines that would allow all of it, once the circumstances of
    `ends` have ended.
    """

    cell: int
    outcome: AccessOutcome
    reason: AccessReason
    decided: tuple[Reached, ...] = ()
    lost: tuple[Lost, ...] = ()
    add: tuple[Rule, ...] = ()
    remove: tuple[Rule, ...] = ()
    ends: tuple[Circumstance, ...] = ()

    def because(self, language: Language) -> str:
        """The decision in one sentence."""
        outcome = self.outcome.value.say(language)
        if self.reason is not AccessReason.RULE:
            return BARE.say(language, outcome=outcome, why=self.reason.value.say(language))
        first = self.decided[0]
        notes = [first.place] if first.place else []
        if len(first.chain) > 1:
            notes.append(INHERITED.say(language, chain=" → ".join(first.chain)))
        where = NOTES.say(language, notes="; ".join(notes)) if notes else ""
        said = RULED.say(language, outcome=outcome, line=first.rule.line, where=where)
        decided = {r.rule.relation for r in self.decided if r.rule.effect == "deny"}
        return said + "".join(
            WHILE.say(language, name=one.name, about=one.about.say(language), remedy=one.remedy.say(language))
            for one in self.ends
            if one.name in decided
        )


BARE = Text("{outcome}: {why}", "{outcome}：{why}")
RULED = Text("{outcome} by `{line}`{where}", "{outcome}，依据 `{line}`{where}")
NOTES = Text(" ({notes})", "（{notes}）")
WHILE = Text("; {name}: {about}; {remedy}", "；{name}：{about}，{remedy}")
INHERITED = Text("inherited: {chain}", "继承：{chain}")


class Explainer:
    """Weighs the rules that reach one role."""

    def __init__(self, policy: Policy, role: str, held: Collection[str] = ()) -> None:
        """`role`: the one that is asked about; `held`: the circumstances that hold."""
        self._policy, self.role, self._held = policy, role, held
        self._chains = policy.lineage(role)

    def decide(self, question: Question, cells: Iterable[int]) -> list[Decision]:
        """One decision for each cell."""
        shows = question.act == SHOW
        if question.sensitivity == PUBLIC and question.act in (SHOW, WRITE):
            outcome = AccessOutcome.SHOW if shows else AccessOutcome.ALLOW
            return [Decision(cell, outcome, AccessReason.PUBLIC) for cell in cells]
        acts = (SHOW, MASK) if shows else (question.act,)
        objects = objects_of(question.type, question.field, question.sensitivity)
        speaking = [
            self._reached(rule)
            for rule in self._policy.rules_of((self.role,))
            if rule.object in objects and rule.act in acts
        ]
        return [self._decide(question, cell, speaking) for cell in cells]

    def _reached(self, rule: Rule) -> Reached:
        place = self._policy.places.get(rule)
        return Reached(rule, self._chains[rule.role], None if place == rule.line else place)

    def _decide(self, question: Question, cell: int, speaking: Sequence[Reached]) -> Decision:
        here = [r for r in speaking if cell in self._cells(r.rule.relation)]
        others = (r for r in speaking if cell not in self._cells(r.rule.relation))
        elsewhere = (
            Lost(r, AccessLoss.UNMET if r.rule.relation in CIRCUMSTANCES else AccessLoss.ELSEWHERE)
            for r in others
        )
        outcomes = SHOWING if question.act == SHOW else ACTING
        weighed = _Weighed(here, len(outcomes) - 1)
        denies = [r.rule for r in weighed.denies]
        *_, narrow = objects_of(question.type, question.field, question.sensitivity)
        missing = Rule(self.role, narrow, question.act, narrowest(cell), "allow")
        return Decision(
            cell,
            outcomes[weighed.level],
            AccessReason.RULE if weighed.decided else AccessReason.SILENCE,
            tuple(weighed.decided),
            (*weighed.lost, *elsewhere),
            () if weighed.raised == weighed.top else (missing,),
            tuple(rule for rule in denies if rule.relation not in CIRCUMSTANCES),
            ending(rule.relation for rule in denies),
        )

    def _cells(self, relation: str) -> Cells:
        return BY_CONSENT if relation in self._held else cells_of(relation)


SHOWING = (AccessOutcome.HIDE, AccessOutcome.MASK, AccessOutcome.SHOW)
ACTING = (AccessOutcome.DENY, AccessOutcome.ALLOW)
"""What comes of a question, by level."""


@dataclass
class _Weighed:
    """The rules that match in one cell, weighed.

    Levels of `show`: 0 hidden, 1 masked, 2 shown; of other acts: 0 no, 1 yes. An allow raises to its level, a
    deny lets no more through than the level below.
    """

    matching: Sequence[Reached]
    top: int
    allows: list[Reached] = field(init=False)
    denies: list[Reached] = field(init=False)
    raised: int = field(init=False)
    cap: int = field(init=False)

    def __post_init__(self) -> None:
        self.allows = [r for r in self.matching if r.rule.effect == "allow"]
        self.denies = [r for r in self.matching if r.rule.effect == "deny"]
        self.raised = max(map(self._level, self.allows), default=0)
        self.cap = min((self._level(r) - 1 for r in self.denies), default=self.top)

    def _level(self, reached: Reached) -> int:
        return 1 if reached.rule.act == MASK else self.top

    @property
    def level(self) -> int:
        """What is left."""
        return min(self.raised, self.cap)

    @property
    def decided(self) -> list[Reached]:
        """The rules from which alone the same follows; none where nothing is allowed by silence."""
        denying = [r for r in self.denies if self._level(r) - 1 == self.cap]
        if self.level == 0:
            return denying if self.cap == 0 else []
        exact = [r for r in self.allows if self._level(r) == self.level]
        return [*(denying if self.cap < self.raised else []), *(exact or self.allows)]

    @property
    def lost(self) -> list[Lost]:
        """The others, and why."""
        kept = {r.rule for r in self.decided}
        return [Lost(r, self._why(r)) for r in self.matching if r.rule not in kept]

    def _why(self, reached: Reached) -> AccessLoss:
        level = self._level(reached)
        if reached.rule.effect == "allow":
            return AccessLoss.DENIED if level > self.cap else AccessLoss.SURPASSED
        return AccessLoss.SURPASSED if level - 1 > self.cap else AccessLoss.IDLE


def narrowest(cell: int) -> str:
    """The relation by which a rule reaches this cell and as few others as can be."""
    return next((name for name, bit in BITS.items() if cell & bit), "all")


def ending(relations: Iterable[str]) -> tuple[Circumstance, ...]:
    """The circumstances among these, each once, in the order in which they are declared."""
    names = frozenset(relations)
    return tuple(one for name, one in CIRCUMSTANCES.items() if name in names)


def with_rows(decisions: Iterable[Decision], rows: Iterable[Decision]) -> list[Decision]:
    """What is missing includes what makes the row visible, without which nothing else helps."""
    return [
        replace(
            d,
            add=(*row.add, *d.add),
            remove=(*row.remove, *d.remove),
            ends=ending(one.name for one in (*row.ends, *d.ends)),
        )
        for d, row in zip(decisions, rows, strict=True)
    ]


def reading(type_name: str) -> Question:
    """Whether the rows of a type are visible."""
    return Question(type_name, READ)
