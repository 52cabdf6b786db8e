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
  await page
    .getByText(/customers become members as of 9 Sept 2011; .* are left out\. Nobody will own them yet\./)
    .waitFor();
  await page.getByLabel("Name of segment 1").fill("loyal");
  await page.getByText("There is a segment of this name").waitFor();
  assert.ok(await page.getByRole("button", { name: /^Create \d segments$/ }).isDisabled());
  await page.getByLabel("Owner").fill("Ida");
  await page.getByText(/Ida will own them/).waitFor();
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

test("features are seen before, changed and left out", async () => {
  const page = await app.open("/discover");
  await page.getByText(/^4,372 customers by 3 features/).waitFor();
  await page.getByRole("img", { name: "Distribution of recency", exact: true }).waitFor();
  const used = page.getByRole("img", { name: "Distribution of frequency as it would be used" });
  await used.waitFor();
  assert.ok((await page.getByText(/^skewed \(/).count()) >= 2);
  await page.getByRole("combobox", { name: "How frequency is used" }).click();
  await page.getByRole("option", { name: "as it is", exact: true }).click();
  await used.waitFor({ state: "hidden" });
  await page.getByLabel("monetary", { exact: true }).uncheck();
  await page.getByText(/^4,372 customers by 2 features/).waitFor();
  await page.getByLabel("Name").fill("Two features");
  await page.getByRole("combobox", { name: "Method" }).click();
  await page.getByRole("option", { name: /^k-means / }).click();
  await page
    .getByText(/^Round groups about equally wide/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Look for segments" }).click();
  await page.getByRole("heading", { name: "Discovery: Two features" }).waitFor({ timeout: 60_000 });
  const found = JSON.parse(await app.kreds("discover", "show", "Two features", "--json"));
  assert.deepEqual(found.features, ["recency", "frequency"]);
  assert.ok(!found.preparation[1].log, "frequency is used as it is");
  await page.context().close();
});

test("a search goes on while one is elsewhere, and can be cancelled", async () => {
  const page = await app.open("/discover");
  await page.getByLabel("Name").fill("Given up");
  await page.getByRole("combobox", { name: "Method" }).click();
  await page.getByRole("option", { name: /^Mixture/ }).click();
  await page.getByRole("textbox", { name: "to segments" }).fill("30");
  await page.getByRole("button", { name: "Look for segments" }).click();
  await page.getByText("It goes on when you leave this page").waitFor();
  await page.getByRole("link", { name: "Segments", exact: true }).click();
  await page.getByRole("link", { name: "Discover", exact: true }).click();
  await page.getByText("Looking for segments: Given up").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Looking for segments: Given up").waitFor({ state: "hidden" });
  assert.ok(!(await app.kreds("discover", "list")).includes("Given up"));
  await page.context().close();
});

test("every picture has a table, and says what is behind it", async () => {
  const page = await app.open(`/discover/${stored}?view=plot`);
  const asTable = page.getByRole("button", { name: /^Show as a table: / });
  await page.getByText("Gorge plot").waitFor();
  const pictures = await asTable.count();
  assert.ok(pictures >= 6, `${pictures} pictures`);
  assert.equal(await page.getByRole("button", { name: /^What is behind: / }).count(), pictures);
  for (let i = 0; i < pictures; i++) await asTable.first().click();
  assert.ok((await page.getByRole("columnheader", { name: "Lower quartile" }).count()) >= 1);
  for (const table of await page.getByRole("table").all()) assert.ok((await table.getByRole("row").count()) > 1);
  await page.getByRole("button", { name: /^What is behind: Across/ }).click();
  await page.getByText(/SLSA/).first().waitFor();
  await page.context().close();
});

test("two numbers of segments are compared", async () => {
  const page = await app.open(`/discover/${stored}?k=3`);
  await page.getByRole("combobox", { name: "Discovery", exact: true }).click();
  await page.getByRole("option", { name: "Buyers by RFM (this one, another number)" }).click();
  await page.getByRole("textbox", { name: "Number of segments" }).fill("3");
  await page.getByText(/find nearly the same segments \(adjusted Rand index 1\)/).waitFor();
  await page.waitForURL(/withK=3/);
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
