// Two people talk through Confer: sign in, history, send, receive, receipt.
// node.mjs [URL [EMAIL PASSWORD [OTHER_EMAIL OTHER_PASSWORD]]]; needs Node 20 and ws (npm install ws).
import { randomUUID } from "node:crypto";
import WebSocket from "ws";

const { argv, env } = process;
const url = (argv[2] ?? env.CONFER_URL ?? "http://127.0.0.1:3000").replace(/\/$/, "");
const email = argv[3] ?? env.CONFER_EMAIL ?? "hale@demo.confer";
const password = argv[4] ?? env.CONFER_PASSWORD ?? "confer-demo";
const otherEmail = argv[5] ?? env.CONFER_OTHER_EMAIL ?? "okafor@demo.confer";
const otherPassword = argv[6] ?? env.CONFER_OTHER_PASSWORD ?? "confer-demo";

/** What a call answers; anything but success is an error with what the server said. */
async function call(method, path, token, body) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) }).catch((error) => {
    throw new Error(`${url} cannot be reached: ${error.cause?.message ?? error.message}`);
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** An access token lasts 15 minutes; POST /api/token/refresh/ gets the next one. */
async function signIn(email, password) {
  const { access } = await call("POST", "/api/token/", undefined, { email, password });
  const { id } = await call("GET", "/api/v1/me", access);
  return { email, token: access, id };
}

/** Opens the socket. What is heard waits until somebody asks for it. */
async function connect(person) {
  const socket = new WebSocket(url.replace(/^http/, "ws") + "/ws", ["confer.v1"], {
    headers: { authorization: `Bearer ${person.token}` },
  });
  const heard = [];
  const waiting = new Set();
  const look = () => waiting.forEach((one) => one());
  socket.on("message", (data) => {
    heard.push(JSON.parse(data));
    look();
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));

  const say = (word, fields) => socket.send(JSON.stringify({ [word]: fields }));
  /** The next event of this name with these fields. Others, and those we do not know, are passed over. */
  const hear = (word, fields = {}) =>
    new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        waiting.delete(next);
        settle(value);
      };
      const next = () => {
        while (heard.length) {
          const event = heard.shift();
          if (event.refused) return end(reject, new Error(`refused: ${JSON.stringify(event.refused)}`));
          const value = event[word];
          if (value && Object.keys(fields).every((name) => value[name] === fields[name])) return end(resolve, value);
        }
      };
      const late = () => end(reject, new Error(`${word} was not heard within five seconds`));
      const timer = setTimeout(late, 5_000);
      waiting.add(next);
      next();
    });

  // The first word is always this.
  say("resume", { epoch: null, rooms: [] });
  await hear("ready");
  return { say, hear, close: () => socket.close() };
}

async function main() {
  const me = await signIn(email, password);
  const other = await signIn(otherEmail, otherPassword);
  console.log(`signed in: ${me.email} is number ${me.id}, ${other.email} is number ${other.id}`);

  // The one room of these two, which is made if there is none.
  const { id: room } = await call("POST", "/api/v1/rooms", me.token, { kind: "direct", with: other.id });

  // History: the newest page, oldest first. ?before=SEQ gets the one before it.
  console.log(`history of room ${room}:`);
  const { messages } = await call("GET", `/api/v1/rooms/${room}/messages?limit=5`, me.token);
  for (const { seq, sent_at, sender, text } of messages) console.log(`  ${seq}  ${sent_at}  ${sender}: ${text}`);

  const mine = await connect(me);
  const theirs = await connect(other);

  // Send. The cid is this message's name: sent again under the same name it is still one message.
  const cid = randomUUID().replaceAll("-", "");
  mine.say("post", { cid, room, body: `Good morning from Node (${cid})` });
  // It is on disk when this is heard.
  const { seq } = await mine.hear("acked", { cid });
  console.log(`sent: number ${seq}`);

  // Receive, at the other end.
  console.log(`received: ${(await theirs.hear("posted", { cid })).body}`);

  // Receipt: the other has read up to this number, and the writer is told.
  theirs.say("seen", { room, seq });
  const receipt = await mine.hear("receipt", { room, account: other.id, read_seq: seq });
  console.log(`read: ${other.email} has read up to number ${receipt.read_seq}`);

  mine.close();
  theirs.close();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
