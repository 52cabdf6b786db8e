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

  await page.getByText(/^4 rows of orders.csv imported in/).waitFor();
  await page.getByRole("heading", { name: "2 rows could not be imported" }).waitFor();
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

// Two months of sales, written as spreadsheets in Denmark write them: the decimal sign
// cannot be told from 1.250 alone, and 03-04 is the third of April.
const march = "kunde;dato;antal;stykpris\nK1;03-03-2025;2;1.250\nK2;05-03-2025;1;2.500\n";
const april = "kunde;dato;antal;stykpris\nK1;03-04-2025;3;1.000\n";

test("several files are read as the person says, with a computed field", async () => {
  const files = [join(app.dir, "marts.csv"), join(app.dir, "april.csv")];
  await writeFile(files[0], march);
  await writeFile(files[1], april);
  const page = await app.open("/data/import");
  await page.locator('input[type="file"]').setInputFiles(files);
  await page.getByText("marts.csv, april.csv have 4 columns. Is this how to read it?").waitFor();
  assert.equal(
    await page.getByRole("combobox", { name: "Separator" }).inputValue(),
    "semicolons (found)",
    "what was found comes first",
  );
  const choose = async (name, option) => {
    await page.getByRole("combobox", { name }).click();
    await page.getByRole("option", { name: option }).click();
  };
  // Another delimiter makes one column of each row; the right one brings all back.
  await choose("Separator", "commas");
  await page.getByRole("row", { name: /kunde;dato;antal;stykpris/ }).waitFor();
  await choose("Separator", /semicolons/);
  await page.getByRole("row", { name: /stykpris/ }).waitFor();
  await choose("Each row is", "something that a customer did");
  await choose("Decimal sign", "comma: 89,50");
  await choose("Order of dates", "day, month, year");

  await page.getByRole("button", { name: "Add a computed field" }).click();
  await page.getByRole("textbox", { name: "Name of the field" }).fill("amount");
  const formula = page.getByRole("textbox", { name: "Formula" });
  await formula.fill("antal * prisen");
  await formula.press("Enter");
  await page
    .getByText(/no column "prisen"/)
    .first()
    .waitFor();
  await formula.fill("antal * stykpris");
  await formula.press("Enter");
  await page
    .getByText(/no column "prisen"/)
    .first()
    .waitFor({ state: "detached" });
  await settled(page);
  await checkPage(page, "computed");
  await shot(page, "data-computed");
  await page.getByRole("button", { name: "Import marts.csv, april.csv" }).click();
  await page.getByText(/^3 rows of marts.csv, april.csv imported in/).waitFor();
  await page.context().close();
  // 2·1250 + 1·2500 + 3·1000: with a decimal point it would be 8.
  assert.match(await app.kreds("count", "sum(amount) of purchase = 5500"), /^1 of 2 /);
  const worth = await (await fetch(`${app.url}/api/v1/worth?period=year`)).json();
  assert.equal(worth.total, 8000);
  const imports = await (await fetch(`${app.url}/api/v1/imports`)).json();
  await app.kreds("imports", "undo", String(imports.imports[0].id));
});

test("an import that is cancelled midway leaves nothing", async () => {
  const file = join(app.dir, "many.csv");
  const line = (i) => `K${i % 50_000},2025-03-${String((i % 28) + 1).padStart(2, "0")},${i % 90}.50`;
  await writeFile(file, `customer,date,amount\n${Array.from({ length: 3_000_000 }, (_, i) => line(i)).join("\n")}\n`);
  const before = await (await fetch(`${app.url}/api/v1/imports`)).json();
  const page = await app.open("/data/import");
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Import many.csv" }).click({ timeout: 60_000 });
  await page.getByText(/rows read/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  // The plan is there again, with what was said.
  await page.getByText("many.csv has 3 columns. Is this how to read it?").waitFor({ timeout: 60_000 });
  const after = await (await fetch(`${app.url}/api/v1/imports`)).json();
  assert.equal(
    after.imports.filter((i) => i.state === "committed").length,
    before.imports.filter((i) => i.state === "committed").length,
  );
  const data = await (await fetch(`${app.url}/api/v1/data`)).json();
  assert.equal(data.persons, 0);
  assert.deepEqual(page.faults, []);
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
