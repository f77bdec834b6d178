"""What a plugin provides, by name: each name has one owner, and tells by its form who that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.access.rules import Rule
from core.db.model import Model
from core.db.sensitivity import CORE_CLASSES, Sensitivity
from core.errors import ConfigurationError
from core.events.declare import Event
from core.extension.declared import Declared
from core.extension.manifest import Manifest
from core.models import CORE_MODELS
from core.permissions import CORE_PERMISSIONS
from core.settings import Settings
from core.text import Text
from core.tiers.signals import CORE_SIGNALS

CORE = "core"

CLASH = Text(
    "declares the {sort} {name}, which {other} declares already", "声明的{sort} {name} 已由 {other} 声明"
)
FORM = Text("its {sort} {name} must begin with {start}", "其{sort} {name} 必须以 {start} 开头")
STRANGE = Text(
    "its table {name} refers to {other}, which is neither its own, nor the core's, nor of a plugin that it "
    "requires",
    "其表 {name} 引用了 {other}：既非自有表，也非核心表，亦非其所需插件的表",
)
UNKNOWN_TYPE = Text("its act {name} is on a type that is not there", "其动作 {name} 针对不存在的类型")
TAKEN_SETTINGS = Text(
    "its settings BAOKE_{start}_… would run into the core's {name}; choose another id",
    "其设置 BAOKE_{start}_… 与核心设置 {name} 冲突；请更换标识",
)

TABLE, TYPE, PREFIX = Text("table", "表"), Text("type", "类型"), Text("id prefix", "编号前缀")
CLASS, ACT, EVENT = Text("class", "类别"), Text("act", "动作"), Text("event", "事件")
HANDLER, JOB, SIGNAL = Text("handler", "处理器"), Text("job", "作业"), Text("signal", "信号")
VALIDATOR, HEALTH, WORD = (
    Text("validator", "校验器"),
    Text("health check", "健康检查"),
    Text("command", "命令"),
)


@dataclass(frozen=True)
class Provided:
    """One thing that an owner provides; `sort`, for people: a table, an event and so on."""

    sort: Text
    name: str


def of_models(models: Iterable[type[Model]]) -> Iterator[Provided]:
    """Tables, types, id prefixes and the classes that are not the core's."""
    classes: set[str] = set()
    for model in models:
        yield Provided(TYPE, model.__name__)
        yield Provided(TABLE, model.__tablename__)
        if model.__prefix__ is not None:
            yield Provided(PREFIX, model.__prefix__)
        classes |= {one.name for one in sensitivities(model) if one not in CORE_CLASSES}
    yield from (Provided(CLASS, name) for name in sorted(classes))


def sensitivities(model: type[Model]) -> Iterator[Sensitivity]:
    """The classes of a model's columns."""
    return (column.info["class"] for column in model.__table__.c)


def of_plugin(declared: Declared) -> Iterator[Provided]:
    """Everything that a plugin provides to the core."""
    yield from of_models(declared["models"])
    yield from (Provided(ACT, f"{one.type}.{one.act}") for one in declared["permissions"])
    yield from (Provided(EVENT, name_of(one)) for one in declared["events"])
    for sort, hook in (
        (HANDLER, "handlers"),
        (JOB, "jobs"),
        (SIGNAL, "signals"),
        (VALIDATOR, "validators"),
        (HEALTH, "health"),
    ):
        yield from (Provided(sort, one.name) for one in declared[hook])
    if declared["commands"] is not None:
        yield Provided(WORD, declared.manifest.id)


def name_of(event: type[Event]) -> str:
    """The name under which an event is published."""
    return event.event_name


def of_core(words: Iterable[str] = ()) -> Iterator[Provided]:
    """Everything of the core; `words`: those of the command."""
    yield from of_models(CORE_MODELS.values())
    yield from (Provided(ACT, f"{one.type}.{one.act}") for one in CORE_PERMISSIONS)
    yield from (Provided(SIGNAL, one.name) for one in CORE_SIGNALS)
    yield from (Provided(CLASS, one.name) for one in CORE_CLASSES)
    yield from (Provided(WORD, word) for word in words)


