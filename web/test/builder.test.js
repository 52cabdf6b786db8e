// Everything about building an expression: boxes and text, moving, starters, drafts, saving.
import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const app = setup();
const asOf = "2011-12-09";

const open = (text, view, more = "") =>
  app.open(`/builder?asOf=${asOf}${more}${text ? `&text=${encodeURIComponent(text)}` : ""}`, view);

/** textOf is the expression as the text field shows it. */
const textOf = (page) =>
  page.evaluate(() => document.querySelector('textarea[role="combobox"]')?.value.replace(/\s+/g, " "));

/** says waits until the text field shows an expression. */
const says = (page, expected) =>
  page.waitForFunction(
    (w) => document.querySelector('textarea[role="combobox"]')?.value.replace(/\s+/g, " ") === w,
    expected,
  );

/** boxes reads what is drawn back into text: groups, nots and conditions in their order and depth. */
const boxes = (page) =>
  page.evaluate(() => {
    const read = (set) => {
      const nots = ":scope > div > [data-not]";
      const not = "not ".repeat(set.querySelectorAll(nots).length);
      if (!set.hasAttribute("data-group")) return set.getAttribute("aria-label");
      const clauses = [...set.querySelectorAll("fieldset")].filter((f) => f.parentElement.closest("fieldset") === set);
      return `${not}(${clauses.map(read).join(` ${set.getAttribute("data-group")} `)})`;
    };
    return read(document.querySelector('[aria-label="Conditions"] fieldset'));
  });

/** same holds the boxes to the text: what is drawn, with parentheses at every group, is the expression that is written. */
async function same(page) {
  const drawn = async () => (await boxes(page)).replace(/^\((.*)\)$/, "$1");
  const text = await textOf(page);
  for (let i = 0; i < 50 && (await drawn()) !== text; i++) await page.waitForTimeout(100);
  assert.equal(await drawn(), text);
}

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
  // Some of those who come in, each with a link to the customer.
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByRole("table").getByRole("link").count(), 5);
  assert.match(
    await dialog.getByRole("table").getByRole("link").first().getAttribute("href"),
    /^\/customers\/\d+\?asOf=/,
  );
  await shot(page, "builder-save");
  await page.getByRole("button", { name: `Save and move ${shown} customers in` }).click();
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
  const leaving = await app.kreds(
    "segment",
    "members",
    "--expression",
    `${wanted} and country != "Germany"`,
    "--as-of",
    asOf,
    "--limit",
    "5",
    "--format",
    "jsonl",
  );
  const links = page.getByRole("dialog").getByRole("table").getByRole("link");
  await links.nth(4).waitFor();
  assert.deepEqual(
    await links.allTextContents(),
    leaving
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l).key),
  );
  await shot(page, "builder-save-edit");
  await page.getByRole("button", { name: /^Save and move \d+ customers out$/ }).click();
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

