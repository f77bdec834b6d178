"""Everything that the policies say of one type (BEY-4)."""

from __future__ import annotations

import strawberry

from core.access.cells import name_of
from core.access.decision import AccessOutcome
from core.access.matrix import Matrix
from core.access.rules import Role
from core.explaining.service import About, Explanations
from core.text import Language
from schema.types.explain import Info, OfEmployee, OfRole, OfType


@strawberry.type(description="What a role may do with one field.")
class FieldAccess:
    """GraphQL form of `core.access.matrix.FieldAccess`."""

    field: str = strawberry.field(description="The field.")
    class_: str = strawberry.field(name="class", description="Its sensitivity class.")
    outcomes: list[AccessOutcome] = strawberry.field(
        description="Whether it is shown, masked or hidden, in the order of `relations`."
    )
    writable: list[bool] = strawberry.field(
        description="Whether an act that changes it may write it, in the order of `relations`."
    )


@strawberry.type(description="Whether a role may do an act.")
class ActAccess:
    """GraphQL form of `core.access.matrix.ActAccess`."""

    act: str = strawberry.field(description="The act, as rules name it.")
    about: str = strawberry.field(description="What it is, in the language of `Accept-Language`.")
    allowed: list[bool] = strawberry.field(description="Whether it is allowed, in the order of `relations`.")


@strawberry.type(description="What one role may do with a type.")
class RoleMatrix:
    """GraphQL form of `core.access.matrix.Matrix`."""

    role: str = strawberry.field(description="The role, as the policies name it.")
    title: str = strawberry.field(description="What people call it, in the language of `Accept-Language`.")
    visible: list[bool] = strawberry.field(
        description="Whether rows are visible, in the order of `relations`. Of a row that is not, no field "
        "is shown, whatever is said of it."
    )
    acts: list[ActAccess] = strawberry.field(description="The acts of the type.")
    fields: list[FieldAccess] = strawberry.field(description="Every field that access is decided about.")


@strawberry.type(description="Everything that the policies say of one type.")
class AccessMatrix:
    """GraphQL form of `core.explaining.service.Matrices`."""

    type: str = strawberry.field(description="The type.")
    relations: list[str] = strawberry.field(
        description="The relations in which a row can stand, as in the `effect` of a redaction; "
        "the lists below are in this order."
    )
    roles: list[RoleMatrix] = strawberry.field(description="Each role by itself.")


async def access_matrix(
    info: Info,
    type: OfType,  # noqa: A002
    employee: OfEmployee = strawberry.UNSET,
    role: OfRole = strawberry.UNSET,
) -> AccessMatrix | None:
    """The resolver of `accessMatrix`."""
    viewer, explanations = info.context.viewer, info.context.services[Explanations]
    found = await explanations.matrix(viewer, About(type, employee=employee or None, role=role or None))
    if found is None:
        return None
    return AccessMatrix(
        type=type,
        relations=[name_of(cell) for cell in found.cells],
        roles=[_role(role, made, viewer.language) for role, made in found.by_role],
    )


def _role(role: Role, made: Matrix, language: Language) -> RoleMatrix:
    return RoleMatrix(
        role=role.name,
        title=role.title.say(language),
        visible=list(made.visible),
        acts=[
            ActAccess(act=one.act, about=one.about.say(language), allowed=list(one.allowed))
            for one in made.acts
        ],
        fields=[
            FieldAccess(
                field=one.field,
                class_=one.sensitivity,
                outcomes=list(one.outcomes),
                writable=list(one.writable),
            )
            for one in made.fields
        ],
    )
