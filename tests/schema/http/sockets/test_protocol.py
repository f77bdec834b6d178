"""graphql-transport-ws to the letter: its messages, and the exact code for each bad one."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from core.access.purposes import Purpose
from core.errors import Forbidden, Unauthenticated, Unavailable
from schema.http.protocol import Answer
from schema.http.sockets import connection
from tests.schema.http.sockets.conftest import Straw

PROTOCOLS: Any = ["graphql-transport-ws"]


@pytest.mark.parametrize(
    "payload",
    [
        {"token": "good"},
        {"Authorization": "Bearer good"},
        {"authorization": "bearer good", "more": 1},
    ],
)
async def test_signs_in_by_the_payload(straw: Straw, payload: dict[str, Any]) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="connection_init", payload=payload)
        assert await client.read() == {"type": "connection_ack"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (None, 4401),
        ({}, 4401),
        ({"token": None}, 4401),
        ({"token": 7}, 4401),
        ({"token": "bad"}, 4403),
        ({"token": ""}, 4403),
        ({"Authorization": "Basic good"}, 4403),
        ({"Authorization": "good"}, 4403),
    ],
)
async def test_refuses_tokens(straw: Straw, payload: Any, code: int) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="connection_init", **({} if payload is None else {"payload": payload}))
        assert (await client.closed())[0] == code


async def test_without_init_it_is_closed(straw: Straw, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.INIT_SECONDS == 10
    monkeypatch.setattr(connection, "INIT_SECONDS", 0.2)
    async with straw.open() as place, place.client(token=None) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_who_came_in_time_stays(straw: Straw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "INIT_SECONDS", 0.2)
    async with straw.open() as place, place.client() as client:
        await client.nothing(0.5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "7",
        "{}",
        '{"type": 7}',
        '{"type": "start"}',
        '{"type": "next", "id": "1"}',
        '{"type": "connection_init", "payload": "x"}',
        '{"type": "ping", "payload": []}',
        '{"type": "pong", "payload": 7}',
        '{"type": "complete"}',
        '{"type": "subscribe", "payload": {"query": "{a}"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{a}"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{a}"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 7}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "operationName": 7}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "extensions": 7}}',
        '{"type": "subscribe", "id": "%s", "payload": {"query": "{a}"}}' % ("x" * 129),
        b'{"type": "ping"}',
    ],
)
async def test_a_bad_message_is_4400(straw: Straw, text: str | bytes) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.opened.send(text)
        code, reason = await client.closed()
        assert code == 4400
        assert reason


async def test_a_second_init_is_4429(straw: Straw) -> None:
    async with straw.open() as place, place.client() as client:
        await client.send(type="connection_init", payload={"token": "good"})
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_subscribing_before_the_ack_is_4401(straw: Straw) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.subscribe("1", "{ __typename }")
        assert await client.closed() == (4401, "Unauthorized")
    assert not straw.asked


async def test_the_same_id_twice_is_4409(straw: Straw) -> None:
    straw.waits = True
    async with straw.open() as place, place.client() as client:
        await client.subscribe("é" * 90, "{ __typename }")
        await client.subscribe("é" * 90, "{ __typename }")
        code, reason = await client.closed()
        assert code == 4409
        assert reason.startswith("Subscriber for éé")


@pytest.mark.parametrize("offered", [None, ["graphql-ws"]])
async def test_another_subprotocol_is_4406(straw: Straw, offered: list[Any] | None) -> None:
    async with straw.open() as place, place.client(token=None, subprotocols=offered) as client:
        assert client.opened.subprotocol is None
        assert await client.closed() == (4406, "Subprotocol not acceptable")


async def test_the_protocol_is_found_among_others(straw: Straw) -> None:
    offered = ["graphql-ws", "graphql-transport-ws"]
    async with straw.open() as place, place.client(subprotocols=offered) as client:
        assert client.opened.subprotocol == "graphql-transport-ws"
        assert not client.opened.protocol.extensions


async def test_pings_are_answered_before_and_after_the_init(straw: Straw) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="ping")
        assert await client.read() == {"type": "pong"}
        await client.send(type="pong", payload={"a": 1})
        await client.send(type="ping", payload={"a": 1})
        assert await client.read() == {"type": "pong", "payload": {"a": 1}}


async def test_results_then_the_end(straw: Straw) -> None:
    straw.answers = [Answer(b'{"data":{"a":1}}'), Answer(b'{"data":{"a":"\xe4\xbf\x9d"}}')]
    async with straw.open() as place, place.client() as client:
        for _ in range(2):  # the id is free again when the end is there
            await client.subscribe("an id", "{ a }", variables={"v": 1}, operationName="O")
            said = [await client.read() for _ in range(3)]
            assert said == [
                {"id": "an id", "type": "next", "payload": {"data": {"a": 1}}},
                {"id": "an id", "type": "next", "payload": {"data": {"a": "保"}}},
                {"id": "an id", "type": "complete"},
            ]
    request, viewer = straw.asked[0]
    assert (request.query, request.variables, request.operation_name) == ("{ a }", {"v": 1}, "O")
    assert viewer.subject == "emp_1"


async def test_a_refusal_is_an_error_and_the_socket_stays(straw: Straw) -> None:
    straw.answers, straw.failing = [], Forbidden("x")
    async with straw.open() as place, place.client(additional_headers={"accept-language": "zh"}) as client:
        await client.subscribe("1", "{ a }")
        said = await client.read()
        assert (said["id"], said["type"]) == ("1", "error")
        [error] = said["payload"]
        assert error["extensions"] == {"code": "FORBIDDEN", "field": "x"}
        assert "角色" in error["message"]
        straw.failing, straw.answers = None, [Answer(b'{"errors":[{"message":"m"}]}', 400)]
        await client.subscribe("1", "{ a }")
        assert await client.read() == {"id": "1", "type": "error", "payload": [{"message": "m"}]}


async def test_a_defect_is_masked(straw: Straw) -> None:
    straw.answers, straw.failing = [], ValueError("secret")
    async with straw.open() as place, place.client() as client:
        await client.subscribe("1", "{ a }")
        [error] = (await client.read())["payload"]
        assert error["extensions"]["code"] == "INTERNAL"
        assert "secret" not in str(error)


async def test_complete_ends_an_operation(straw: Straw) -> None:
    straw.waits = True
    async with straw.open() as place, place.client() as client:
        await client.subscribe("1", "one")
        await client.read()
        await client.send(type="complete", id="1")
        await client.send(type="complete", id="nobody")
        await client.subscribe("1", "again")
        assert (await client.read())["type"] == "next"
        await client.nothing(0.2)
        assert straw.ended == ["one"]
    assert straw.ended == ["one", "again"]


async def test_leaving_ends_all(straw: Straw) -> None:
    straw.waits = True
    async with straw.open() as place:
        async with place.client() as client:
            await client.subscribe("1", "one")
            await client.read()
            assert len(place.endpoint.open) == 1
        async with asyncio.timeout(5):
            while place.endpoint.open:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert straw.ended == ["one"]


async def test_the_socket_closes_when_the_token_expires(straw: Straw) -> None:
    straw.seconds, straw.waits = 0.3, True
    async with straw.open() as place, place.client() as client:
        await client.subscribe("1", "{ a }")
        code, reason = await client.closed(5)
        assert (code, reason) == (4403, "Forbidden: the token has expired")
    assert straw.ended == ["{ a }"]


async def test_who_may_not_come_in_any_more_is_put_out(straw: Straw) -> None:
    straw.failing = Unauthenticated()
    async with straw.open() as place, place.client() as client:
        await client.subscribe("1", "{ a }")
        assert await client.closed() == (4403, "Forbidden")


async def test_the_database_away_is_no_refusal(straw: Straw) -> None:
    straw.error = Unavailable()
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="connection_init", payload={"token": "good"})
        assert (await client.closed())[0] == 1013


async def test_so_many_operations_and_no_more(straw: Straw) -> None:
    straw.waits, straw.answers, straw.settings = True, [], {"max_socket_operations": 2}
    async with straw.open() as place, place.client() as client:
        for name in "123":
            await client.subscribe(name, "{ a }")
        said = await client.read()
        assert (said["id"], said["type"]) == ("3", "error")
        assert said["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        await client.send(type="complete", id="1")
        await client.subscribe("4", "{ b }")
        await client.nothing(0.2)
        assert [request.query for request, _ in straw.asked] == ["{ a }", "{ a }", "{ b }"]


async def test_so_many_sockets_and_no_more(straw: Straw) -> None:
    straw.settings = {"max_sockets": 1}
    async with straw.open() as place:
        async with place.client(), place.client(token=None) as second:
            assert (await second.closed())[0] == 1013
        await asyncio.sleep(0.1)
        async with place.client():
            pass


async def test_strangers_give_way_to_those_who_sign_in(straw: Straw) -> None:
    """One stranger with many sockets must not shut everybody out."""
    straw.settings = {"max_sockets": 1}
    async with straw.open() as place, place.client(token=None) as stranger, place.client() as client:
        assert (await stranger.closed())[0] == 1013
        await client.subscribe("1", "{ a }")
        assert (await client.read())["type"] == "next"


async def test_a_message_has_a_size(straw: Straw) -> None:
    async with straw.open() as place, place.client() as client:
        await client.subscribe("1", "x" * 5000)
        assert (await client.closed())[0] == 1009


async def test_strangers_say_little(straw: Straw) -> None:
    straw.settings = {"max_body": 1_000_000}
    long = {"a": "x" * connection.MOST_UNSIGNED}
    async with straw.open() as place:
        async with place.client(token=None) as client:
            await client.send(type="ping", payload=long)
            assert (await client.closed())[0] == 1009
        async with place.client() as client:
            await client.send(type="ping", payload=long)
            assert await client.read() == {"type": "pong", "payload": long}


ORIGINS = [
    (None, "", True),
    ("http://{host}", "", True),
    ("https://shop.example", "https://shop.example, https://other.example", True),
    ("https://shop.example", "*", True),
    ("https://shop.example", "", False),
    ("https://shop.example.evil", "https://shop.example", False),
    ("null", "", False),
    ("http://[", "", False),
]


@pytest.mark.parametrize(("origin", "allowed", "opens"), ORIGINS)
async def test_pages_of_other_origins_stay_out(
    straw: Straw, origin: Any, allowed: str, *, opens: bool
) -> None:
    straw.settings = {"allowed_origins": allowed}
    async with straw.open() as place:
        origin = origin and origin.format(host=place.address.removeprefix("ws://"))
        if opens:
            async with place.client(origin=origin):
                return
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{place.address}/graphql", origin=origin, subprotocols=PROTOCOLS)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("length", [8180, 9000])
async def test_long_addresses_stay_out(straw: Straw, length: int) -> None:
    async with straw.open() as place:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{place.address}/graphql?{'x' * length}", subprotocols=PROTOCOLS)
        assert 400 <= refused.value.response.status_code < 500


async def test_long_headers_stay_out(straw: Straw) -> None:
    async with straw.open() as place:
        more = {f"x-{number}": "x" * 8000 for number in range(5)}
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{place.address}/graphql", subprotocols=PROTOCOLS, additional_headers=more)
        assert refused.value.response.status_code == 403


async def test_a_socket_declares_its_purpose_once(straw: Straw) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="connection_init", payload={"token": "good", "purpose": "INVITATION"})
        assert await client.read() == {"type": "connection_ack"}
        assert straw.occasion.purpose is Purpose.INVITATION
        assert straw.occasion.address == "127.0.0.1"


@pytest.mark.parametrize("purpose", ["DATING", 7, ["CARE"]])
async def test_an_unknown_purpose_closes_the_socket(straw: Straw, purpose: Any) -> None:
    async with straw.open() as place, place.client(token=None) as client:
        await client.send(type="connection_init", payload={"token": "good", "purpose": purpose})
        code, reason = await client.closed()
        assert code == 4400
        assert "purpose must be one of CARE, SERVICE, INVITATION, RECOMMENDATION" in reason
