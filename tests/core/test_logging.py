"""PRM-7: logs say what happened, and not what customers told us."""

import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from core.logging import configure_logging
from core.settings import Settings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def settings(env: str) -> Settings:
    keys = {"encryption_keys": "1:x", "index_key": "x", "token_secret": "x" * 32}
    return Settings(env=env, _env_file=None, **keys)  # type: ignore[arg-type]


def test_production_writes_json_without_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings("production"))

    def fail(phone: str) -> None:
        raise RuntimeError(f"{len(phone)} digits")

    phone = "138" + "00001234"
    try:
        fail(phone)
    except RuntimeError as error:
        structlog.get_logger("baoke").error("defect", request_id="r1", exc_info=error)
    logging.getLogger("uvicorn").info("started")
    ours, theirs = map(orjson.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["request_id"]) == ("defect", "error", "r1")
    assert "11 digits" in str(ours["exception"])
    assert phone not in str(ours)
    assert (theirs["event"], theirs["logger"]) == ("started", "uvicorn")


def test_development_writes_lines_and_the_level_counts(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings("development"))
    structlog.get_logger("baoke").debug("not this")
    structlog.get_logger("baoke").info("hello", name="李")
    said = capsys.readouterr().err
    assert "hello" in said
    assert "李" in said
    assert "not this" not in said
