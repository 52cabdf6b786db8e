import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, setup, shot } from "./harness.js";

const app = setup();

/** The keys of the rows that are shown, in their order, once they are those asked for. */
async function keys(page) {
  await page.waitForTimeout(300); // what is written is asked for after a moment
  await page.waitForSelector('[aria-busy="false"]');
  return page.getByRole("table").getByRole("rowheader").allInnerTexts();
}

test("who bought most and last, sorted and paged by the server, in a link", async () => {
  const page = await app.open("/customers");
  await page.getByText("4,372 customers").waitFor();
  await page.getByRole("button", { name: "Value" }).click();
  await page.waitForURL(/sort=.*value/);
  const first = await keys(page);
  // The greatest sums of amount in the data of the shop.
  assert.deepEqual(first.slice(0, 3), ["14646", "18102", "17450"]);
  await page.getByText("1 to 50 of 4,372").waitFor();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByText("51 to 100 of 4,372").waitFor();
  const second = await keys(page);
  assert.equal(second.length, 50);
  assert.ok(!second.some((k) => first.includes(k)), "the second page repeats the first");
  // The link brings the same page.
  const again = await app.open(new URL(page.url()).pathname + new URL(page.url()).search);
  await again.getByText("51 to 100 of 4,372").waitFor();
  assert.deepEqual(await keys(again), second);
  await again.context().close();
  // Another search begins at the first page.
  await page.getByLabel("Find customers").fill("denmark");
  await page.getByText("9 customers found by “denmark”").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("only those of a segment, with columns of one's own", async () => {
  const page = await app.open("/customers");
  await page.getByRole("combobox", { name: "Only in the segment" }).click();
  await page.getByRole("option", { name: "Lapsed", exact: true }).click();
  await page.getByText(/customers in Lapsed/).waitFor();
  await page.getByRole("row").nth(1).getByRole("link", { name: "Lapsed" }).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Value" }).uncheck();
  await page.getByRole("checkbox", { name: "First seen" }).check();
  await page.getByRole("columnheader", { name: "First seen" }).waitFor();
  assert.equal(await page.getByRole("columnheader", { name: "Value" }).count(), 0);
  await checkPage(page, "columns");
  await shot(page, "customers-columns");
  await page.keyboard.press("Escape");
  await page.getByLabel("Find customers").fill("nobody of that name");
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByText("4,372 customers").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("customers, sorted and narrowed, in every view", () =>
  app.lookAt("customers-sorted", "/customers?segment=Loyal&sort=:value&down=true", (p) =>
    p.getByRole("table").waitFor(),
  ));

test("of thousands of events only those in the window are drawn", async () => {
  const page = await app.open("/customers/17841?asOf=2011-12-09");
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("listitem").first().waitFor();
  for (let i = 0; i < 8; i++) {
    const more = timeline.getByRole("button", { name: "Show earlier" });
    await more.scrollIntoViewIfNeeded();
    await page.waitForTimeout(200);
  }
  assert.ok((await timeline.locator("ol > li").count()) < 60, "too much is drawn");
  assert.ok(
    Number(await timeline.locator("ol > li").last().getAttribute("aria-posinset")) > 12,
    "scrolling brings earlier orders",
  );
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
