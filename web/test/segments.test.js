import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const app = setup();
const asOf = "2011-12-09";

test("the list of segments", async () => {
  const page = await app.open("/segments");
  const row = page.getByRole("row", { name: /^Lapsed/ });
  assert.match(await row.textContent(), /865/);
  await page.getByLabel("Find by name, owner or tag").fill("best");
  await page.getByRole("row", { name: /^Best tenth/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /^Lapsed/ }).count(), 0);
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
  await page.getByRole("button", { name: "Owner: Marketing" }).click();
  await page.getByRole("textbox", { name: "Owner" }).fill("Anna Ø");
  await page.getByRole("textbox", { name: "Owner" }).press("Enter");
  await page.getByRole("button", { name: "Owner: Anna Ø" }).waitFor();
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await page.getByText("1,071 members: 0 joined, 0 left").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

// The task of a newcomer: "bought at least three times, but not in the last eight weeks".
test("a segment is built from boxes, saved, edited and deleted", async () => {
  const page = await app.open(`/builder?asOf=${asOf}`);
  await page.getByText("Who should be in it?").waitFor();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("menuitem", { name: "Something that they did", exact: true }).click();
  await page.getByLabel("times").fill("3");
  await page.getByText(/of 4,372 match/).waitFor();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("menuitem", { name: "Something that they did not do" }).click();
  await page.getByLabel("How many").fill("8");
  await page.getByRole("combobox", { name: "Unit" }).click();
  await page.getByRole("option", { name: "weeks" }).click();

  const text = page.getByRole("combobox", { name: "As text" });
  const wanted = "did purchase at least 3 times and did not purchase within last 8 weeks";
  await page.waitForFunction(
    (w) => document.querySelector('textarea[role="combobox"]')?.value.replace(/\s+/g, " ") === w,
    wanted,
  );
  const count = JSON.parse(await app.kreds("count", wanted, "--as-of", asOf, "--json")).count;
  const shown = new Intl.NumberFormat("en-GB").format(count);
  await page.getByText(`${shown} of 4,372 match`).waitFor();
  await settled(page);
  await checkPage(page, "builder");
  await shot(page, "builder-built");

  await page.getByRole("button", { name: "Save as a segment" }).click();
  await page.getByLabel("Name").fill("Loyal, gone quiet");
  await shot(page, "builder-save");
  await page.getByRole("button", { name: `Save with ${shown} members` }).click();
  await page.getByText(`Loyal, gone quiet: ${shown} of 4,372 customers`).waitFor();

  await page.getByRole("link", { name: "Edit" }).click();
  await page.waitForFunction(
    (w) => document.querySelector('textarea[role="combobox"]')?.value.replace(/\s+/g, " ") === w,
    wanted,
  );
  await text.fill(`${wanted} and country = "Germany"`);
  await page.getByRole("group", { name: 'country = "Germany"' }).waitFor();
  await page.getByText(/of 4,372 match/).waitFor();
  const save = page.getByRole("button", { name: "Save changes" });
  await save.click();
  await page.getByRole("button", { name: /^Save: 0 in, \d+ out$/ }).click();
  await page.getByText(/Loyal, gone quiet: \d+ of 4,372/).waitFor();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete segment" }).click();
  await page.getByRole("button", { name: "Delete segment" }).click();
  await page.getByText("Loyal, gone quiet is deleted").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("text and boxes are the same thing", async () => {
  const page = await app.open(`/builder?asOf=${asOf}`);
  const text = page.getByRole("combobox", { name: "As text" });
  await text.fill('(country = "France" or country = "Spain") and not did purchase then purchase within 7 days');
  await page.getByRole("group", { name: "any of these" }).waitFor();
  await page.getByLabel("Condition as text").waitFor(); // a sequence has no fields, and is kept as text
  await page.getByRole("combobox", { name: "How these go together" }).nth(1).click();
  await page.getByRole("option", { name: "all of these" }).click();
  await page.waitForFunction(() =>
    document
      .querySelector('textarea[role="combobox"]')
      .value.startsWith('(country = "France" and country = "Spain") and not'),
  );
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("steps are taken back and forth, in boxes and text alike", async () => {
  const page = await app.open(`/builder?asOf=${asOf}&text=${encodeURIComponent('country = "France"')}`);
  const text = page.getByRole("combobox", { name: "As text" });
  const says = (expected) =>
    page.waitForFunction((w) => document.querySelector('textarea[role="combobox"]')?.value === w, expected);
  const added = () =>
    page.waitForFunction(() =>
      /^country = "Germany"\s+and did purchase/.test(document.querySelector('textarea[role="combobox"]')?.value ?? ""),
    );
  const undo = page.getByRole("button", { name: "Undo" });
  await says('country = "France"');
  assert.ok(await undo.isDisabled());
  await text.fill('country = "Germany"');
  await page.getByText("95 of 4,372 match").waitFor();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("menuitem", { name: "Something that they did", exact: true }).click();
  await added();
  await undo.click();
  await says('country = "Germany"');
  await text.focus();
  await page.keyboard.press("Control+z");
  await says('country = "France"');
  await page.keyboard.press("Control+Shift+z");
  await says('country = "Germany"');
  await page.getByRole("button", { name: "Redo" }).click();
  await added();
  await page.goto(`${app.url}/builder?segment=Nobody%20knows`);
  await page.getByText("There is no segment Nobody knows").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a mistake is shown where it is, with the remedy", async () => {
  const page = await app.open(`/builder?asOf=${asOf}`);
  const text = page.getByRole("combobox", { name: "As text" });
  await text.fill('contry = "DK" and did purchase');
  await page.getByText("Did you mean “country”?").or(page.getByText('Did you mean "country"?')).first().waitFor();
  await page.getByText("This cannot be counted yet").waitFor();
  await text.fill("did purchase and");
  await page.locator('[role="alert"]').first().waitFor();
  await shot(page, "builder-mistake");
  await text.fill("did purchase");
  await page.getByText("4,372 of 4,372 match").waitFor();
  await page.context().close();
});

test("names and values are completed", async () => {
  const page = await app.open(`/builder?asOf=${asOf}`);
  const text = page.getByRole("combobox", { name: "As text" });
  await text.pressSequentially("coun");
  await page.getByRole("option", { name: /^country/ }).waitFor();
  await text.press("Enter");
  await text.pressSequentially(' = "Ger');
  await page.getByRole("option", { name: /^Germany/ }).waitFor();
  await text.press("Tab");
  assert.equal(await text.inputValue(), 'country = "Germany"');
  await page.getByText("95 of 4,372 match").waitFor();
  await page.context().close();
});

test("the builder in every view", () =>
  app.lookAt(
    "builder",
    `/builder?asOf=${asOf}&text=${encodeURIComponent('country in ("Germany", "France") and (did purchase at least 3 times within last 6 months or sum(amount) of purchase >= 1000)')}`,
    async (p) => {
      await p.waitForSelector('[data-chart="drawn"]');
      await p
        .getByText(/4[.,]372/)
        .first()
        .waitFor();
    },
  ));
