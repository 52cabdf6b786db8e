import assert from "node:assert/strict";
import test from "node:test";
import { setup } from "./harness.js";

const app = setup();

test("settings show what they do, and what proofs require is one of them", async () => {
  const page = await app.open("/settings");
  const small = page.getByRole("textbox", { name: "Small-cell size" });
  await page.getByText(/With 5, a row of 4 customers is left out and one of 5 is shown/).waitFor();
  await small.fill("2");
  await page.getByText(/With 2, a row of 1 customer is left out/).waitFor();
  await page.getByRole("textbox", { name: "Currency" }).fill("EUR");
  await page.getByText(/Amounts look like this: €12,345/).waitFor();
  await page.getByRole("textbox", { name: /^Stable:/ }).fill("60");
  await page.getByRole("textbox", { name: /^Substantial:/ }).fill("500");
  await page.getByRole("button", { name: "Save the settings" }).click();
  await page.getByText("The settings are saved").waitFor();
  const now = JSON.parse(await app.kreds("settings", "--json"));
  assert.deepEqual(now.thresholds, { members: 500, stable: 0.6 });
  assert.equal(now.small_cell, 2);
  assert.equal(now.currency, "EUR");
  // An empty field has the usual requirement again.
  await page.getByRole("textbox", { name: /^Stable:/ }).fill("");
  await Promise.all([
    page.waitForResponse((r) => r.url().endsWith("/api/v1/settings") && r.request().method() === "PUT"),
    page.getByRole("button", { name: "Save the settings" }).click(),
  ]);
  assert.deepEqual(JSON.parse(await app.kreds("settings", "--json")).thresholds, { members: 500 });
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("settings in every view", () => app.lookAt("settings", "/settings", "form"));
