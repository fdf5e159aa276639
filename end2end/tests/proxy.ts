// A network of one's own between browser and server: it refuses sockets, swallows them, or holds answers back.
import { createHash } from "node:crypto";
import { createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Server } from "./server";

export class Proxy {
  /** What happens to handshakes: refused as by a strict firewall, or accepted and then nothing carried. */
  sockets: "pass" | "refuse" | "swallow" = "pass";
  /** Whether streams of events are held back until they are whole, which they never are. */
  holdsStreams = false;
  /** Requests for a page's events and commands, in their order. */
  readonly seen: string[] = [];
  /** Sockets up to this number are frozen. */
  private frozen = 0;
  private made = 0;
  private readonly open = new Set<Duplex>();
  private constructor(private readonly http: HttpServer, readonly server: Server) {}

  /** A server with demo people, reached only through here. */
  static async fresh(): Promise<Proxy> {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const server = await Server.fresh(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    const proxy = new Proxy(http, server);
    http.on("request", (asked, answer) => proxy.pass(asked, answer));
    http.on("upgrade", (asked, socket, head) => proxy.upgrade(asked, socket, head));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Cuts every socket there is. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  /** From now on nothing goes through the sockets there are, and nobody is told. */
  freeze(): void {
    this.frozen = this.made;
  }

  async remove(): Promise<void> {
    this.cut();
    this.http.closeAllConnections();
    this.http.close();
    await this.server.remove();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url = "/", headers } = asked;
    if (/^\/(events|commands)/.test(url)) this.seen.push(`${method} ${url.split("?")[0]}`);
    const onward = request({ port: this.server.port, host: "127.0.0.1", method, path: url, headers }, (given) => {
      if (this.holdsStreams && url.startsWith("/events?")) return void given.resume();
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  }

  private upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    if (this.sockets === "refuse") return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    this.track(socket);
    if (this.sockets === "swallow") {
      const key = `${asked.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash("sha1").update(key).digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: confer.v1\r\n\r\n`,
      );
      socket.resume();
      return;
    }
    const onward = connect(this.server.port, "127.0.0.1", () => {
      const lines = asked.rawHeaders.reduce((text, word, at) => text + word + (at % 2 ? "\r\n" : ": "), "");
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines}\r\n`);
      onward.write(head);
    });
    this.track(onward);
    const number = ++this.made;
    const isFrozen = () => number <= this.frozen;
    const carry = (from: Duplex, to: Duplex) => {
      from.on("data", (bytes) => isFrozen() || to.write(bytes));
      from.on("close", () => isFrozen() || to.destroy());
      from.on("error", () => from.destroy());
    };
    carry(socket, onward);
    carry(onward, socket);
  }

  private track(socket: Duplex): void {
    this.open.add(socket);
    socket.on("close", () => this.open.delete(socket));
  }
}
