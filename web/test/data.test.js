import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const app = setup({ demo: false });

// Six lines: one has no customer, one no time that can be read.
const orders = `order_no;customer;ordered_at;product;quantity;price
1001;C1;2025-03-01 10:15;wine;2;89,50
1002;C2;2025-03-04 11:00;cheese;1;45,00
1002;C2;2025-03-04 11:00;bread;2;28,00
1003;;2025-03-05 09:30;wine;1;89,50
1004;C3;soon;wine;1;89,50
1005;C1;2025-04-09 17:45;olives;3;32,25
`;

test("without data the page offers a beginning", async () => {
  await app.lookAt("data-empty", "/data", "text=/demo ?data/i");
  await app.lookAt("data-import", "/data/import", "text=/Drop a file|Slip en fil/");
});

test("a file becomes an import: read, corrected, imported, its rejects fetched", async () => {
  const file = join(app.dir, "orders.csv");
  await writeFile(file, orders);
  const page = await app.open("/data");
  await page.getByRole("heading", { name: "Data" }).waitFor();
  await page.keyboard.press("n");
  await page.locator('input[type="file"]').setInputFiles(file);

  // It is seen to be orders, with key, time and occasion.
  await page.getByText("orders.csv has 6 columns. Is this how to read it?").waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Each row is" }).inputValue(), "something that a customer did");
  assert.equal(await page.getByRole("combobox", { name: "Key" }).inputValue(), "customer");
  assert.equal(await page.getByRole("combobox", { name: "Time" }).inputValue(), "ordered_at");
  assert.equal(await page.getByRole("combobox", { name: "Occasion" }).inputValue(), "order_no");
  await checkPage(page, "plan");
  await shot(page, "data-plan");

  // Corrections: another name, a column left out.
  await page.getByRole("textbox", { name: "Name of the column price" }).fill("unit_price");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "Take the column quantity" }).uncheck();
  await page
    .getByRole("row", { name: /quantity/ })
    .getByText("left out")
    .waitFor();
  const go = page.getByRole("button", { name: "Import orders.csv" });
  await go.click();

  await page.getByText(/^4 rows of orders.csv are in/).waitFor();
  await page.getByRole("heading", { name: "2 rows could not be taken" }).waitFor();
  await checkPage(page, "done");
  await shot(page, "data-done");
  const [rejects] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the rejected rows" }).click(),
  ]);
  assert.equal(rejects.suggestedFilename(), "import-1-rejects.csv");

  await page.getByRole("link", { name: "See the data" }).click();
  await page.getByRole("row", { name: /unit_price/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /quantity/ }).count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the ledger undoes an import, once asked", async () => {
  const page = await app.open("/data?tab=imports");
  await page.getByRole("button", { name: "Undo import 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Undo the import of orders.csv?" });
  await dialog.waitFor();
  await checkPage(page, "undo");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Undo import 1" }).click();
  await dialog.getByRole("button", { name: "Undo and remove 4 rows" }).click();
  await page.getByText("The import of orders.csv is undone.").waitFor();
  await page
    .getByRole("row", { name: /orders.csv/ })
    .getByText("undone")
    .waitFor();
  await page.getByRole("tab", { name: "Traits and events" }).click();
  await page.getByText("Nothing is imported yet").first().waitFor();
  await page.context().close();
});

test("a file that is none is refused with a reason, and another can be chosen", async () => {
  const file = join(app.dir, "picture.csv");
  await writeFile(file, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]));
  const page = await app.open("/data/import");
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("alert").waitFor();
  await checkPage(page, "refused");
  await shot(page, "data-refused");
  await page.context().close();
});

// Last, as it fills the workspace.
test("the demo data comes with one click", async () => {
  const page = await app.open("/data", { language: "da" });
  await page.getByRole("button", { name: "Åbn demodata" }).click();
  await page.getByText("4.372 kunder med én egenskab og 406.829 hændelser").waitFor({ timeout: 60_000 });
  await settled(page);
  await page.context().close();
  await app.lookAt("data", "/data", "svg[role=img]");
  await app.lookAt("data-imports", "/data?tab=imports", "text=online_retail.csv.gz");
});
