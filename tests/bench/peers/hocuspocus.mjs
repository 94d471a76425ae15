// Hocuspocus as its documentation starts it, with its SQLite extension and nothing else.
// `node hocuspocus.mjs FOLDER` prints the address of its socket when it serves.

import { join } from "node:path";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const server = new Server({
  port: 0,
  address: "127.0.0.1",
  quiet: true,
  extensions: [new SQLite({ database: join(process.argv[2], "documents.sqlite") })],
});
await server.listen();
console.log(`http://127.0.0.1:${server.address.port}`);
