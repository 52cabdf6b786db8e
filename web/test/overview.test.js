import assert from "node:assert/strict";
import test from "node:test";
import { setup } from "./harness.js";

const app = setup();

test("the overview answers with the demo's numbers", async () => {
  const page = await app.open("/");
  // The numbers are those that `kreds demo` prints.
  await page
    .getByText(
      /^4,372 customers, kr\s3\.17m in the last 90 days \(\+78\.2%\), \d+% of it from the \d+% in .+; 16 segments, 4 without an owner; 3 things need attention\.$/,
    )
    .waitFor();
  const row = page.getByRole("row", { name: /^Best tenth/ });
  assert.match(await row.textContent(), /430/);
  await page.context().close();
});

test("the overview in every view", () => app.lookAt("overview", "/", '[data-chart="drawn"]'));

test("numbers and dates are Danish in Danish", async () => {
  const page = await app.open("/", { language: "da" });
  await page
    .getByText(
      /^4\.372 kunder, 3,17\smio\.\skr\. i de seneste 90 dage \(\+78,2\s%\), .+; 16 segmenter, 4 uden ansvarlig/,
    )
    .waitFor();
  await page.getByRole("cell", { name: "9. nov. 2011 til 9. dec. 2011" }).first().waitFor();
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

test("a figure is asked what it is", async () => {
  const page = await app.open("/");
  await page.getByRole("button", { name: "kr 3,167,572" }).click();
  const why = page.getByRole("dialog");
  await why.getByText("sum(amount) of purchase").waitFor();
  await why.getByText("9 Dec 2011").waitFor();
  await why.getByText("2,918 customers who bought").waitFor();
  await page.keyboard.press("Escape");
  await why.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "4,372", exact: true }).click();
  await why.getByRole("link", { name: "Open in the builder" }).click();
  await page.waitForURL(/builder\?text=everyone/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

/** Members of a segment as of a day, by the command line. */
const members = async (name, day) =>
  new Set(
    (await app.kreds("segment", "members", name, "--as-of", day, "--json"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).key),
  );

test("movement between segments is that of their members", async () => {
  const [wasLapsed, lapsed] = [await members("Lapsed", "2011-11-09"), await members("Lapsed", "2011-12-09")];
  const [wasBack, back] = [await members("Back again", "2011-11-09"), await members("Back again", "2011-12-09")];
  const moved = [...wasLapsed].filter((k) => !lapsed.has(k) && back.has(k) && !wasBack.has(k)).length;
  assert.ok(moved > 0);
  const page = await app.open("/");
  await page.getByRole("button", { name: "Show as a table: From segment to segment" }).click();
  const flows = page.getByRole("region", { name: "From segment to segment" });
  await flows.getByRole("row", { name: `Lapsed Back again ${moved}` }).waitFor();
  await page.getByRole("button", { name: "Show as a table: Joined and left" }).click();
  const came = [...back].filter((k) => !wasBack.has(k)).length;
  const went = [...wasBack].filter((k) => !back.has(k)).length;
  await page
    .getByRole("region", { name: "Joined and left" })
    .getByRole("row", { name: `Back again ${came} ${went}` })
    .waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("changes are since the refresh before, or since the last visit", async () => {
  const page = await app.open("/");
  await page.getByText("Each segment at its last refresh against the refresh before.").waitFor();
  assert.equal(await page.getByRole("radio", { name: "My last visit" }).count(), 0);
  // A visit before all refreshes: the oldest is what is compared with.
  await page.evaluate(() =>
    localStorage.setItem("kreds.visit", JSON.stringify({ seen: Date.now() - 864e5, before: 0 })),
  );
  await page.reload();
  await page.getByText("My last visit").click();
  await page.waitForURL(/since=visit/);
  await page.getByText(/against the one at your last visit, /).waitFor();
  const first = (await members("Loyal", "2011-05-09")).size;
  const row = page.getByRole("region", { name: "What changed" }).getByRole("row", { name: /^Loyal / });
  assert.match(await row.textContent(), new RegExp(`^Loyal${first}\\+`));
  await page.reload();
  await page.getByText(/against the one at your last visit, /).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("sizes over time are a table too", async () => {
  const page = await app.open("/");
  const title = "Members of each segment, 9 Dec 2010 to 9 Dec 2011; every scale begins at 0";
  await page.getByRole("button", { name: `Show as a table: ${title}` }).click();
  const row = page.getByRole("region", { name: title }).getByRole("row", { name: /^Loyal/ });
  const size = new Intl.NumberFormat("en-GB").format((await members("Loyal", "2011-10-09")).size);
  assert.ok((await row.getByRole("cell").allTextContents()).includes(size), size);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("segments get an owner where they lack one", async () => {
  const page = await app.open("/");
  await page.getByRole("button", { name: "Assign an owner: 4 segments have no owner" }).click();
  await page.getByRole("checkbox").first().uncheck();
  await page.getByRole("combobox", { name: "Owner", exact: true }).fill("Anna Ø");
  await page.getByRole("button", { name: "Assign to 3 segments" }).click();
  await page.getByText("Anna Ø owns 3 segments now").waitFor();
  await page.getByRole("button", { name: "Assign an owner: One segment has no owner" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Assign an owner: 4 segments have no owner" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what moved says why", async () => {
  const page = await app.open("/");
  await page.getByRole("button", { name: /^See why: More than a fifth moved/ }).click();
  await page
    .getByText(/\d+ as of 9 Nov 2011, \d+ as of 9 Dec 2011; \d+ joined and \d+ left\./)
    .first()
    .waitFor();
  await page
    .getByText(/^\+\d+ \/ -\d+$/)
    .first()
    .waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a refresh that failed says why, and is tried again where it stands", async () => {
  const page = await app.open("/");
  const put = (values) =>
    page.evaluate(
      (v) =>
        fetch("/api/v1/lists/Near", {
          method: "PUT",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ values: v }),
        }).then((r) => r.ok),
      values,
    );
  await put(["Germany"]);
  await app.kreds("segment", "create", "Near us", 'country in list "Near"', "--owner", "Bo");
  await put([]);
  await app.kreds("refresh", "--as-of", "2011-12-09").catch(() => "it fails, as it should");
  await page.reload();
  await page.getByText("The refresh of Near us failed; its last members stay").waitFor();
  await page.getByText(/list "Near"/).waitFor();
  await put(["Germany"]);
  await page.getByRole("button", { name: /^Refresh: The refresh of Near us failed/ }).click();
  await page.getByText("95 members: 95 joined, 0 left").waitFor();
  await page.getByText("The refresh of Near us failed; its last members stay").waitFor({ state: "hidden" });
  await app.kreds("segment", "delete", "Near us", "--yes");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a proof that is older than the definition is made again", async () => {
  await app.kreds("prove", "Nordic", "--horizon", "90 days", "--from", "2011-06-09");
  await app.kreds("segment", "edit", "Nordic", 'country in ("Denmark", "Finland", "Norway", "Sweden")', "--yes");
  const page = await app.open("/");
  await page
    .getByRole("button", { name: "Prove again: One proof is older than the data or than a definition" })
    .click();
  await page.getByText("Nordic is proved anew").waitFor();
  await page.getByText("One proof is older than the data or than a definition").waitFor({ state: "hidden" });
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