FORMS: dict[Text, Callable[[Manifest], str]] = {
    TABLE: lambda m: m.tables,
    TYPE: lambda m: m.prefix,
    CLASS: lambda m: f"{m.id}_",
    **dict.fromkeys((EVENT, HANDLER, JOB, SIGNAL, VALIDATOR, HEALTH), lambda m: f"{m.id}."),
}
"""What a name of each sort begins with."""


def owns(manifest: Manifest, type_name: str) -> bool:
    """Whether a type's name says that it is this plugin's: `Wishes`, then a capital letter."""
    start, rest = type_name[: len(manifest.prefix)], type_name[len(manifest.prefix) :]
    return start == manifest.prefix and rest[:1].isupper()


def is_about(declared: Declared, rule: Rule) -> bool:
    """Whether a policy rule is about a plugin's types, groups of fields or classes, or its acts on others."""
    manifest = declared.manifest
    sort, _, name = rule.object.partition(":")
    type_name = name.partition(".")[0]
    if sort == "class":
        return name.startswith(FORMS[CLASS](manifest))
    acts = {(one.type, one.act) for one in declared["permissions"]}
    return owns(manifest, type_name) or (sort == "type" and (name, rule.act) in acts)


class Names:
    """Who owns which name; plugins are entered one after the other."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """With everything of the core; `words`: those of its command."""
        self._owner = dict.fromkeys(of_core(words), CORE)
        self._tables = {model.__tablename__: CORE for model in CORE_MODELS.values()}

    def enter(self, declared: Declared) -> None:
        """ConfigurationError for a name that is another's or of a strange form, naming both owners."""
        manifest = declared.manifest
        mine = list(of_plugin(declared))
        for one in mine:
            other = self._owner.get(one)
            if other is not None:
                raise _complaint(manifest, CLASH, one, other=other)
            start = FORMS[one.sort](manifest) if one.sort in FORMS else ""
            if not one.name.startswith(start) or (one.sort is TYPE and not owns(manifest, one.name)):
                raise _complaint(manifest, FORM, one, start=start)
        self._check_settings(manifest)
        self._check_references(declared)
        self._check_acts(declared)
        self._owner.update(dict.fromkeys(mine, manifest.id))
        self._tables.update((model.__tablename__, manifest.id) for model in declared["models"])

    def _check_settings(self, manifest: Manifest) -> None:
        for name in Settings.model_fields:
            if manifest.settings is not None and name.startswith(f"{manifest.id}_"):
                raise ConfigurationError(
                    manifest.id, TAKEN_SETTINGS, start=manifest.id.upper(), name=f"BAOKE_{name.upper()}"
                )

    def _check_references(self, declared: Declared) -> None:
        manifest = declared.manifest
        mine = {model.__tablename__ for model in declared["models"]}
        near = {CORE, *(manifest.wanted(text).name for text in manifest.requires)}
        for model in declared["models"]:
            for key in model.__table__.foreign_keys:
                table = key.target_fullname.rpartition(".")[0]
                if table not in mine and self._tables.get(table) not in near:
                    raise ConfigurationError(manifest.id, STRANGE, name=model.__tablename__, other=table)

    def _check_acts(self, declared: Declared) -> None:
        known = {one.name for one in self._owner if one.sort == TYPE}
        known |= {model.__name__ for model in declared["models"]}
        for one in declared["permissions"]:
            if one.type not in known:
                raise ConfigurationError(declared.manifest.id, UNKNOWN_TYPE, name=f"{one.type}.{one.act}")


def _complaint(manifest: Manifest, text: Text, about: Provided, **params: str) -> ConfigurationError:
    """In both languages, the sort of thing too."""
    said = Text(
        text.say("en", sort=about.sort.en, name=about.name, **params),
        text.say("zh", sort=about.sort.zh, name=about.name, **params),
    )
    return ConfigurationError(manifest.id, said)
