"""What an application offers, by type."""

import pytest

from core.errors import ConfigurationError
from core.services import NoSuchService, Services


class Greeter:
    pass


class Louder(Greeter):
    pass


def test_an_object_is_found_by_its_type() -> None:
    services, greeter = Services(), Greeter()
    services.add(greeter)
    services.add(Louder())
    assert services[Greeter] is greeter


def test_an_unknown_type_is_named_with_those_that_there_are() -> None:
    services = Services()
    with pytest.raises(NoSuchService, match=r"Greeter is offered; there are: none"):
        services[Greeter]
    services.add(Louder())
    with pytest.raises(NoSuchService, match=r"there are: .*Louder"):
        services[Greeter]


def test_two_of_one_type_clash() -> None:
    services = Services()
    services.add(Greeter())
    with pytest.raises(ConfigurationError, match="Greeter: is offered twice"):
        services.add(Greeter())