// Answers are held back, so that what stands there meanwhile can be looked at.
test("no number of another expression stands beside one that is being changed", async () => {
  const page = await open('country = "Germany" and count of purchase >= 3');
  const answer = page.locator("main header p").first();
  await page.getByText(/^[\d,]+ of 4,372 match/).waitFor();
  const figure = (name) => page.getByRole("group", { name }).getByRole("button", { name: /^Alone it holds for/ });
  const country = await figure('country = "Germany"').textContent();
  await figure("count of purchase >= 3").waitFor();
  assert.match(country, /\d/);
  await page.locator('[data-chart="drawn"]').first().waitFor();

  let release;
  const held = () => {
    const until = new Promise((resolve) => {
      release = resolve;
    });
    return async (route) => {
      await until;
      await route.continue().catch(() => {}); // it may have been given up meanwhile
    };
  };
  await page.route("**/api/v1/expressions/check", held());
  await page.getByLabel("Value", { exact: true }).fill("4");
  // Nothing is known of it: neither how many match nor what the condition does.
  await page.waitForFunction(() => document.querySelectorAll('button[aria-label^="Alone it holds for"]').length === 1);
  assert.equal((await answer.textContent()).trim(), "");
  assert.equal(await page.getByRole("heading", { name: "Customers who match" }).isVisible(), false);
  assert.equal(await figure('country = "Germany"').textContent(), country);
  const checking = release;
  await page.route("**/api/v1/count", held());
  checking();
  // Then the estimate, and the exact count with what each condition does.
  await page.getByText(/^(About [\d,]+ match|[\d,]+ of 4,372 match)/).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Alone it holds for/ }).count(), 1);
  release();
  await figure("count of purchase >= 4").waitFor();
  await page.getByRole("heading", { name: "Customers who match" }).waitFor();
  await page.close();
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
  // Each with what it is, or how frequent it is; after did come events, within where properties of the event.
  await text.fill("");
  await text.pressSequentially("did ");
  await page.getByRole("option", { name: "purchase event" }).waitFor();
  await text.press("Enter");
  await text.pressSequentially(" where (am");
  await page.getByRole("option", { name: /^amount.*property$/ }).waitFor();
  await text.fill("");
  await text.pressSequentially('country in ("United Ki');
  await page.getByRole("option", { name: /^United Kingdom 9\d(\.\d)?%$/ }).waitFor();
  await text.fill('country = "Germany"');
  // The numbers say what they count.
  await page.getByRole("button", { name: "95 of 4,372 match, 2.2%" }).click();
  await page.getByText("Holds for 95 of 4,372 customers, 2.2%.").waitFor();
  await page.getByText("As of 9 Dec 2011. Counted one by one").waitFor();
  await shot(page, "builder-why");
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

const deep =
  'country = "Italy" and country = "Malta" and (country = "Spain" or country = "France" or ' +
  '(country = "Japan" and country = "Israel" and not (country = "Norway" or country = "Poland")))';

const middle = async (locator) => {
  const box = await locator.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
};
const handle = (page, path) => page.locator(`[data-handle="${path}"]`);
const gap = (page, group, index) => page.locator(`[data-gap="${group} ${index}"]`);

/** drag takes a condition by its handle with the mouse to a point, and lets it go there. */
async function drag(page, path, [x, y], meanwhile) {
  const [fromX, fromY] = await middle(handle(page, path));
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(fromX + 2, fromY + 6, { steps: 2 });
  await page.mouse.move(x, y, { steps: 10 });
  await meanwhile?.();
  await page.mouse.up();
}

