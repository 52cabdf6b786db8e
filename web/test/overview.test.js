import assert from "node:assert/strict";
import test from "node:test";
import { setup } from "./harness.js";

const app = setup();

test("the overview answers with the demo's numbers", async () => {
  const page = await app.open("/");
  // The numbers are those that `kreds demo` prints.
  await page.getByText(/^4,372 customers, \d+ segments/).waitFor();
  const row = page.getByRole("row", { name: /^Best tenth/ });
  assert.match(await row.textContent(), /430/);
  await page.context().close();
});

test("the overview in every view", () => app.lookAt("overview", "/", '[data-chart="drawn"]'));

test("numbers and dates are Danish in Danish", async () => {
  const page = await app.open("/", { language: "da" });
  await page.getByText(/^4\.372 kunder, \d+ segmenter/).waitFor();
  await page.getByRole("cell", { name: "9. dec. 2011" }).first().waitFor();
  await page.context().close();
});

test("a chart is also a table, a picture and a file", async () => {
  const page = await app.open("/");
  await page.waitForSelector('[data-chart="drawn"]');
  const save = async (name) => {
    await page.getByRole("button", { name: "Save this chart: Segments by size" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name }).click()]);
    const chunks = [];
    for await (const c of await file.createReadStream()) chunks.push(c);
    return Buffer.concat(chunks);
  };
  const png = await save("Save as PNG");
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  const csv = (await save("Save as CSV")).toString();
  assert.match(csv, /^\ufeffSegment,Members,Share\r\nBuyers,4339,0\.99/);
  await page.getByRole("button", { name: "Show as a table: Segments by size" }).click();
  await page
    .getByRole("region", { name: "Segments by size" })
    .getByRole("row", { name: /^Buyers 4,339/ })
    .waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("value stands on the overview, by period and segment, and can be chosen", async () => {
  const page = await app.open("/");
  // Summed from the file with a few lines of Python: quantity times price of lines with a
  // customer, from 11 September to 9 December 2011, and in the 90 days before.
  const value = page.getByRole("region", { name: "Value" });
  await value.getByText("kr 3,167,572").waitFor();
  await value.getByText("+78.2% against the period before (kr 1,777,054)").waitFor();
  await value.getByText("2,918 customers bought").waitFor();
  await page.getByText("Value", { exact: true }).last().click();
  await page.waitForURL(/by=value/);
  await page.getByRole("button", { name: "Show as a table: Segments by value" }).waitFor();
  await value.getByText("30 days").click();
  await page.waitForURL(/period=month/);
  await page.getByText("in the 30 days to 9 Dec 2011").waitFor();
  await page.reload();
  await page.getByText("in the 30 days to 9 Dec 2011").waitFor();
  assert.deepEqual(page.faults, []);

  await value.getByRole("link", { name: "Change" }).click();
  const choice = page.getByRole("combobox", { name: "What counts as value" });
  await choice.fill("sum(quantity) of purchase where (country");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  await choice.fill('sum(amount) of purchase where (country = "Denmark")');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The settings are saved").waitFor();
  await page.goto(`${app.url}/`);
  await page.getByText('sum(amount) of purchase where (country = "Denmark")').waitFor();
  await app.kreds("settings", "--value", "auto");
  await page.context().close();
});
