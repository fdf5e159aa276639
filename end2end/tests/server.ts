// A server of one's own, to be stopped and started in the middle of a conversation.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Server {
  private process?: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), "confer-e2e-"));
  private constructor(
    readonly port: number,
    private readonly origin?: string,
  ) {}

  /** With demo people; the origin is where browsers find it, if not here. */
  static async fresh(origin?: string): Promise<Server> {
    const server = new Server(await freePort(), origin);
    await server.start("demo");
    return server;
  }

  /** With demo people, at a moment that does not pass. */
  static async frozen(at: Date): Promise<Server> {
    const server = new Server(await freePort());
    await server.start("demo", "--at", String(at.getTime()));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(command: "serve" | "demo" = "serve", ...flags: string[]): Promise<void> {
    const binary = process.env.CONFER_BIN;
    if (!binary) throw new Error("CONFER_BIN names the server to test; script/test sets it");
    this.process = spawn(binary, [command, ...flags], {
      cwd: this.folder,
      env: {
        ...process.env,
        DATABASE_URL: `sqlite:${join(this.folder, "confer.db")}`,
        CONFER_DATA: this.folder,
        LEPTOS_SITE_ADDR: `127.0.0.1:${this.port}`,
        CONFER_RATE: "off",
        ...(this.origin ? { CONFER_ORIGIN: this.origin } : {}),
      },
      stdio: "ignore",
    });
    for (let tries = 0; tries < 200; tries++) {
      const ready = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (ready?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the server did not come up");
  }

  /** Changes the database behind its back: while nobody serves it, and far quicker than people write. */
  async fill(sql: string): Promise<void> {
    await this.stop("SIGTERM");
    const script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.stdin.read()); db.commit()";
    execFileSync("python3", ["-c", script, join(this.folder, "confer.db")], { input: sql });
    await this.start();
  }

  /** SIGTERM lets it say goodbye; SIGKILL does not. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
