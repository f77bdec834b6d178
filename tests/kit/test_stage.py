"""The planted world is what the kit takes it for, and is the same after every twin."""

from __future__ import annotations

import base64
import random

import pytest
import sqlalchemy as sa

from core.access.relations import ROW
from core.access.viewer import Viewer
from core.text import Language
from schema.kit.attack import Case
from schema.kit.checks import Marks
from schema.kit.hidden import TWINS, Change, Sight
from schema.kit.routes import Map
from schema.kit.samples import SEALED, sealed_sample
from schema.kit.stage import Caller, Stage
from tests.kit.conftest import Theatre

DATABASES = ("sqlite", "postgres")
ENGLISH: Language = "en"


async def viewer_of(stage: Stage) -> Viewer:
    token = stage.token(Caller("salesperson"))
    return await stage.app.sign_in(f"Bearer {token}".encode(), ENGLISH)


@pytest.mark.parametrize("name", DATABASES)
def test_rows_stand_where_they_were_planted(theatre: Theatre, name: str) -> None:
    """As the database says it, in every cell that is possible."""
    stage = theatre.stage(name)

    async def run() -> None:
        viewer = await viewer_of(stage)
        async with stage.app.database.unit_of_work() as work:
            for type_name, rows in stage.garden.rows.items():
                query = stage.garden.relations.cell_query(type_name)
                for row in (row for row in rows if not row.spare):
                    found = await work.rows(query, {**viewer.parameters, ROW: row.key})
                    assert sum(found[0]) == row.cell, (type_name, row.key)

    theatre.runner.run(run())
    assert {row.cell for row in stage.garden.rows["Purchase"]} == set(range(8))


@pytest.mark.parametrize("name", DATABASES)
def test_a_twin_is_undone(theatre: Theatre, name: str) -> None:
    stage = theatre.stage(name)
    sight = Sight(stage.garden, stage.plan(Caller("technical_support")))

    async def run() -> None:
        before = await stage._dump()
        for twin in TWINS:
            changes: list[Change] = sight.changes(twin, list(sight.hidden()))
            async with stage.changed(changes):
                assert await stage._dump() != before, twin
        async with stage.restored(), stage.app.database.unit_of_work() as work:
            await work.session.execute(sa.delete(stage.garden.table("Preference")))
        after = await stage._dump()
        assert {t: rows.keys() for t, rows in after.items()} == {t: rows.keys() for t, rows in before.items()}
        assert after["preferences"] == before["preferences"]

    theatre.runner.run(run())


def test_values_are_marks_of_their_own() -> None:
    for normal in SEALED:
        samples = [sealed_sample(normal, row, {}) for row in range(400)]
        values = [value for sample in samples for value in (sample.planted, sample.near)]
        assert len({*values}) == len(values)


def test_marks_are_found_in_any_dress(theatre: Theatre) -> None:
    stage = theatre.stage("sqlite")
    case = Case(stage, Caller("finance"), Map(stage.app.schema, 1), random.Random(0))  # noqa: S311
    marks = Marks(case)
    row = next(r for r in stage.garden.rows["Customer"] if r.cell == 0)
    email, notes = row.values["email"], row.values["notes"]
    hidden = {"Customer.email (all)"}
    assert marks.found(f"to {email}, please") == hidden
    assert marks.found(email.upper()) == hidden
    assert marks.found(f'["{email}"]'.encode().hex()) == hidden
    assert marks.found(base64.b64encode(email.encode()).decode()) == hidden
    assert marks.found(notes) == {"Customer.notes (all)"}
    assert marks.found(email, sent=f'{{email: {{eq: "{email}"}}}}') == set()
    assert marks.found(row.values["region"]) == set()
