import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
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
  await page.getByText("orders.csv has 6 rows and 6 columns. Is this how to read it?").waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Each row is" }).inputValue(), "something a customer did");
  assert.equal(await page.getByRole("combobox", { name: "Key" }).inputValue(), "customer");
  assert.equal(await page.getByRole("combobox", { name: "Time" }).inputValue(), "ordered_at");
  assert.equal(await page.getByRole("combobox", { name: "Occasion" }).inputValue(), "order_no");
  // The first rows are shown as they will be stored, with what the file says, and so are those that cannot be taken.
  const first = page.getByRole("region", { name: "The first rows, as they will be read" }).first();
  await first.getByText("Of all 6 rows, 4 can be imported and 2 cannot.").waitFor();
  const line2 = first.getByRole("row", { name: /1001/ });
  assert.match(await line2.textContent(), /1 Mar 2025, 10:152025-03-01 10:15.*89\.589,50/);
  const refused = first.getByRole("region", { name: "Rows that cannot be imported" });
  assert.equal(await refused.getByRole("row").nth(1).textContent(), "5customerthe key is missing");
  assert.equal(await refused.getByRole("row").nth(2).textContent(), "6ordered_atsoonnot a date like 2025-03-01");
  await checkPage(page, "plan");
  await shot(page, "data-plan", true);

  // Corrections: another name, a column left out.
  await page.getByRole("textbox", { name: "Name of the column price" }).fill("unit_price");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "Take the column quantity" }).uncheck();
  await page
    .getByRole("row", { name: /quantity/ })
    .getByText("left out")
    .waitFor();
  await first.getByRole("columnheader", { name: "unit_price" }).waitFor();
  assert.equal(await first.getByRole("columnheader", { name: "quantity" }).count(), 0);
  await page.getByRole("button", { name: "Import 4 events, leave out 2 rows" }).click();

  await page.getByText(/^4 rows of orders.csv imported in/).waitFor();
  await page.getByRole("heading", { name: "2 rows could not be imported" }).waitFor();
  await checkPage(page, "done");
  await shot(page, "data-done");
  const [rejects] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the rejected rows" }).click(),
  ]);
  assert.equal(rejects.suggestedFilename(), "import-1-rejects.csv");
  assert.equal(
    await readFile(await rejects.path(), "utf8"),
    "line,column,value,reason\n5,customer,,the key is missing\n6,ordered_at,soon,not a date like 2025-03-01\n",
  );

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

