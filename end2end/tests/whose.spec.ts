// Whose words they are: a colleague in a conversation of two is never taken for the one it is named after.
import { atWork, doctor, expect, nurse, openRoom, patient, send, signIn, test, words } from "./people";
import { Server } from "./server";

test("what a colleague writes stands under their name, wherever it is shown", async ({ visitor }) => {
  const server = await Server.fresh();
  try {
    const [okafor, hale, ingrid] = [await visitor({}, server.url), await visitor({}, server.url), await visitor({}, server.url)];
    for (const [page, who] of [[okafor, doctor], [hale, patient], [ingrid, nurse]] as const) await signIn(page, who);
    await okafor.goto("/team");
    await atWork(okafor);
    const account = Number(await okafor.locator("form", { has: okafor.getByRole("button", { name: "Chat with Ingrid Lindqvist" }) }).locator("input").getAttribute("value"));
    await okafor.goto("/");
    await openRoom(okafor, "Margaret Hale");
    const path = new URL(okafor.url()).pathname;
    const status = await okafor.evaluate(
      async (body) => (await fetch("/_fn/member/invite", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body })).status,
      JSON.stringify({ room: Number(path.split("/").pop()), account }),
    );
    expect(status).toBe(200);

    await okafor.goto("/");
    await atWork(okafor);
    await hale.goto("/");
    await atWork(hale);
    await ingrid.goto(path);
    await atWork(ingrid);
    // The connection has to be there before what comes counts as news.
    await hale.waitForTimeout(1_500);
    const said = words("Take the white tablet");
    await send(ingrid, "Margaret Hale", said);
    const popup = hale.locator(".toast", { hasText: said });
    await expect(popup).toContainText("Ingrid:");
    await expect(popup).not.toContainText("Okafor");
    await expect(hale.locator(".convo", { hasText: said })).toContainText(`Ingrid: ${said}`, { timeout: 10_000 });
    await expect(okafor.getByRole("row", { name: "Margaret Hale" })).toContainText(`Ingrid: ${said}`, { timeout: 10_000 });
    await hale.goto("/chat");
    await atWork(hale);
    await expect(hale.locator(".convo", { hasText: said })).toContainText(`Ingrid: ${said}`);
    const more = words("With some water");
    await send(ingrid, "Margaret Hale", more);
    await expect(hale.locator(".convo", { hasText: more })).toContainText(`Ingrid: ${more}`);
  } finally {
    await server.remove();
  }
});
