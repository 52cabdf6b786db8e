import assert from "node:assert/strict";
import test from "node:test";
import { setup } from "./harness.js";

const app = setup();
const asOf = "2011-12-09";

test("the list of segments", async () => {
  const page = await app.open("/segments");
  const row = page.getByRole("row", { name: /^Lapsed/ });
  assert.match(await row.textContent(), /865/);
  await page.getByLabel("Find by name, owner or tag").fill("best");
  await page.getByRole("row", { name: /^Best tenth/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /^Lapsed/ }).count(), 0);
  assert.match(page.url(), /q=best/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the list in every view", () => app.lookAt("segments", "/segments", (p) => p.getByRole("table").waitFor()));

test("a segment in every view", () =>
  app.lookAt("segment", `/segments/Win back?asOf=${asOf}`, async (p) => {
    await p.waitForSelector('[data-chart="drawn"]');
    await p.getByRole("table").nth(2).waitFor();
  }));

test("a segment says its size, and is refreshed", async () => {
  const page = await app.open(`/segments/Loyal?asOf=${asOf}`);
  await page.getByText("Loyal: 1,071 of 4,372 customers, 24.5%, as of 9 Dec 2011").waitFor();
  await page.getByRole("button", { name: "Owner: Marketing" }).click();
  await page.getByRole("textbox", { name: "Owner" }).fill("Anna Ø");
  await page.getByRole("textbox", { name: "Owner" }).press("Enter");
  await page.getByRole("button", { name: "Owner: Anna Ø" }).waitFor();
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await page.getByText("1,071 members: 0 joined, 0 left").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
