import assert from "node:assert/strict";
import test from "node:test";
import { settled, setup, shot } from "./harness.js";

const app = setup();

test("three segments are proved by the command line", async () => {
  await app.kreds("prove", "Loyal", "New", "Lapsed", "--name", "Three", "--horizon", "90 days", "--from", "2011-03-09");
});

test("a segment is proved", async () => {
  const page = await app.open("/prove?segment=Best%20tenth");
  await page.getByText(/proofs? (is|are) kept/).waitFor();
  await page.getByRole("button", { name: "Prove", exact: true }).click();
  await page.getByRole("heading", { name: "Proof: Best tenth" }).waitFor({ timeout: 60_000 });
  await page.getByText(/Best tenth differs clearly from the others/).waitFor();
  await page.getByLabel("Why").fill("They answer the phone");
  await page.getByLabel("By").fill("Bo");
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
