"""GraphiQL as a person meets it: it loads with no network, and the first query works at once."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator

import orjson
import pytest
import uvicorn
from graphql import build_schema, graphql
from playwright.sync_api import expect, sync_playwright

from core.access.viewer import Viewer
from schema.http.graphiql import BUILT
from schema.http.protocol import Answer, GraphQLRequest, SampleToken
from tests.schema.http.conftest import Edge

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SCHEMA = build_schema("""
    type Query { customers(first: Int): Customers }
    type Customers { nodes: [Customer!]! }
    type Customer { id: ID! name: String }
""")
ROWS = {"customers": {"nodes": [{"id": "cus_1", "name": "张伟"}]}}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not BUILT.is_dir(), reason="GraphiQL is not built (make console)"),
]


class Shop(Edge):
    """An edge with a little schema behind it."""

    async def execute(self, request: GraphQLRequest, viewer: Viewer) -> Answer:
        self.asked.append((request, viewer))
        return Answer(orjson.dumps((await graphql(SCHEMA, request.query, ROWS)).formatted))


@pytest.fixture
def address() -> Iterator[str]:
    shop = Shop(tokens=(SampleToken("Nobody 无人", "bad"), SampleToken("Leader 领导", "good")))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(shop.app(max_body=100_000), log_config=None, lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def test_the_first_query_works_at_once_and_nothing_is_fetched_elsewhere(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        elsewhere: list[str] = []
        faults: list[str] = []
        page.on("request", lambda request: None if address in request.url else elsewhere.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))

        page.goto(address)
        page.get_by_label("Execute query").click()
        # Not by a script in the page: its policy forbids that, as soon as it has to be run a second time.
        expect(page.locator(".result-window")).to_contain_text("UNAUTHENTICATED")

        page.get_by_label("Sign in as").select_option("Leader 领导")
        page.get_by_label("Execute query").click()
        expect(page.locator(".result-window")).to_contain_text("张伟")
        assert '"Authorization": "Bearer good"' in page.locator("section[aria-label=Headers]").inner_text()

        browser.close()
    assert [url for url in elsewhere if not url.startswith("data:")] == []
    assert faults == []
