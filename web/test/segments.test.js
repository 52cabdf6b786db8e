import assert from "node:assert/strict";
import test from "node:test";
import { setup } from "./harness.js";

const app = setup();
const asOf = "2011-12-09";

test("the list of segments", async () => {
  const page = await app.open("/segments");
  const row = page.getByRole("row", { name: /Lapsed/ });
  assert.match(await row.textContent(), /865/);
  await page.getByLabel("Find by name, owner or tag").fill("best");
  await page.getByRole("row", { name: /Best tenth/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /Lapsed/ }).count(), 0);
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
  await page.getByRole("button", { name: "Owner of Loyal: Marketing" }).click();
  await page.getByRole("combobox", { name: "Owner of Loyal" }).fill("Anna Ø");
  await page.getByRole("combobox", { name: "Owner of Loyal" }).press("Enter");
  await page.getByRole("button", { name: "Owner of Loyal: Anna Ø" }).waitFor();
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await page.getByText("1,071 members: 0 joined, 0 left").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the address keeps how the list is filtered and sorted", async () => {
  const page = await app.open("/segments");
  const names = () => page.getByRole("rowheader").getByRole("link").allTextContents();
  await page.getByRole("row", { name: /Best tenth/ }).waitFor();
  await page.getByRole("button", { name: "Name" }).click();
  await page.waitForURL(/sort=name/);
  const sorted = await names();
  assert.deepEqual(sorted, [...sorted].sort(new Intl.Collator("en", { numeric: true }).compare));
  await page.getByRole("combobox", { name: "Owner", exact: true }).click();
  await page.getByRole("option", { name: "no owner" }).click();
  await page.waitForURL(/owner=-/);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 4);
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 4);
  assert.ok((await names()).every((n) => n.startsWith("Buyers by RFM: ")));
  await page.goto(`${app.url}/segments?status=failed`);
  await page.getByText("No segment is like that").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("several segments are refreshed, given an owner, archived and taken back", async () => {
  const page = await app.open("/segments");
  const select = async (...names) => {
    for (const n of names) await page.getByRole("checkbox", { name: `Select ${n}`, exact: true }).check();
  };
  await select("New", "Nordic");
  await page.getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await page.getByText("2 segments are refreshed as of 9 Dec 2011").waitFor();
  await select("New", "Nordic");
  await page.getByRole("button", { name: "Assign an owner" }).click();
  await page.getByRole("combobox", { name: "Owner", exact: true }).last().fill("Bo");
  await page.keyboard.press("Enter");
  await page.getByText("Bo owns 2 segments now").waitFor();
  await page.getByRole("button", { name: "Owner of New: Bo" }).waitFor();

  await select("New", "Nordic");
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByText("2 segments are archived").waitFor();
  await page.getByRole("row", { name: /Nordic/ }).waitFor({ state: "hidden" });
  await page.getByText("14 segments;").waitFor();
  await page.getByText("Archived (2)").click();
  await page.waitForURL(/archived=yes/);
  await page.getByRole("row", { name: /Nordic/ }).waitFor();
  await page.getByRole("link", { name: "Nordic" }).click();
  await page.getByText(/^Archived on .+: it is not listed/).waitFor();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await page.getByText("Nordic is back").waitFor();
  await page.getByText(/^Archived on .+: it is not listed/).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await page.getByText("Nordic is archived").waitFor();
  await page.getByRole("alert").filter({ hasText: "Nordic is archived" }).getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(async () => !(await (await fetch("/api/v1/segments/Nordic")).json()).archived);
  await app.kreds("segment", "restore", "New");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an earlier definition is compared and restored", async () => {
  const first = JSON.parse(await app.kreds("segment", "show", "Gifts last year only", "--json"));
  await app.kreds("segment", "edit", "Gifts last year only", 'country = "Germany"', "--yes", "--note", "by mistake");
  await app.kreds("refresh", "--as-of", asOf);
  const page = await app.open(`/segments/Gifts last year only?asOf=${asOf}`);
  await page.getByRole("cell", { name: "by mistake" }).waitFor();
  await page.getByRole("button", { name: "Compare version 1 with the current one" }).click();
  const compared = page.getByRole("region", { name: "Compare version 1 with the current one" });
  await compared.getByText(first.expression).waitFor();
  // 155 bought last Christmas, 95 are German; the demo prints both.
  await compared
    .getByText(/^As of 9 Dec 2011, version 1 would make 95 members 155: \d+ would join, \d+ would leave\.$/)
    .waitFor();
  await compared.getByRole("button", { name: "Restore version 1" }).click();
  await page.getByText("Version 1 is the definition again").waitFor();
  await page.getByText("Gifts last year only: 155 of 4,372 customers").waitFor();
  await page.getByRole("cell", { name: "Version 1 restored" }).waitFor();
  const now = JSON.parse(await app.kreds("segment", "show", "Gifts last year only", "--json"));
  assert.equal(now.expression, first.expression);
  assert.equal(now.version, 3);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a segment says what it is worth, and what its figures are", async () => {
  const page = await app.open(`/segments/Best tenth?asOf=${asOf}`);
  const worth = await (await fetch(`${app.url}/api/v1/worth?period=quarter`)).json();
  const best = worth.segments.find((s) => s.segment === "Best tenth");
  const money = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 }).format(best.value);
  await page.getByText(/worth kr\s[\d.]+m in the last 90 days, \d+% of all/).waitFor();
  await page.getByRole("button", { name: `kr ${money}` }).click();
  await page.getByRole("dialog").getByText("430 members").waitFor();
  await page.getByRole("dialog").getByText("sum(amount) of purchase").waitFor();
  await page.keyboard.press("Escape");
  // Differences have the same digits, so that a column reads as one.
  const effects = await page.getByText(/^[+-]\d+\.\d+$/).allTextContents();
  assert.ok(effects.length > 0 && effects.every((e) => /\.\d\d$/.test(e)), effects.join(" "));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("keys go to the list and begin a segment", async () => {
  const page = await app.open("/");
  await page.getByRole("heading", { name: "Needs attention" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL(/\/segments$/);
  // The overview has rows of segments too.
  await page.getByLabel("Find by name, owner or tag").waitFor();
  await page.keyboard.press("n");
  await page.waitForURL(/\/builder/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
