"""The whole contract: the core's hooks, and those that need GraphQL and the web."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import compile_path

from core.access.viewer import Viewer
from core.db.database import Database
from core.errors import ConfigurationError
from core.extension import declared
from core.extension import plugin as core
from core.services import Services
from core.text import Text

BAD_PATH = Text("the path of a route begins with /", "路由的路径须以 / 开头")
NO_PATH = Text("can't be matched: {error}", "无法匹配：{error}")

declared.CONTRACT.add(__name__)


@dataclass(frozen=True)
class RouteCall:
    """A request at a path of a plugin: read within the limits of every request, and signed in.

    `viewer` is None where the route is public: the plugin checks for itself who calls, by a signature say,
    and then acts as `plugin`, who may do everything and is called `plugin:<id>`.
    """

    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    viewer: Viewer | None
    plugin: Viewer
    database: Database
    services: Services


@dataclass(frozen=True)
class Route:
    """A path under `/plugins/<id>`, such as `/webhooks/{channel}`. Its errors are told like GraphQL's.

    Callers have to be signed in, unless it is `public`.
    """

    path: str
    about: str
    answer: Callable[[RouteCall], Awaitable[Response]]
    methods: tuple[str, ...] = ("POST",)
    public: bool = False

    def __post_init__(self) -> None:
        """ConfigurationError for one that can't be matched, or would run on from the plugin's name."""
        if not self.path.startswith("/"):
            raise ConfigurationError(f"route {self.path!r}", BAD_PATH)
        try:
            compile_path(self.path)
        except (AssertionError, ValueError) as error:
            raise ConfigurationError(f"route {self.path!r}", NO_PATH, error=error) from None


class Plugin(core.Plugin):
    """What a plugin declares. Each hook is called once, at the start, and gives data; none acts.

    Override the hooks that you need. A public method that is no hook is an error at the start.
    """

    def types(self) -> Sequence[type]:
        """The GraphQL forms of its models: a type of the same name for each model that has one."""
        return ()

    def fields(self) -> Mapping[str, type]:
        """Fields for types of others, by type name: a strawberry class with one namespace `<id>`."""
        return {}

    def query(self) -> type | None:
        """What stands under `<id>` of Query."""
        return None

    def mutation(self) -> type | None:
        """What stands under `<id>` of Mutation."""
        return None

    def subscription(self) -> type | None:
        """What stands under `<id>` of Subscription."""
        return None

    def routes(self) -> Sequence[Route]:
        """Paths under `/plugins/<id>`: incoming webhooks."""
        return ()


def fields_of(kind: Any) -> list[Any]:
    """The strawberry fields of a class."""
    return list(kind.__strawberry_definition__.fields)
