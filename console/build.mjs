// Collects the page and the ready-made builds of its packages in dist/: nothing is bundled, nothing fetched later.
import { cpSync, mkdirSync, rmSync } from "node:fs";

const PACKAGED = {
  "react.js": "react/umd/react.production.min.js",
  "react-dom.js": "react-dom/umd/react-dom.production.min.js",
  "graphiql.js": "graphiql/graphiql.min.js",
  "graphiql.css": "graphiql/graphiql.min.css",
};

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
cpSync("graphiql", "dist", { recursive: true });
for (const [name, source] of Object.entries(PACKAGED)) {
  cpSync(`node_modules/${source}`, `dist/${name}`);
}