test("conditions and groups are dragged anywhere, at any depth", async () => {
  const page = await open(deep, { height: 1400 });
  await says(page, deep);
  await page.getByText(/of 4,372 match/).waitFor();
  const to = async (group, index) => {
    const box = await gap(page, group, index).boundingBox();
    return [box.x + 40, box.y + box.height / 2];
  };
  const step = async (path, point, expected, meanwhile) => {
    await drag(page, path, point, meanwhile);
    await says(page, expected);
    await same(page);
  };
  await same(page);
  // Into a group three deep and below a not, between two.
  await step(
    "1",
    await to("2.2.2.0", 1),
    'country = "Italy" and (country = "Spain" or country = "France" or (country = "Japan" and country = "Israel" and ' +
      'not (country = "Norway" or country = "Malta" or country = "Poland")))',
    async () => {
      await page.locator("[data-over]").waitFor();
      assert.equal(await page.locator("[data-over]").count(), 1);
      await shot(page, "builder-drag");
    },
  );
  await page.getByText("Moved: now number 2 of 3 in “any of these”, level 4").waitFor();
  // A whole group, with the not before it, out to the top.
  await step(
    "1.2.2",
    await to("", 0),
    'not (country = "Norway" or country = "Malta" or country = "Poland") and country = "Italy" and ' +
      '(country = "Spain" or country = "France" or (country = "Japan" and country = "Israel"))',
  );
  // Among its own, down.
  await step(
    "2.0",
    await to("2", 2),
    'not (country = "Norway" or country = "Malta" or country = "Poland") and country = "Italy" and ' +
      '(country = "France" or country = "Spain" or (country = "Japan" and country = "Israel"))',
  );
  // On another one: both come into a group, and the group that was left with one is none any more.
  const [x, y] = await middle(handle(page, "1"));
  await step(
    "2.2.0",
    [x + 40, y],
    'not (country = "Norway" or country = "Malta" or country = "Poland") and (country = "Italy" or country = "Japan") and ' +
      '(country = "France" or country = "Spain" or country = "Israel")',
    () => page.getByText("group these").waitFor(),
  );
  // A group does not go into itself, and far away from all places nothing happens.
  const before = await textOf(page);
  await drag(page, "0", await to("0.0", 2));
  await drag(page, "1.0", [1200, 1300]);
  await page.getByText("It stays where it was").waitFor();
  assert.equal(await textOf(page), before);
  // Esc lets go.
  const target = await to("", 0);
  await drag(page, "1.0", target, () => page.keyboard.press("Escape"));
  assert.equal(await textOf(page), before);
  await page.getByRole("button", { name: "Undo" }).click();
  await same(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a finger drags too", async () => {
  const page = await open(deep, { width: 390 });
  await says(page, deep);
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, x, y) =>
    cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  const box = await gap(page, "2", 1).boundingBox();
  const [x, y] = await middle(handle(page, "0"));
  const [u, v] = [box.x + 20, box.y + box.height / 2];
  await touch("touchStart", x, y);
  for (let i = 1; i <= 10; i++) await touch("touchMove", x + ((u - x) * i) / 10, y + ((v - y) * i) / 10);
  await touch("touchEnd");
  await says(
    page,
    'country = "Malta" and (country = "Spain" or country = "Italy" or country = "France" or ' +
      '(country = "Japan" and country = "Israel" and not (country = "Norway" or country = "Poland")))',
  );
  await same(page);
  await page.context().close();
});

