"""What is declared: descriptions, settings, codes of errors, and that optional plugins are optional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.access.guard import Permission
from core.access.validators import Validator
from core.errors import BaokeError
from core.events.declare import Event, Handler
from core.extension.plugin import HealthCheck
from core.extension.plugins import of
from core.jobs.declare import Job
from core.permissions import CORE_PERMISSIONS
from core.text import Text
from core.tiers.signals import Signal
from schema.application import make_schema
from schema.conformance.outcome import Check, Skipped
from schema.conformance.subject import Subject
from schema.plugin.base import Plugin

NO_SETTINGS = Text("it has no settings", "没有设置")
NO_CODES = Text("it has no error codes of its own", "没有自有错误码")
NONE_OPTIONAL = Text("it uses no optional plugin", "没有可选依赖")
NONE_THERE = Text("none of them is on here; see --beside", "此处均未启用；见 --beside")


def descriptions(subject: Subject) -> Iterator[str]:
    """Of every type, field, argument, input field and enum value that it adds."""
    with_it, without = subject.schema.core.type_map, subject.bare.core.type_map
    for name, made in with_it.items():
        before = without.get(name)
        if before is None and not made.description:
            yield name
        for part in ("fields", "values"):
            known = getattr(before, part, {})
            for field, declared in getattr(made, part, {}).items():
                if field not in known:
                    yield from _undescribed(f"{name}.{field}", declared)


def _undescribed(place: str, declared: Any) -> Iterator[str]:
    if not declared.description:
        yield place
    for name, argument in getattr(declared, "args", {}).items():
        if not argument.description:
            yield f"{place}({name}:)"


def settings(subject: Subject) -> Iterator[str]:
    """Each has a default and a description."""
    kind = subject.manifest.settings
    if kind is None:
        raise Skipped(NO_SETTINGS)
    for name, field in kind.model_fields.items():
        if field.is_required() or not field.description:
            yield f"BAOKE_{subject.manifest.id.upper()}_{name.upper()}"


def codes(subject: Subject) -> Iterator[str]:
    """They begin with the plugin's name."""
    mine = {
        code: error
        for code, error in BaokeError.catalog.items()
        if f"{error.__module__}.".startswith(f"{subject.package}.")
    }
    if not mine:
        raise Skipped(NO_CODES)
    start = f"{subject.manifest.id.upper()}_"
    yield from (code for code in mine if not code.startswith(start))


def alone(subject: Subject) -> Iterator[str]:
    """It starts without the plugins that are optional."""
    manifest = subject.manifest
    optional = {manifest.wanted(text).name for text in manifest.optional}
    if not optional:
        raise Skipped(NONE_OPTIONAL)
    there = [one for one in subject.plugins.on if one.manifest.id in optional]
    if not there:
        raise Skipped(NONE_THERE)
    kept = [one.plugin for one in subject.plugins.on if one.manifest.id not in optional]
    try:
        make_schema(of(kept, Plugin))
    except Exception as error:  # noqa: BLE001  # whatever it was, it does not start
        yield f"{type(error).__name__}: {error}"


NAMED: Mapping[str, type] = {
    "handlers": Handler,
    "jobs": Job,
    "signals": Signal,
    "validators": Validator,
    "health": HealthCheck,
}


def given(subject: Subject) -> Iterator[str]:
    """What its modules hold for a hook is what the hook gives: nobody hears of the rest."""
    for place, one in _held(subject):
        hook = _hook_of(subject, one)
        if hook is not None and one not in subject.declared[hook]:
            yield f"{place} ({hook})"


def _held(subject: Subject) -> Iterator[tuple[str, object]]:
    """(`module.name`, object) at the top of its modules, and in lists there."""
    for module in subject.modules:
        for name, value in vars(module).items():
            for one in value if isinstance(value, list | tuple) else (value,):
                yield f"{module.__name__}.{name}", one


def _hook_of(subject: Subject, one: object) -> str | None:
    """The hook that something of this plugin belongs to."""
    start = f"{subject.manifest.id}."
    if isinstance(one, type) and issubclass(one, Event) and one is not Event:
        return "events" if one.event_name.startswith(start) else None
    if isinstance(one, Permission):
        others = (*CORE_PERMISSIONS, *subject.others.each("permissions"))
        return "permissions" if one not in others and one.type in subject.plugins.models else None
    found = (hook for hook, kind in NAMED.items() if isinstance(one, kind))
    return next((hook for hook in found if getattr(one, "name", "").startswith(start)), None)


CHECKS = (
    Check(
        "descriptions",
        Text(
            "every type, field, argument and enum value is described", "每个类型、字段、参数与枚举值都有描述"
        ),
        Text("give it a description", "请补充描述"),
        descriptions,
    ),
    Check(
        "settings",
        Text("every setting has a default and a description", "每项设置都有默认值与描述"),
        Text("write `Field(DEFAULT, description=…)`", "请写成 `Field(默认值, description=…)`"),
        settings,
    ),
    Check(
        "codes",
        Text("error codes begin with the plugin's name", "错误码以插件名开头"),
        Text("rename the code to <ID>_…", "请改名为 <ID>_…"),
        codes,
    ),
    Check(
        "alone",
        Text("it starts without the plugins that are optional", "缺少可选插件时也能启动"),
        Text(
            "ask for their services by `services.get(…)`, which may give None",
            "请用 `services.get(…)`，其结果可为 None",
        ),
        alone,
    ),
    Check(
        "declared",
        Text(
            "what its modules hold for a hook, the hook gives",
            "模块中定义的事件、处理器、作业等均由相应钩子给出",
        ),
        Text("give it in the hook in brackets, or remove it", "请在括号中的钩子里给出，或将其删除"),
        given,
    ),
)
