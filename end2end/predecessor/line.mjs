// A socket of the Node client ws: what comes in on stdin goes out, what is heard comes out on stdout, as JSON.
import { createInterface } from "node:readline";
import WebSocket from "ws";

const [url, token, protocol] = process.argv.slice(2);
const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const headers = token ? { authorization: `Bearer ${token}` } : {};
const socket = new WebSocket(url, protocol ? [protocol] : [], { headers });
socket.on("open", () => tell({ open: socket.protocol }));
socket.on("message", (data) => tell({ frame: data.toString() }));
socket.on("unexpected-response", (_, response) => {
  tell({ refused: response.statusCode });
  process.exit(0);
});
socket.on("error", (error) => tell({ error: error.message }));
socket.on("close", (code) => {
  tell({ closed: code });
  process.exit(0);
});
createInterface({ input: process.stdin })
  .on("line", (line) => socket.send(line))
  .on("close", () => socket.close());
