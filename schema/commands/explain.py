"""`baoke explain`: what becomes of a query: access, SQL, and how the database goes about it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.cli.frame import Frame, frame_of
from core.cli.token import holder_of
from core.db.migrate import migrate
from core.errors import InvalidInput
from core.organization.errors import UnknownRole
from core.organization.principals import load_principal
from core.settings import load_settings
from core.text import Text
from schema.application import Application, build
from schema.compiler.explaining import Explanation
from schema.compiler.explaining import explain as explained

ACCESS = Text("Access of {role} ({hash}):", "{role} 的访问计划（{hash}）：")
ROWS = Text("  {type}: rows {cells}", "  {type}：可见行 {cells}")
NO_ROWS = Text("none", "无")
REDACTED = Text("  {path} ({name}): {effect}", "  {path}（{name}）：{effect}")
STATEMENT = Text("\nStatement:\n{sql}", "\n语句：\n{sql}")
DATABASE = Text("\nThe database's plan:\n{plan}", "\n数据库执行计划：\n{plan}")
INTERPRETED = Text(
    "\nNo single statement: {why}. The interpreter reads it with one statement per list level.",
    "\n无法编译为单条语句：{why}。解释器按列表层级逐级读取，每级一条语句。",
)
NOT_JSON = Text("not a JSON object", "不是 JSON 对象")
NO_QUERY = Text("only queries can be explained", "只能解释查询")


def explain(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File with one GraphQL query.", exists=True, dir_okay=False)],
    role: Annotated[str, typer.Option(help="Role to ask in, as declared in the policies.")],
    employee: Annotated[
        str,
        typer.Option(help="Id or staff number of the asking employee; the role's first holder unless given."),
    ] = "",
    variables: Annotated[str, typer.Option(help="Variables as a JSON object.")] = "{}",
) -> None:
    """Show the access plan, the SQL and the database's plan of a query. Nothing of the answer is shown."""
    frame, app = frame_of(context), build(load_settings())
    asyncio.run(_explain(frame, app, file.read_text(encoding="utf-8"), role, employee, _object(variables)))


def _object(text: str) -> dict[str, Any]:
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        read = None
    if not isinstance(read, dict):
        raise InvalidInput("--variables", NOT_JSON)
    return read


async def _explain(
    frame: Frame, app: Application, text: str, role: str, employee: str, given: dict[str, Any]
) -> None:
    try:
        await migrate(app.database)
        await app.keeper.load()
        if role not in app.policies.current.roles:
            raise UnknownRole("--role", role=role, known=", ".join(sorted(app.policies.current.roles)))
        viewer = await _viewer(app, role, employee)
        document = app.engine.documents.get(text, None)
        if document.operation.operation.value != "query":
            raise InvalidInput(str(document.operation.operation.value), NO_QUERY)
        variables, shape = app.engine.documents.coerce(document, given)
        read = app.engine.read(document, variables, shape, viewer)
        found = explained(app.schema, document, read, viewer)
        _say_access(frame, role, found)
        if read.program is None:
            frame.say(INTERPRETED, why=found.why.say(frame.language) if found.why else "")
            return
        frame.say(STATEMENT, sql=read.program.sql)
        head = "EXPLAIN QUERY PLAN " if app.database.sqlite else "EXPLAIN "
        rows = await app.database.reader.rows(
            head + read.program.sql, read.program.arguments(variables, viewer)
        )
        frame.say(DATABASE, plan="\n".join(f"  {row[-1]}" for row in rows))
    finally:
        await app.database.close()


async def _viewer(app: Application, role: str, employee: str) -> Viewer:
    """The caller as sign-in would make one; a stranger where nobody holds the role."""
    plan = AccessPlan(app.catalogue, app.policies.current.rules_of((role,)))
    holder = await holder_of(app.database, role, employee)
    principal = await load_principal(app.database, holder.subject) if holder else None
    if holder is None or principal is None:
        return Viewer("nobody", None, (), (role,), plan)
    return Viewer(holder.subject, principal.employee, principal.departments, (role,), plan)


def _say_access(frame: Frame, role: str, found: Explanation) -> None:
    frame.say(ACCESS, role=role, hash=found.plan)
    for name, cells in found.rows.items():
        frame.say(ROWS, type=name, cells=", ".join(cells) or NO_ROWS.say(frame.language))
    for redaction in found.redactions:
        effect = ", ".join(f"{cell} {what}" for cell, what in redaction["effect"].items())
        frame.say(REDACTED, path=".".join(redaction["path"]), name=redaction["class"], effect=effect)
