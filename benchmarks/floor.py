"""The floor: raw ASGI and asyncpg around SQL written by hand. No GraphQL, no sign-in, no policies, no errors.

It tells the queries apart by the two letters after the operation's keyword. The statements were chosen among
several shapes (json_agg of rows, one set a level, LATERAL in place, rows joined in Python) by measuring.
"""

# ruff: noqa: S608 statements are put together from the constants of this file

from __future__ import annotations

import asyncio
import sys
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
import uvloop

POOL = 10
SIX = """'{"id":"' || id || '","name":' || to_json(name) || ',"number":"' || number || '","region":'
  || coalesce(to_json(region)::text, 'null') || ',"industry":' || coalesce(to_json(industry)::text, 'null')
  || ',"createdAt":' || to_json(created_at)"""
FIFTY = "plain.customers WHERE region = $1 ORDER BY name, id LIMIT 50"
CONTACTS = """'{"id":"' || id || '","name":' || to_json(name)
  || ',"phone":' || coalesce(to_json(phone)::text, 'null')
  || ',"email":' || coalesce(to_json(email)::text, 'null') || '}'"""
SQL = {
    "Q1": f"""SELECT '{{"data":{{"customer":' || {SIX} || '}}}}}}' FROM plain.customers WHERE id = $1""",
    "Q2": f"""SELECT '{{"data":{{"customers":[' || coalesce(string_agg({SIX} || ',"birthday":'
      || coalesce(to_json(birthday)::text, 'null') || ',"purchaseCount":' || purchase_count || '}}', ','), '')
      || ']}}}}' FROM (SELECT * FROM {FIFTY}) page""",
    # The picked rows stand still before activities are joined, or these would be scanned once a customer.
    "Q3": f"""
      WITH c AS MATERIALIZED (SELECT id, name, owner_id FROM {FIFTY}),
      x AS MATERIALIZED (
        SELECT three.* FROM c CROSS JOIN LATERAL (
          SELECT id, customer_id, status, activity_id FROM plain.participations
          WHERE customer_id = c.id ORDER BY id LIMIT 3) three),
      t AS MATERIALIZED (
        SELECT customer_id, string_agg('{{"status":"' || status || '","activity":'
          || coalesce('{{"title":' || to_json(title) || '}}', 'null') || '}}', ',' ORDER BY x.id) AS list
        FROM x LEFT JOIN plain.activities a ON a.id = activity_id GROUP BY customer_id)
      SELECT '{{"data":{{"customers":[' || coalesce(string_agg('{{"id":"' || c.id || '","name":'
        || to_json(c.name) || ',"owner":' || coalesce('{{"name":' || to_json(e.name) || '}}', 'null')
        || ',"purchases":[' || coalesce(p.list, '') || '],"participations":[' || coalesce(t.list, '')
        || ']}}', ',' ORDER BY c.name, c.id), '') || ']}}}}'
      FROM c LEFT JOIN plain.employees e ON e.id = c.owner_id LEFT JOIN t ON t.customer_id = c.id
      CROSS JOIN LATERAL (
        SELECT string_agg('{{"amount":"' || amount || '","currency":"' || currency || '","at":' || to_json(at)
          || ',"channel":' || coalesce(to_json(channel)::text, 'null') || '}}', ',') AS list
        FROM (SELECT amount, currency, at, channel FROM plain.purchases
              WHERE customer_id = c.id ORDER BY at DESC, id DESC LIMIT 5) five) p""",
    "Q4": """INSERT INTO plain.purchases (customer_id, amount, currency, channel, at)
      VALUES ($1, $2::text::numeric, 'CNY', $3, $4::text::timestamptz) RETURNING
      '{"data":{"made":{"amount":"' || amount || '","currency":"' || currency || '","channel":'
      || to_json(channel) || '}}}'""",
    "Q1c": f"""SELECT '{{"data":{{"customer":' || {CONTACTS} || '}}}}' FROM plain.customers WHERE id = $1""",
    "Q2c": f"""SELECT '{{"data":{{"customers":[' || coalesce(string_agg({CONTACTS}, ','), '')
      || ']}}}}' FROM (SELECT * FROM {FIFTY}) page""",
}


class Floor:
    """The ASGI application. Connections lie ready with every statement prepared; no pool stands between."""

    def __init__(self) -> None:
        self.free: asyncio.LifoQueue[dict[str, Any]] = asyncio.LifoQueue()

    async def open(self, dsn: str) -> None:
        """Connect and prepare."""
        for _ in range(POOL):
            connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC", "jit": "off"})
            self.free.put_nowait({name: await connection.prepare(sql) for name, sql in SQL.items()})

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        message = await receive()
        asked = orjson.loads(message["body"])
        query, given = asked["query"], asked["variables"]
        start = query.index(" ") + 1
        name = query[start : query.index("(", start)]
        if name == "Q4":
            arguments = [UUID(given["id"]), given["amount"], given["channel"], given["at"]]
        else:
            arguments = [UUID(given["id"])] if "id" in given else [given["region"]]
        prepared = await self.free.get()
        try:
            out = (await prepared[name].fetchval(*arguments)).encode()
        finally:
            self.free.put_nowait(prepared)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(out))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": out})


async def _serve(dsn: str, port: int) -> None:
    floor = Floor()
    await floor.open(dsn)
    config = uvicorn.Config(floor, port=port, lifespan="off", log_config=None, access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], int(sys.argv[2])))
