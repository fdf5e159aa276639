// The demo's people, as far as a script needs them: they sign in, find a room and write, as plain forms do.
const PASSWORD = "confer-demo";

/** Signs in; answers the cookie. */
export async function signIn(address, email) {
  const answer = await fetch(new URL("/login", address), {
    method: "POST",
    headers: { origin: new URL(address).origin },
    body: new URLSearchParams({ email, password: PASSWORD }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  if (answer.status >= 400 || !cookie) throw new Error(`signing in was answered with ${answer.status}`);
  return cookie;
}

/** The path of the room with somebody, from the list of rooms. */
export async function room(address, cookie, name) {
  const answer = await fetch(new URL("/chat", address), { headers: { cookie } });
  const rows = (await answer.text()).split('href="/chat/room/').slice(1);
  const row = rows.find((html) => html.includes(name));
  if (!row) throw new Error(`there is no room with ${name}`);
  return `/chat/room/${row.match(/^\d+/)[0]}`;
}

/** Writes so many messages, so many of them at a time. */
export async function say(address, cookie, path, count, atOnce) {
  const post = async (number) => {
    const cid = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const answer = await fetch(new URL(path, address), {
      method: "POST",
      headers: { cookie, origin: new URL(address).origin },
      body: new URLSearchParams({ cid, body: `Message ${number} of ${count}: the ankle feels better than it did yesterday.` }),
      redirect: "manual",
    });
    if (answer.status !== 303) throw new Error(`a message was answered with ${answer.status}`);
  };
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => post(from + at + 1)));
  }
}
