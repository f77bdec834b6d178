"""The operations in each dialect, the bodies made of them, and answers brought to one form."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from benchmarks.rows import CHANNELS, REGIONS, SEED

BODIES = 2_000
AT = "2023-06-01T12:00:00Z"

SIX = "id name number region industry createdAt"
EIGHT = f"{SIX} birthday purchaseCount"
CONTACTS = "id name phone email"
BOUGHT = "amount { amount currency } at channel"
OURS = {
    "Q1": f"query Q1($id: ID!) {{ customer(id: $id) {{ {SIX} }} }}",
    "Q2": "query Q2($region: String!) { customers(where: {region: {eq: $region}}, first: 50)"
    f" {{ nodes {{ {EIGHT} }} }} }}",
    "Q3": "query Q3($region: String!) { customers(where: {region: {eq: $region}}, first: 50)"
    " { nodes { id name owner { name }"
    f" purchases(first: 5) {{ nodes {{ {BOUGHT} }} }}"
    " participations(first: 3) { nodes { status activity { title } } } } } }",
    "Q4": "mutation Q4($id: ID!, $amount: Decimal!, $channel: String!, $at: DateTime!)"
    ' { made: recordPurchase(input: {customerId: $id, amount: {amount: $amount, currency: "CNY"},'
    " channel: $channel, at: $at})"
    " { ... on RecordPurchasePayload { purchase { amount { amount currency } channel } } } }",
    "Q1c": f"query Q1c($id: ID!) {{ customer(id: $id) {{ {CONTACTS} }} }}",
    "Q2c": "query Q2c($region: String!) { customers(where: {region: {eq: $region}}, first: 50)"
    f" {{ nodes {{ {CONTACTS} }} }} }}",
}
PLAIN = {
    "Q1": f"query Q1($id: ID!) {{ customer(id: $id) {{ {SIX} }} }}",
    "Q2": f"query Q2($region: String!) {{ customers(region: $region, first: 50) {{ {EIGHT} }} }}",
    "Q3": "query Q3($region: String!) { customers(region: $region, first: 50) { id name owner { name }"
    " purchases(first: 5) { amount currency at channel }"
    " participations(first: 3) { status activity { title } } } }",
    "Q4": "mutation Q4($id: ID!, $amount: String!, $channel: String!, $at: String!)"
    ' { made: recordPurchase(customerId: $id, amount: $amount, currency: "CNY", channel: $channel, at: $at)'
    " { amount currency channel } }",
    "Q1c": f"query Q1c($id: ID!) {{ customer(id: $id) {{ {CONTACTS} }} }}",
    "Q2c": f"query Q2c($region: String!) {{ customers(region: $region, first: 50) {{ {CONTACTS} }} }}",
}
_FIFTY = (
    "customers: allCustomers(condition: {region: $region}, first: 50, orderBy: [NAME_ASC, PRIMARY_KEY_ASC])"
)
POSTGRAPHILE = {
    "Q1": f"query Q1($id: UUID!) {{ customer: customerByRowId(rowId: $id) {{ {SIX} }} }}",
    "Q2": f"query Q2($region: String!) {{ {_FIFTY} {{ nodes {{ {EIGHT} }} }} }}",
    "Q3": f"query Q3($region: String!) {{ {_FIFTY} {{ nodes {{ id name owner: employeeByOwnerId {{ name }}"
    " purchases: purchasesByCustomerId(first: 5, orderBy: [AT_DESC, PRIMARY_KEY_DESC])"
    " { nodes { amount currency at channel } }"
    " participations: participationsByCustomerId(first: 3, orderBy: [PRIMARY_KEY_ASC])"
    " { nodes { status activity: activityByActivityId { title } } } } } }",
    "Q4": "mutation Q4($id: UUID!, $amount: BigFloat!, $channel: String!, $at: Datetime!)"
    " { made: createPurchase(input: {purchase: {customerId: $id, amount: $amount,"
    ' currency: "CNY", channel: $channel, at: $at}}) { purchase { amount currency channel } } }',
    "Q1c": f"query Q1c($id: UUID!) {{ customer: customerByRowId(rowId: $id) {{ {CONTACTS} }} }}",
    "Q2c": f"query Q2c($region: String!) {{ {_FIFTY} {{ nodes {{ {CONTACTS} }} }} }}",
}
POSTGRAPHILE = {k: text.replace("{ id name", "{ id: rowId name") for k, text in POSTGRAPHILE.items()}
# An introspection root makes ours answer by the executor's way, over the interpreter's reads.
for texts in (OURS, PLAIN, POSTGRAPHILE):
    texts["Q3x"] = texts["Q3"].replace("Q3", "Q3x", 1).removesuffix("}") + "__schema { queryType { name } } }"
BY_ID = ("Q1", "Q4", "Q1c")


@dataclass(frozen=True)
class Dialect:
    """How a server is asked. `prefix` stands before its ids."""

    documents: Mapping[str, str]
    prefix: str = ""

    def body(self, name: str, customers: Sequence[UUID], chance: random.Random) -> bytes:
        """One request, the same values for all dialects in the same state of `chance`."""
        customer, region = (
            customers[int(chance.random() * len(customers))],
            f"region {chance.randint(1, REGIONS)}",
        )
        amount, channel = f"{chance.randint(100, 99_999) / 100:.2f}", chance.choice(CHANNELS)
        key = self.prefix + (customer.hex if self.prefix else str(customer))
        given: dict[str, Any] = {"id": key} if name in BY_ID else {"region": region}
        if name == "Q4":
            given |= {"amount": amount, "channel": channel, "at": AT}
        return orjson.dumps({"query": self.documents[name], "variables": given})

    def bodies(self, name: str, customers: Sequence[UUID]) -> list[bytes]:
        """Many requests, the same ones in every run."""
        chance = random.Random(SEED)
        return [self.body(name, customers, chance) for _ in range(BODIES)]


DIALECTS = {
    "ours": Dialect(OURS, "cus_"),
    "plain": Dialect(PLAIN),
    "postgraphile": Dialect(POSTGRAPHILE),
}


class Differs(Exception):
    """Two servers answer with different content."""


def plain_form(value: Any) -> Any:
    """Content without the dialect: no wrappers, plain keys of rows, instants to the second."""
    if isinstance(value, dict):
        if len(value) == 1 and (inside := value.get("nodes", value.get("purchase"))) is not None:
            return plain_form(inside)
        flat: dict[str, Any] = {}
        for name, one in value.items():
            flat |= one if isinstance(one, dict) and set(one) == {"amount", "currency"} else {name: one}
        return {name: plain_form(one) for name, one in flat.items()}
    if isinstance(value, list):
        return [plain_form(one) for one in value]
    if isinstance(value, str):
        if value[10:11] == "T":
            return value[:19]
        return value.removeprefix("cus_").replace("-", "") if len(value) > len("cus_") + 27 else value
    return value


def data_of(answer: bytes) -> Any:
    """The data of an answer in plain form; Differs for one with errors."""
    read = orjson.loads(answer)
    if "errors" in read or not read.get("data"):
        raise Differs(answer[:500].decode())
    return plain_form(read["data"])


def same(mine: Any, reference: Any, redacted: Iterable[str]) -> bool:
    """Whether two answers have the same content; what is `redacted` may be null or masked instead."""
    if isinstance(mine, dict) and isinstance(reference, dict):
        return list(mine) == list(reference) and all(
            name in redacted or same(one, reference[name], redacted) for name, one in mine.items()
        )
    if isinstance(mine, list) and isinstance(reference, list):
        return len(mine) == len(reference) and all(
            same(a, b, redacted) for a, b in zip(mine, reference, strict=True)
        )
    return bool(mine == reference)
