// PostGraphile 5 as its documentation starts it in production: Amber preset, node's own HTTP server.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [dsn, port, pool] = process.argv.slice(2);
const made = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({ connectionString: dsn, poolConfig: { max: +pool, min: +pool }, schemas: ["plain"] }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
  grafast: { explain: false },
});
const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
const serving = made.createServ(grafserv);
serving.addTo(server);
await serving.ready();
server.listen(+port, "127.0.0.1");
