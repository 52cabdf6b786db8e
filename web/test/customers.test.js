import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, setup, shot } from "./harness.js";

const app = setup();

test("a customer is found by key and by text", async () => {
  const page = await app.open("/customers");
  await page.getByText("4,372 customers").waitFor();
  await page.getByLabel("Find customers").fill("1234");
  await page.getByRole("link", { name: "12346" }).waitFor();
  await page.getByLabel("Find customers").fill("iceland");
  await page.getByRole("link", { name: "12347" }).click();
  await page.getByText("12347 is in").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("why a customer is in one segment and just not in another", async () => {
  const page = await app.open("/customers/12346?asOf=2011-12-09");
  await page.getByRole("button", { name: /^Show all/ }).click();
  await page.getByRole("button", { name: /Win back/ }).click();
  await page.getByText("Not in Win back, because:").waitFor();
  await page.getByText("1000 short").waitFor();
  await page.getByRole("button", { name: /Lapsed/ }).click();
  await page.getByText("In Lapsed, because:").waitFor();
  await page.getByLabel("An expression to test on this customer").fill("did purchase at least 3 times");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("It does not hold, because:").waitFor();
  await shot(page, "customer-why");
  await checkPage(page, "customer");
  await page.context().close();
});

test("a customer that there is not", async () => {
  const page = await app.open("/customers/nobody");
  await page.getByText('There is no person with the key "nobody"').waitFor();
  await page.getByRole("link", { name: "Go to Customers" }).waitFor();
  await page.context().close();
});

test("customers in every view", () => app.lookAt("customers", "/customers", (p) => p.getByRole("table").waitFor()));
test("a customer in every view", () =>
  app.lookAt("customer", "/customers/12347?asOf=2011-12-09&why=Loyal", async (p) => {
    await p.getByRole("listitem").nth(5).waitFor();
  }));
