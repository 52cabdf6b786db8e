import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const app = setup();

test("three segments are proved by the command line", async () => {
  await app.kreds("prove", "Loyal", "New", "Lapsed", "--name", "Three", "--horizon", "90 days", "--from", "2011-03-09");
});

test("the segments of a discovery are proved, and again", async () => {
  await app.kreds("prove", "--discovery", "Buyers by RFM", "--name", "Found", "--horizon", "60 days");
  const page = await app.open("/prove/Found");
  await page.getByRole("button", { name: "Run again" }).click();
  await page.waitForURL(/\/prove\?job=/);
  await page.waitForURL(/\/prove\/Found$/, { timeout: 60_000 });
  const found = JSON.parse(await app.kreds("prove", "show", "Found", "--json"));
  assert.equal(found.discovery, "Buyers by RFM");
  assert.equal(found.k, 4);
  await page.context().close();
});

test("a segment is proved", async () => {
  const page = await app.open("/prove?segment=Best%20tenth");
  await page.getByText(/proofs? (is|are) kept/).waitFor();
  await page.getByRole("button", { name: "Prove", exact: true }).click();
  await page.getByRole("heading", { name: "Proof: Best tenth" }).waitFor({ timeout: 60_000 });
  await page.getByText(/Best tenth differs clearly from the others/).waitFor();
  await page.getByText(/^Best tenth holds: .* for members and .* for others in the 90.days after/).waitFor();
  await page.getByLabel("Why", { exact: true }).fill("They answer the phone");
  await page.getByLabel("By", { exact: true }).fill("Bo");
  await page.getByRole("button", { name: "Add the verdict" }).click();
  await page.getByText("They answer the phone").waitFor();
  await settled(page);
  await shot(page, "proof-one");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("segments together, one after the other", async () => {
  const page = await app.open("/prove/Three");
  await page.getByText(/Together they explain/).waitFor();
  await page.getByRole("radiogroup", { name: "Segment" }).getByText("Lapsed").click();
  await page.waitForURL(/segment=Lapsed/);
  await page.getByText(/Lapsed differs clearly from the others/).waitFor();
  await page.context().close();
});

test("members stand against the others with figures of the same digits", async () => {
  const page = await app.open("/prove/Three?segment=Loyal");
  const table = page.getByRole("region", { name: "Members against the others", exact: true }).getByRole("table");
  await table.waitFor();
  const rows = await table.getByRole("row").allInnerTexts();
  assert.deepEqual(
    rows.slice(1).map((r) => r.split("\t")[0]),
    ["Members", "Others", "Difference", "Lift (times)"],
  );
  for (const row of rows.slice(1, 4)) assert.doesNotMatch(row, /\.\d/, row); // they are in the thousands
  await page.getByText(/^Effect \d\.\d\d: (small|medium|large)$/).click();
  await page.getByText(/Cohen’s d/).waitFor();
  await page.context().close();
});

test("other requirements are proved again, and so is what has changed", async () => {
  const page = await app.open("/prove/Three?segment=Loyal");
  await page.getByRole("button", { name: "Change the requirements" }).click();
  await page.getByRole("textbox", { name: "Substantial" }).fill("50000");
  await page.getByRole("button", { name: "Run again with these" }).click();
  await page.getByText("required: 50,000", { exact: false }).waitFor({ timeout: 60_000 });
  assert.equal(JSON.parse(await app.kreds("prove", "show", "Three", "--json")).thresholds.members, 50_000);
  assert.equal(await page.getByText(/^Something has changed since/).count(), 0);
  const file = join(app.dir, "shoes.csv");
  await writeFile(file, "key,shoe\n12346,42\n");
  await app.kreds("import", file, "--as", "customers", "--id", "key");
  await page.reload();
  await page.getByText(/^Something has changed since/).waitFor();
  await settled(page);
  await checkPage(page, "an outdated proof");
  await page.getByRole("button", { name: "Run again", exact: true }).click();
  await page.getByRole("heading", { name: "Proof: Three" }).waitFor({ timeout: 60_000 });
  await page.getByText(/^Something has changed since/).waitFor({ state: "hidden" });
  await page.context().close();
});

test("an outcome that there is not says why", async () => {
  const page = await app.open("/prove?segment=Loyal");
  await page.getByLabel("Outcome").fill("sum(amont) of purchase");
  await page.getByRole("button", { name: "Prove", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await page.context().close();
});

test("prove in every view", () => app.lookAt("prove", "/prove", (p) => p.getByRole("table").waitFor()));
test("a proof in every view", () =>
  app.lookAt("proof", "/prove/Three", async (p) => {
    await p.waitForFunction(() => document.querySelectorAll('[data-chart="drawn"]').length >= 3);
  }));
