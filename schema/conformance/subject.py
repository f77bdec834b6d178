"""The plugin that is looked at."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from core.access.lines import read_line
from core.access.rules import Policy, Rule
from core.extension import finding
from core.extension.declared import Declared
from core.extension.manifest import Manifest
from core.extension.plugins import Plugins
from core.runtime import read_policies
from core.settings import PluginChoice, Settings
from schema.application import load_plugins, make_catalogue, make_schema, vocabulary
from schema.plugin.describing import grants_of
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import VALUES, NodeId, Target, ViewerRelation


@dataclass(frozen=True)
class Subject:
    """A plugin among those that it needs."""

    plugins: Plugins
    declared: Declared

    @property
    def manifest(self) -> Manifest:
        """Its passport."""
        return self.declared.manifest

    @cached_property
    def package(self) -> str:
        """The name of its Python package."""
        module = sys.modules[type(self.declared.plugin).__module__]
        return module.__package__ or module.__name__

    @cached_property
    def folder(self) -> Path:
        """Where its code lies."""
        return Path(sys.modules[self.package].__file__ or "").parent

    @cached_property
    def sources(self) -> list[tuple[Path, ast.Module]]:
        """Its code, read."""
        files = sorted(self.folder.rglob("*.py"))
        return [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in files]

    @property
    def modules(self) -> list[ModuleType]:
        """Those of its package that it has imported."""
        return [one for name, one in sorted(sys.modules.items()) if f"{name}.".startswith(f"{self.package}.")]

    def place(self, file: Path, node: ast.AST) -> str:
        """`file:line` below the package's folder."""
        return f"{file.relative_to(self.folder.parent)}:{getattr(node, 'lineno', 1)}"

    @cached_property
    def others(self) -> Plugins:
        """The plugins without it."""
        return Plugins(tuple(one for one in self.plugins.on if one is not self.declared))

    @cached_property
    def schema(self) -> Schema:
        """With it."""
        return make_schema(self.plugins)

    @cached_property
    def bare(self) -> Schema:
        """Without it."""
        return make_schema(self.others)

    @cached_property
    def types(self) -> list[str]:
        """Its types with rows."""
        return [model.__name__ for model in self.declared["models"] if model.__name__ in self.schema.models]

    def values(self, schema: Schema | None = None) -> Iterator[tuple[str, tuple[str, ...], str, Target]]:
        """Its fields with values: the type with the rows, path, declaring type, target."""
        schema = schema or self.schema
        for name in schema.models:
            for path, declaring, target in schema.fields_within(name):
                mine = name in self.types or path[0] == self.manifest.id
                if mine and isinstance(target, VALUES) and not isinstance(target, (NodeId, ViewerRelation)):
                    yield name, path, declaring, target

    @cached_property
    def policy(self) -> Policy:
        """The policies as they are shipped or set, without what it suggests."""
        settings = Settings(env="development", _env_file=None)
        words = vocabulary(make_catalogue(self.schema), self.plugins.permissions)
        return read_policies(settings.policies, words)

    @cached_property
    def suggested(self) -> list[Rule]:
        """The lines that it suggests, for roles that there are."""
        lines = (read_line(line, self.manifest.id) for line in grants_of(self.declared))
        return [one for one in lines if isinstance(one, Rule) and one.role in self.policy.roles]

    @cached_property
    def adopted(self) -> Policy:
        """The policies with what it suggests."""
        return self.policy.with_rules(one for one in self.suggested if one not in self.policy.rules)


def open_subject(wanted: str, beside: str = "") -> Subject:
    """The plugin of a folder or name, with those that it requires and those `beside` it.

    ConfigurationError where they can't be on.
    """
    (source,) = finding.find(wanted)
    manifest = source.load().manifest
    needed = [manifest.wanted(text).name for text in manifest.requires]
    given = [one for one in (part.strip() for part in beside.split(",")) if one]
    known = {one.name for one in finding.find(beside)}
    parts = [*given, *(name for name in needed if name not in known), wanted]
    wanted = ",".join(dict.fromkeys(parts))
    plugins = load_plugins(PluginChoice(plugins=wanted, plugins_tolerant=False, _env_file=None))
    return Subject(plugins, plugins[source.name])
