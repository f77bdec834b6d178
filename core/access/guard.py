"""May I act? The first line of every service method, so that requests, jobs and commands are all asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from uuid import UUID

from core.access.cells import DEPARTMENT, OWN, UNCONSENTED
from core.access.relations import ROW, Anchor
from core.access.rules import PUBLIC
from core.access.standing import Standing, Unasked
from core.access.viewer import Viewer
from core.db.database import UnitOfWork
from core.db.model import Model, camel, sealed_fields
from core.errors import Forbidden, NotFound
from core.text import Text

NOT_ALLOWED = Text(
    "your role may not do this here; ask an administrator", "您的角色在此处不可执行此操作；请联系管理员"
)
NOT_WRITABLE = Text("your role may not write this field here", "您的角色在此处不可写入该字段")


@dataclass(frozen=True, slots=True)
class Permission:
    """An act on a type that code asks for; rules name it as `p, ROLE, type:TYPE, ACT, RELATION, allow`."""

    type: str
    act: str
    about: Text


def allowed_somewhere(viewer: Viewer, permission: Permission) -> None:
    """FORBIDDEN unless the act is allowed in at least one relation; asked before anything is read."""
    if not viewer.plan.cells(permission.type, permission.act):
        raise Forbidden(None, NOT_ALLOWED)


def allowed_in(viewer: Viewer, permission: Permission, cell: int, field: str | None) -> None:
    """FORBIDDEN, naming the field of the input, unless the act is allowed in this cell."""
    if cell not in viewer.plan.cells(permission.type, permission.act):
        raise Forbidden(field, NOT_ALLOWED)


async def cell_of(
    work: UnitOfWork, viewer: Viewer, model: type[Model], key: UUID, thing: Text, field: str = "id"
) -> int:
    """In which cell the row stands; NOT_FOUND where there is none or it is not visible: both answer alike.

    `field`: where the input names the row.
    """
    name = model.__name__
    cell = await _cell(work, viewer, name, key)
    if cell is None or cell not in viewer.plan.rows(name):
        raise _missing(viewer, field, thing)
    return cell


def _missing(viewer: Viewer, field: str, thing: Text) -> NotFound:
    return NotFound(field, thing=thing.say(viewer.language))


async def allowed_on(  # noqa: PLR0913, PLR0917  # the question has so many parts
    work: UnitOfWork,
    viewer: Viewer,
    permission: Permission,
    model: type[Model],
    key: UUID,
    thing: Text,
    field: str = "id",
) -> int:
    """The row's cell, if the act is allowed on it. `field`: where the input names the row.

    NOT_FOUND before FORBIDDEN, so that nothing is learnt of unseen rows.
    """
    cell = await cell_of(work, viewer, model, key, thing, field)
    allowed_in(viewer, permission, cell, field)
    return cell


async def standing_of(  # noqa: PLR0913, PLR0917  # as `allowed_on`
    work: UnitOfWork,
    viewer: Viewer,
    permission: Permission,
    model: type[Model],
    key: UUID,
    thing: Text,
    field: str = "id",
) -> Standing:
    """As `allowed_on`, asked together with the writes that depend on it where these are one statement."""
    missing = partial(_missing, viewer, field, thing)
    standing = Unasked(work, viewer, model.__name__, key, missing)
    await work.provided(standing)
    await standing.within(viewer.plan.cells(permission.type, permission.act), field, NOT_ALLOWED)
    return standing


async def allowed_on_new(
    work: UnitOfWork,
    viewer: Viewer,
    permission: Permission,
    row: Model,
    given: Mapping[str, object],
    above: int | Standing | None = None,
) -> Standing:
    """Before the insert: where the row will stand, if it may be made there; FORBIDDEN otherwise.

    Before, because whether something is taken may not be told to whom it is forbidden anyway (PRM-7).
    It names the owner or department that was `given`. `above`: where the row stands that it belongs to
    (`Via`), if that was just asked: it stands in the same place.
    """
    relations, name = viewer.plan.catalogue.relations, type(row).__name__
    anchor, step, cell = relations.anchor(name), relations.parent(name), above
    if step is None:
        cell = _place(viewer, anchor, row) | (max(relations.possible(name)) & UNCONSENTED)
    elif cell is None:
        cell = await _cell(work, viewer, step[1], getattr(row, step[0]))
        assert cell is not None  # noqa: S101  # services ask for the row above first
    standing = Standing(cell) if isinstance(cell, int) else cell
    places = [place for place in (anchor.own, anchor.department) if place and place in given]
    places.sort(key=lambda place: given[place] is None)
    cells = viewer.plan.cells(permission.type, permission.act)
    await standing.within(cells, camel(places[0]) if places else None, NOT_ALLOWED)
    return standing


def _place(viewer: Viewer, anchor: Anchor, row: Model) -> int:
    """The cell in which a row that is not stored yet will stand, consents aside: it is in no team."""
    owner = getattr(row, anchor.own) if anchor.own else None
    department = getattr(row, anchor.department) if anchor.department else None
    return OWN * (owner is not None and owner == viewer.employee) | DEPARTMENT * (
        department in viewer.departments
    )


async def _cell(work: UnitOfWork, viewer: Viewer, name: str, key: UUID) -> int | None:
    query = viewer.plan.catalogue.relations.cell_query(name)
    found = await work.read(query, {**viewer.parameters, ROW: key})
    return sum(found[0]) if found else None


async def may_write(viewer: Viewer, model: type[Model], names: Iterable[str], standing: Standing) -> None:
    """FORBIDDEN, naming the field, unless every named column or sealed field may be written there."""
    classes, plan = _classes(model), viewer.plan
    for name in names:
        if (sensitivity := classes[name]) != PUBLIC:
            field = plan.catalogue.field_of(model.__name__, name)
            cells = plan.writable(model.__name__, field, sensitivity)
            await standing.within(cells, camel(name.removesuffix("_minor")), NOT_WRITABLE)


@cache
def _classes(model: type[Model]) -> Mapping[str, str]:
    """The sensitivity class of each column and sealed field."""
    columns = {c.name: c.info["class"].name for c in model.__table__.c}
    return columns | {name: field.sensitivity.name for name, field in sealed_fields(model).items()}
