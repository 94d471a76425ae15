/** A tab that stays open when its person signs out in another: the device stays wiped, and nothing typed is called safe. */
import { describe, expect, test } from "vitest";

import { wipeDevice } from "../../src/sync/sign-out";
import type { Environment } from "../../src/sync/environment";
import { Device, World, textOf, type } from "./rig";
import { SECTION } from "./rig";

async function twoTabs(change: Partial<Environment> = {}) {
  const world = new World();
  const leaving = world.tab("ann");
  leaving.open();
  const staying = world.tab("ann", leaving.device, change);
  const session = staying.open();
  await world.pass();
  return { world, leaving, staying, session, device: leaving.device };
}

async function signOut({ page, device }: { page: { close(): Promise<void> }; device: Device }): Promise<void> {
  await page.close();
  await wipeDevice({ indexedDB: device.indexedDB, channel: device.channel }, "ann");
}

describe("a tab left open after its person signed out in another", () => {
  test.each([
    ["hears of it", {}],
    ["cannot hear, but finds its database gone", { channel: () => null }],
  ])("%s, stops, and does not make the database again by typing", async (_how, change) => {
    const { world, leaving, staying, session, device } = await twoTabs(change);
    await signOut(leaving);
    await world.pass();
    expect(staying.page.touch).toBe("signed-out");
    expect(staying.socket?.readyState).toBe(3);
    type(session, "typed after");
    await world.pass(20_000);
    expect(await device.indexedDB.databases()).toEqual([]);
    expect(session.state.save.kind).toBe("unsafe");
    expect(staying.warnsBeforeLeaving).toBe(true);
    expect(textOf(world.server.section(SECTION).doc)).toBe("");
  });

  test("calls unsafe what it had kept on the device before", async () => {
    const { world, leaving, staying, session } = await twoTabs();
    staying.offline = true;
    type(session, "was on disk");
    await world.pass(4_000);
    expect(session.state.save.kind).toBe("device");
    await signOut(leaving);
    await world.pass();
    expect(session.state.save.kind).toBe("unsafe");
  });

  test("calls unsafe what lay in the drawer and is not with the server", async () => {
    const { world, leaving, staying, session } = await twoTabs();
    await staying.page.keep({ section: SECTION, code: "size", text: "too much" });
    expect(session.state.save.kind).toBe("refused");
    await signOut(leaving);
    await world.pass(6_000);
    expect(session.state.save.kind).toBe("unsafe");
    expect(await staying.page.unsent()).toBe(1);
  });

  test("loses nothing when the same person signs in again in it", async () => {
    const { world, leaving, staying, session } = await twoTabs();
    await signOut(leaving);
    await world.pass();
    type(session, "typed after");
    await staying.page.keep({ section: SECTION, code: "size", text: "too much" });
    await world.pass(10);
    staying.page.reconnect();
    await world.pass(6_000);
    expect(textOf(world.server.section(SECTION).doc)).toBe("typed after");
    expect(staying.warnsBeforeLeaving).toBe(false);
    staying.crash();
    const again = world.tab("ann", leaving.device);
    again.open();
    await world.pass();
    expect((await again.drawer()).map((item) => item.code)).toEqual(["size"]);
  });
});
