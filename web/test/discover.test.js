import assert from "node:assert/strict";
import test from "node:test";
import { settled, setup, shot } from "./harness.js";

const app = setup();
const stored = encodeURIComponent("Buyers by RFM");

test("segments are looked for, found, and made", async () => {
  const page = await app.open("/discover");
  await page.getByText("One discovery is kept").waitFor();
  await page.getByLabel("Name").fill("Autumn");
  await page.getByLabel("As of the end of").fill("2011-09-09");
  await page.getByRole("textbox", { name: "to segments" }).fill("4");
  await page.getByRole("button", { name: "Look for segments" }).click();
  await page.getByRole("heading", { name: "Discovery: Autumn" }).waitFor({ timeout: 60_000 });
  await page.getByText(/segments among .* customers as of 9 Sept 2011/).waitFor();
  await settled(page);
  await shot(page, "discovery-found");
  await page.getByRole("button", { name: "Create segments" }).click();
  await page.getByLabel("Name of segment 1").fill("Autumn best");
  await shot(page, "discovery-accept");
  await page.getByRole("button", { name: /^Create \d segments$/ }).click();
  await page
    .getByRole("link", { name: "Autumn best" })
    .or(page.getByText(/segments are created/))
    .first()
    .waitFor();
  const segments = JSON.parse(await app.kreds("segment", "list", "--json")).segments.map((s) => s.name);
  assert.ok(segments.includes("Autumn best"), segments.join(", "));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what cannot be looked for says why", async () => {
  const page = await app.open("/discover");
  await page.getByLabel("Name").fill("Bad");
  await page.getByLabel("Whom to divide").fill("contry =");
  await page.getByRole("button", { name: "Look for segments" }).click();
  await page.getByRole("alert").waitFor();
  await page.context().close();
});

test("another number of segments is another picture", async () => {
  const page = await app.open(`/discover/${stored}`);
  await page.getByText("reproducible", { exact: true }).first().waitFor();
  await page.getByRole("radiogroup", { name: "Number of segments" }).getByText("3", { exact: true }).click();
  await page.waitForURL(/k=3/);
  await page.getByText(/^3 segments among/).waitFor();
  await page.context().close();
});

test("discover in every view", () => app.lookAt("discover", "/discover", (p) => p.getByRole("table").waitFor()));
test("a discovery in every view", () =>
  app.lookAt("discovery", `/discover/${stored}`, async (p) => {
    await p.waitForFunction(() => document.querySelectorAll('[data-chart="drawn"]').length >= 3);
  }));
