"""`baoke keys`: keys of sealed fields, fresh ones and rotation (ACC-5)."""

from __future__ import annotations

import base64
import secrets
from typing import Annotated

import typer

from core.audit.choices import AuditKind
from core.audit.records import record
from core.cli.frame import Frame, frame_of, run
from core.cli.rotation import rotate as rotate_values
from core.db.sealing import KEY_BYTES
from core.settings import Settings, load_settings
from core.text import Text

app = typer.Typer(help="Keys of sealed fields.")

ROTATED = Text(
    "{count} values sealed anew with the active key; older keys may now leave BAOKE_ENCRYPTION_KEYS",
    "已用当前密钥重新加密 {count} 个值；旧密钥现可从 BAOKE_ENCRYPTION_KEYS 中移除",
)
KEEP = Text(
    """# Keep both safe: without them nobody reads the sealed fields. The index key never changes.
# To rotate: new key first, old ones behind it (2:NEW,1:OLD); restart; run `baoke keys rotate`.""",
    """# 请妥善保管：失去密钥则无人能读加密字段。索引密钥始终不变。
# 轮换：新密钥在前、旧密钥随后（2:新,1:旧）；重启；运行 `baoke keys rotate`。""",
)


@app.callback()
def start() -> None:
    """Keys of sealed fields."""


@app.command()
def new(
    context: typer.Context,
    number: Annotated[
        int, typer.Option(min=0, max=255, help="Number of the encryption key; one not used before.")
    ] = 1,
) -> None:
    """Print fresh keys, as the settings take them."""
    frame_of(context).say(KEEP)
    typer.echo(f"BAOKE_ENCRYPTION_KEYS={number}:{_fresh()}\nBAOKE_INDEX_KEY={_fresh()}")


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@app.command()
def rotate(context: typer.Context) -> None:
    """Seal values anew that an older key sealed; may run while the server does."""
    frame = frame_of(context)
    frame.say(ROTATED, count=run(_rotate(frame, load_settings())))


async def _rotate(frame: Frame, settings: Settings) -> int:
    async with frame.database(settings) as database:
        count = sum([await rotate_values(database, model) for model in frame.parts.models.values()])
        async with database.unit_of_work() as work:
            said = {"values": count}
            await record(work, frame.viewer(), AuditKind.WRITE, operation="keys rotate", after=said)
        return count