/** chooser chooses an option of a field of the page. */
const chooser = (page) => async (name, option) => {
  await page.getByRole("combobox", { name, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
};

test("several files are read as the person says, with a computed field", async () => {
  const files = [join(app.dir, "marts.csv"), join(app.dir, "april.csv")];
  await writeFile(files[0], march);
  await writeFile(files[1], april);
  const page = await app.open("/data/import");
  await page.locator('input[type="file"]').setInputFiles(files);
  await page.getByText("marts.csv, april.csv have 3 rows and 4 columns. Is this how to read it?").waitFor();
  assert.equal(
    await page.getByRole("combobox", { name: "Separator" }).inputValue(),
    "semicolons (found)",
    "what was found comes first",
  );
  const choose = chooser(page);
  // Another delimiter makes one column of each row; the right one brings all back.
  await choose("Separator", "commas");
  await page.getByRole("row", { name: /column kunde;dato;antal;stykpris/ }).waitFor();
  await choose("Separator", /semicolons/);
  await page.getByRole("row", { name: /column stykpris/ }).waitFor();
  await choose("Each row is", "something a customer did");
  await choose("Decimal sign", "comma: 89,50");
  await choose("Order of dates", "day, month, year");

  await page.getByRole("button", { name: "Add a computed field" }).click();
  await page.getByRole("textbox", { name: "Name of the field" }).fill("amount");
  const formula = page.getByRole("textbox", { name: "Formula" });
  await formula.fill("antal * prisen");
  await formula.press("Enter");
  await page
    .getByText(/^There is no column "prisen"/)
    .first()
    .waitFor();
  // What is wrong stands at the field, and the button says so.
  assert.equal(await formula.getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("button", { name: "Import", exact: true }).isDisabled());
  await page.getByText(/^Correct first: There is no column "prisen"/).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await shot(page, "data-wrong", true);
  await formula.fill("antal * stykpris");
  await formula.press("Enter");
  await page
    .getByText(/no column "prisen"/)
    .first()
    .waitFor({ state: "detached" });
  await settled(page);
  await checkPage(page, "computed");
  await shot(page, "data-computed");
  await page.getByRole("button", { name: "Import 3 events" }).click();
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
  await page.getByText(/^The first [\d,]+ rows \(of about [\d.]+m\) can be imported\.$/).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: /^Import about [\d.]+m events$/ }).click();
  await page.getByText(/rows read/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  // The plan is there again, with what was said.
  await page
    .getByText(/^many\.csv has about [\d.]+m rows and 3 columns\. Is this how to read it\?$/)
    .waitFor({ timeout: 60_000 });
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

// Latin-1, decimal comma, and a sum that only looks like a number.
const kunder = Buffer.from(
  "Kundenr;By;Oprettet;Beløb\nK1;Ærøskøbing;31-12-2024;1.250,50\nK2;Nørre Åby;01-02-2025;89,5\nK3;Tønder;03-04-2025;\n",
  "latin1",
);

test("a Danish file in Latin-1 is read as it is written, and can be read otherwise", async () => {
  const file = join(app.dir, "kunder.csv");
  await writeFile(file, kunder);
  const page = await app.open("/data/import", { language: "da" });
  const choose = chooser(page);
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByText("kunder.csv har 3 rækker og 4 kolonner.").waitFor();
  const value = (name) => page.getByRole("combobox", { name, exact: true }).inputValue();
  assert.equal(await value("Tegnsæt"), "Windows-1252 (fundet)");
  assert.equal(await value("Decimaltegn"), "komma: 89,50 (fundet)");
  assert.equal(await value("Rækkefølge i datoer"), "dag, måned, år (fundet)");
  await page.getByText('Kolonnen "Beløb": "1.250,50" kan kun have decimalkomma').waitFor();
  await page.getByText('Kolonnen "Oprettet": i "31-12-2024" kan kun dagen stå først').waitFor();
  const first = page.getByRole("region", { name: "De første rækker, som de bliver læst" }).first();
  assert.match(
    await first.getByRole("row", { name: /K1/ }).textContent(),
    /K1Ærøskøbing31\. dec\. 202431-12-20241\.250,51\.250,50/,
  );
  await checkPage(page, "latin-1");
  await shot(page, "data-latin1-da", true);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth);
  await checkPage(page, "latin-1 390");
  await shot(page, "data-latin1-da-390", true);

  // As UTF-8 the letters are none: at once the rows cannot be taken.
  await choose("Tegnsæt", "UTF-8");
  await first.getByText("ikke gyldig UTF-8").first().waitFor();
  await first.getByText("Af alle 3 rækker kan 0 importeres og 3 ikke.").waitFor();
  await page.getByText("Ingen rækker kan importeres, som filen læses nu.").waitFor();
  await shot(page, "data-utf8-da-390", true);
  await choose("Tegnsæt", /Windows-1252 \(Latin-1\)/);
  await first.getByText("Ærøskøbing").waitFor();
  await page.getByRole("button", { name: "Importér 3 kunder" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("dates that could be read both ways are said to be a guess, and corrected", async () => {
  const file = join(app.dir, "members.csv");
  await writeFile(file, "member_id,joined,city\n1,03/04/2025,York\n2,05/06/2025,Bath\n2,07/08/2025,Leeds\n");
  const page = await app.open("/data/import");
  const choose = chooser(page);
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByText("members.csv has 3 rows and 3 columns.").waitFor();
  await page
    .getByText(/^Column "joined": in "03\/04\/2025" the day may come first, or the month\. This is a guess/)
    .waitFor();
  const first = page.getByRole("region", { name: "The first rows, as they will be read" }).first();
  await first.getByText("3 Apr 2025").waitFor();
  await shot(page, "data-both-ways", true);
  await choose("Order of dates", "month, day, year");
  await first.getByText("4 Mar 2025").waitFor();
  assert.equal(await page.getByText(/is a guess/).count(), 0);
  // Two rows are of one customer.
  await page.getByRole("button", { name: "Import 2 customers from 3 rows" }).waitFor();

  // A column becomes something else: when the customer joined.
  await choose("Use of the column joined", "customer since");
  await first.getByRole("columnheader", { name: "joined (first seen)" }).waitFor();
  await choose("Use of the column city", "latitude");
  await page
    .getByText(/^The place "location" needs two columns/)
    .first()
    .waitFor();
  await choose("Use of the column city", "trait");
  await first.getByRole("columnheader", { name: "city" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an empty file is refused, and says so", async () => {
  const file = join(app.dir, "empty.csv");
  await writeFile(file, "");
  const page = await app.open("/data/import");
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("alert").getByText("Empty.csv is empty").waitFor();
  await page.getByText("Drop a file here").waitFor();
  await page.context().close();
});

test("prospects and companies are imported as such, and what is stored does not lock the form", async () => {
  const file = join(app.dir, "emner.csv");
  await writeFile(file, "e-mail,branche\nann@example.com,Bager\nbo@example.com,Slagter\n,Smed\n");
  const page = await app.open("/data/import");
  const choose = chooser(page);
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByText("emner.csv has 3 rows and 2 columns.").waitFor();
  assert.equal(
    await page.getByRole("combobox", { name: "Each row is" }).inputValue(),
    "a prospect: not a customer yet",
    "the name of the file tells",
  );
  await choose("Key", "e-mail");
  await page.getByRole("button", { name: "Import 2 prospects, leave out 1 row" }).click();
  await page.getByText(/^2 rows of emner.csv imported in/).waitFor();
  await page.getByRole("button", { name: "Import another file" }).click();

  // Another type than the one that is stored: the column says so, and has another name then.
  const other = join(app.dir, "leads.csv");
  await writeFile(other, "e-mail,branche\ncis@example.com,47.1\ndan@example.com,47.2\n");
  await app.kreds("import", other, "--as", "companies", "--id", "e-mail", "--type", "branche=number");
  await writeFile(other, "e-mail,branche\ncis@example.com,Bager\n");
  await page.locator('input[type="file"]').setInputFiles(other);
  await choose("Each row is", "a company that is a customer");
  await choose("Key", "e-mail");
  const wrong = page.getByText(
    /^Column "branche" holds values of type text, but the trait "branche" is stored with type number/,
  );
  await wrong.first().waitFor();
  assert.equal(
    await page.getByRole("combobox", { name: "Type of the column branche" }).getAttribute("aria-invalid"),
    "true",
  );
  await shot(page, "data-conflict", true);
  await page.getByRole("textbox", { name: "Name of the column branche" }).fill("trade");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Import 1 company" }).waitFor();
  await choose("Each row is", "something a company did");
  await page
    .getByText(/^An event happens at some time/)
    .first()
    .waitFor();
  await page.context().close();
  for (const i of (await (await fetch(`${app.url}/api/v1/imports`)).json()).imports)
    if (i.state === "committed") await app.kreds("imports", "undo", String(i.id));
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
