"""Answers to "why can't I see this?" (BEY-4), for whoever may ask. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from core.access.cells import RELATED
from core.access.decision import AccessOutcome, Decision, Explainer, Question, reading, with_rows
from core.access.guard import Permission
from core.access.matrix import Matrix, matrix
from core.access.plan import SHOWN, AccessPlan, Catalogue
from core.access.rules import READ, SHOW, WRITE, Policy, Role
from core.access.viewer import Viewer
from core.db.database import Database
from core.errors import BadUserInput
from core.explaining.granting import Granting, granting_roles, who_grants
from core.explaining.people import NOBODY, Person, cell_in, may_ask, person
from core.ids import split_global_id
from core.text import Text

NO_TYPE = Text("unknown type {name}; known: {known}", "未知类型 {name}；已知：{known}")
NO_FIELD = Text("unknown field {name}; known: {known}", "未知字段 {name}；已知：{known}")
NO_ACT = Text("{name} is no act here; known: {known}", "此处无动作 {name}；已知：{known}")
OTHER_ROW = Text(
    "give the id of a {types}: a row of the type, or one that it belongs to",
    "请提供 {types} 的编号：该类型的行，或其所属的行",
)


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what is asked about, as a client says it; see `explainAccess` in the schema."""

    type: str
    field: str | None = None
    act: str | None = None
    employee: str | None = None
    role: str | None = None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The decisions for one role. `visible`: cells in which the rows are."""

    role: Role
    decisions: tuple[Decision, ...]
    visible: frozenset[int]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to one question, each role by itself."""

    question: Question
    by_role: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Matrices:
    """The cells of a type, and what each role may in them."""

    cells: tuple[int, ...]
    by_role: tuple[tuple[Role, Matrix], ...]


@dataclass(frozen=True)
class Explanations:
    """One for each application. `granting`: the acts by which rights are granted."""

    database: Database
    catalogue: Catalogue
    policy: Callable[[], Policy]
    permissions: Sequence[Permission]
    granting: Sequence[Permission]

    async def explain(self, viewer: Viewer, about: About) -> Explanation | None:
        """Each role that is asked about; None where the caller sees no such employee or row.

        Circumstances count as they are for the employee; those of requests as they are for this one.
        """
        may_ask(viewer, about.employee, about.role)
        question = self._question(about)
        asked = await self._asked(viewer, about)
        if asked is None:
            return None
        policy, who, cells = asked
        made = (
            self._explained(Explainer(policy, role, who.held[role]), policy, question, cells)
            for role in who.roles
        )
        return Explanation(question, tuple(made))

    async def matrix(self, viewer: Viewer, about: About) -> Matrices | None:
        """All of a type for each role that is asked about, as if no circumstance held; or None as above."""
        may_ask(viewer, about.employee, about.role)
        self._question(about)
        asked = await self._asked(viewer, about)
        if asked is None:
            return None
        policy, who, found = asked
        cells = sorted({cell & RELATED for cell in found})
        plans = ((role, AccessPlan(self.catalogue, policy.rules_of((role,)))) for role in who.roles)
        made = ((_role(policy, r), matrix(plan, about.type, cells, self.permissions)) for r, plan in plans)
        return Matrices(tuple(cells), tuple(made))

    async def who_grants(self, viewer: Viewer) -> list[Granting]:
        """Who may change the policies, and so grant what is missing."""
        roles = granting_roles(self.policy(), self.catalogue, self.granting)
        return await who_grants(self.database, viewer, roles)

    def _question(self, about: About) -> Question:
        """What is asked; BAD_USER_INPUT names what there is not."""
        fields = {name: c for (of, name), c in self.catalogue.fields.items() if of == about.type}
        types = {*self.catalogue.relations.models, *(of for of, _ in self.catalogue.fields)}
        _known(about.type, types, "type", NO_TYPE)
        if about.field is not None:
            _known(about.field, fields, "field", NO_FIELD)
            act = _known(about.act or SHOW, (SHOW, WRITE), "act", NO_ACT)
            return Question(about.type, act, about.field, fields[about.field])
        acts = {READ, *(p.act for p in self.permissions if p.type == about.type)}
        act = _known(about.act or READ, acts, "act", NO_ACT)
        return Question(self.catalogue.row_type(about.type), act)

    async def _asked(self, viewer: Viewer, about: About) -> tuple[Policy, Person, Sequence[int]] | None:
        policy = self.policy()
        who = await person(self.database, viewer, policy, about.employee, about.role)
        cells = None if who is None else await self._cells(viewer, who, about)
        return None if who is None or cells is None else (policy, who, cells)

    async def _cells(self, viewer: Viewer, who: Person, about: About) -> Sequence[int] | None:
        """The cells in which the rows can stand to them, or the one in which the given row does."""
        catalogue = viewer.plan.catalogue
        if about.row is None:
            return sorted(catalogue.possible(about.type)) if who.key else (NOBODY,)
        relations = catalogue.relations
        prefix, key = split_global_id(about.row, "row")
        types = list(_path(self.catalogue, about.type))
        name = next((n for n in types if relations.models[n].__prefix__ == prefix), None)
        if name is None:
            raise BadUserInput("row", OTHER_ROW, types=", ".join(types))
        query = relations.cell_query(name)
        mine = await cell_in(self.database, query, viewer, key)
        if mine is None or mine not in viewer.plan.rows(name):
            return None
        if who.key == viewer.employee:
            return (mine,)
        if not sees_relations(viewer.plan, types[-1], mine):
            return None
        theirs = await cell_in(self.database, query, who, key)
        return None if theirs is None else (theirs,)

    def _explained(
        self, explainer: Explainer, policy: Policy, question: Question, cells: Sequence[int]
    ) -> Explained:
        rows = explainer.decide(reading(self.catalogue.row_type(question.type)), cells)
        made = rows if question.act == READ else with_rows(explainer.decide(question, cells), rows)
        visible = frozenset(d.cell for d in rows if d.outcome is AccessOutcome.ALLOW)
        return Explained(_role(policy, explainer.role), tuple(made), visible)


def _role(policy: Policy, name: str) -> Role:
    """The role as declared; one that employees hold and the policies no longer know is named by itself."""
    return policy.roles.get(name) or Role(name, Text(name, name))


def sees_relations(plan: AccessPlan, type_name: str, cell: int) -> bool:
    """Whether the owner, the department and the team of a row in this cell are all shown by the plan.

    How somebody else stands to the row tells them. `type_name`: the type with the anchor.
    """
    catalogue = plan.catalogue
    anchor = catalogue.relations.anchor(type_name)
    told = [(type_name, column) for column in (anchor.own, anchor.department) if column]
    if anchor.team:
        table = anchor.team.table()
        team = next(n for n, model in catalogue.relations.models.items() if model.__table__ is table)
        told.append((team, anchor.team.employee))
    fields = [(of, catalogue.field_of(of, column)) for of, column in told]
    return all(
        cell in plan.rows(of) and (of, name) in catalogue.fields and plan.effects(of, name)[cell] == SHOWN
        for of, name in fields
    )


def _path(catalogue: Catalogue, type_name: str) -> Iterator[str]:
    """The type whose rows are asked about, what they belong to, and so on up to the anchor."""
    name = catalogue.row_type(type_name)
    yield name
    while step := catalogue.relations.parent(name):
        name = step[1]
        yield name


def _known(name: str, known: Collection[str], argument: str, text: Text) -> str:
    if name not in known:
        raise BadUserInput(argument, text, name=name, known=", ".join(sorted(known)))
    return name