test("the keyboard moves conditions up, down, in and out, and says where to", async () => {
  const page = await open(deep);
  await says(page, deep);
  const said = (text) => page.locator("[data-said]", { hasText: text }).waitFor({ state: "attached" });
  const press = async (key, expected, words) => {
    await page.keyboard.press(`Alt+Arrow${key}`);
    await said(words);
    await says(page, expected);
    await same(page);
  };
  const inner = 'country = "Japan" and country = "Israel" and not (country = "Norway" or country = "Poland")';
  await handle(page, "1").focus();
  await press(
    "Right",
    `country = "Italy" and (country = "Malta" or country = "Spain" or country = "France" or (${inner}))`,
    "Moved: now number 1 of 4 in “any of these”, level 2",
  );
  await press(
    "Down",
    `country = "Italy" and (country = "Spain" or country = "Malta" or country = "France" or (${inner}))`,
    "number 2 of 4",
  );
  await press(
    "Down",
    `country = "Italy" and (country = "Spain" or country = "France" or country = "Malta" or (${inner}))`,
    "number 3 of 4",
  );
  await press(
    "Right",
    `country = "Italy" and (country = "Spain" or country = "France" or (country = "Malta" and ${inner}))`,
    "Moved: now number 1 of 4 in “all of these”, level 3",
  );
  await page.keyboard.press("Alt+ArrowUp");
  await said("It is the first in its group already");
  await press(
    "Left",
    `country = "Italy" and (country = "Spain" or country = "France" or (${inner}) or country = "Malta")`,
    "Moved: now number 4 of 4 in “any of these”, level 2",
  );
  await press(
    "Left",
    `country = "Italy" and (country = "Spain" or country = "France" or (${inner})) and country = "Malta"`,
    "Moved: now number 3 of 3 in “all of these”, level 1",
  );
  await page.keyboard.press("Alt+ArrowLeft");
  await said("There is no group around this one");
  // The menu does the same.
  await page.getByRole("group", { name: 'country = "France"', exact: true }).getByLabel("What to do with this").click();
  await page.getByRole("menuitem", { name: "Move out of this group" }).click();
  await says(
    page,
    `country = "Italy" and (country = "Spain" or (${inner})) and country = "France" and country = "Malta"`,
  );
  await same(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what is edited is compared with saved segments", async () => {
  const text = 'country = "Germany" and did purchase at least 3 times';
  const page = await open(text);
  await page.getByRole("tab", { name: "Overlap with segments" }).click();
  await page.getByRole("button", { name: "Show as a table" }).click();
  const wanted = JSON.parse(
    await app.kreds("segment", "overlap", "Buyers", "--expression", text, "--as-of", asOf, "--json"),
  );
  const number = (n) => new Intl.NumberFormat("en-GB").format(n);
  const both = wanted.intersections.find((x) => x.expression && x.segments.includes("Buyers"));
  assert.equal(both.members, wanted.expression.members);
  const chosen = page.getByRole("combobox", { name: "Compare with" });
  for (let i = 0; i < 2; i++) await chosen.press("Backspace");
  await page.getByRole("row", { name: `in This segment and Buyers only ${number(both.members)}` }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an empty builder offers ways to begin that the data has something for", async () => {
  const page = await open();
  const starters = page.getByRole("region", { name: "Or begin with one of these" });
  const buttons = starters.getByRole("button");
  await buttons.nth(5).waitFor();
  const offered = await buttons.locator("code").allTextContents();
  assert.deepEqual(offered, [
    "did purchase within last 90 days",
    "did purchase at least 3 times",
    "last purchase more than 6 months ago",
    "sum(amount) of purchase in top 10%",
    "sum(amount) of purchase in top 10% and last purchase more than 6 months ago",
    'country = "United Kingdom"',
  ]);
  for (const text of offered)
    assert.ok(JSON.parse(await app.kreds("count", text, "--as-of", asOf, "--json")).count > 0);
  await settled(page);
  await checkPage(page, "builder-starters");
  await shot(page, "builder-starters");
  await starters.getByRole("button", { name: "Bought at least three times" }).click();
  await says(page, "did purchase at least 3 times");
  await page.getByText(/of 4,372 match/).waitFor();
  assert.equal(await starters.count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await buttons.first().waitFor();
  await page.context().close();
});

test("what is not saved is offered again", async () => {
  const page = await open();
  const text = page.getByRole("combobox", { name: "As text" });
  const unsaved = page.getByRole("region", { name: "Unsaved changes" });
  const again = () => page.goto(`${app.url}/builder?asOf=${asOf}`);
  // Also what cannot be read yet, and what was written in the last moment.
  await text.fill('country = "France" and');
  await page.getByRole("link", { name: "Segments", exact: true }).click();
  await page.getByRole("table").waitFor();
  await again();
  await unsaved.getByText(/You have unsaved changes from \d/).waitFor();
  await settled(page);
  await checkPage(page, "builder-unsaved");
  await shot(page, "builder-unsaved");
  // What is written meanwhile replaces nothing.
  await text.fill("did purchase twice");
  await page.waitForTimeout(400);
  await again();
  await unsaved.getByText("did purchase twice").waitFor();
  await unsaved.getByRole("button", { name: "Discard" }).click();
  await unsaved.getByText('country = "France" and').waitFor();
  await unsaved.getByRole("button", { name: "Continue with them" }).click();
  await says(page, 'country = "France" and');
  assert.equal(await unsaved.count(), 0);
  await text.fill("");
  await page.waitForTimeout(400);
  await again();
  await page.getByText("Who should be in it?").waitFor();
  assert.equal(await unsaved.count(), 0);
  // What tells of one person is kept for this tab alone.
  await text.fill('profile.key = "anna@example.com"');
  await page.waitForTimeout(400);
  const kept = await page.evaluate(() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]);
  assert.doesNotMatch(kept[0], /anna@/);
  assert.match(kept[1], /anna@/);
  // The definition of a segment has drafts of its own.
  await page.goto(`${app.url}/builder?asOf=${asOf}&segment=Loyal`);
  await page.getByText(/of 4,372 match/).waitFor();
  assert.equal(await unsaved.count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
