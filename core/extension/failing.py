"""What is wrong with one plugin, as an error that names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import BaokeError, ConfigurationError
from core.text import Language, Text

BROKEN = Text("could not be loaded: {error}", "无法加载：{error}")


def broken(name: str, error: Exception) -> ConfigurationError:
    """What a plugin's code raised, as an error that names the plugin."""
    return ConfigurationError(name, BROKEN, error=f"{type(error).__name__}: {error}")


class PluginError(ConfigurationError):
    """A plugin with which the product can't start: its id is `field`, what went wrong `cause`."""

    def __init__(self, plugin: str, error: Exception) -> None:
        self.plugin = plugin
        self.cause = error if isinstance(error, BaokeError) else broken(plugin, error)
        super().__init__(plugin)

    def message(self, language: Language) -> str:
        """What went wrong, after the plugin's id."""
        said = self.cause.message(language)
        return said if self.cause.field == self.plugin else f"{self.plugin}: {said}"


@contextmanager
def blaming(plugin: str) -> Iterator[None]:
    """Whatever is raised inside the block is this plugin's fault."""
    try:
        yield
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(plugin, error) from error
