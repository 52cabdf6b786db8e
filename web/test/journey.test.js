// What somebody does who has never seen kreds: opens the demo data, imports a
// file of their own, builds a segment, asks why one customer is in it and
// another just misses it, looks for segments, reads what marks each, and makes
// them. The same way in both languages; the pictures of every step are in
// artefacts, to be looked at.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const asOf = "2011-12-09";
const wanted = "did purchase at least 3 times and did not purchase within last 8 weeks";

const words = {
  en: {
    demo: "Open the demo data",
    add: "Add a condition",
    did: "Something that they did",
    didNot: "Something that they did not do",
    times: "times",
    howMany: "How many",
    unit: "Unit",
    weeks: "weeks",
    save: "Save as a segment",
    name: "Name",
    saveWith: /^Save and move \d/,
    segment: "Loyal, gone quiet",
    isIn: /^In Loyal, gone quiet, because/,
    outside: /^Show all \d+ that/,
    isNotIn: /^Not in Loyal, gone quiet, because/,
    look: "Look for segments",
    make: "Create segments",
    makeAll: /^Create \d+ segments$/,
    made: /segments are created/,
    import: /^Import (customers|\d)/,
    imported: /rows of my-customers\.csv imported in/,
  },
  da: {
    demo: "Åbn demodata",
    add: "Tilføj en betingelse",
    did: "Noget, de har gjort",
    didNot: "Noget, de ikke har gjort",
    times: "gange",
    howMany: "Hvor mange",
    unit: "Enhed",
    weeks: "uger",
    save: "Gem som segment",
    name: "Navn",
    saveWith: /^Gem, og flyt \d/,
    segment: "Trofaste, nu stille",
    isIn: /^Med i Trofaste, nu stille, fordi/,
    outside: /^Vis alle \d+, som/,
    isNotIn: /^Ikke med i Trofaste, nu stille, fordi/,
    look: "Find segmenter",
    make: "Opret segmenter",
    makeAll: /^Opret \d+ segmenter$/,
    made: /segmenter er oprettet/,
    import: /^Importér (kunder|\d)/,
    imported: /rækker fra my-customers\.csv er importeret/,
  },
};

for (const language of ["en", "da"]) journey(language);

function journey(language) {
  const app = setup({ demo: false });
  const w = words[language];
  test(`a newcomer's way, ${language}`, async () => {
    const step = async (page, name) => {
      await settled(page);
      await checkPage(page, name);
      await shot(page, `journey-${language}-${name}`);
    };
    const page = await app.open("/", { language });
    page.setDefaultTimeout(15_000);

    await page
      .getByText(language === "da" ? "Der er ikke importeret noget endnu" : "Nothing is imported yet")
      .first()
      .waitFor();
    await step(page, "1-empty");
    await page.getByRole("button", { name: w.demo }).click();
    await page
      .getByText(/4[.,]372/)
      .first()
      .waitFor({ timeout: 90_000 });
    await page.goto(`${app.url}/`);
    await page
      .getByText(/4[.,]372/)
      .first()
      .waitFor();
    await step(page, "2-overview");

    // A file of their own about customers who are known.
    const file = join(app.dir, "my-customers.csv");
    await writeFile(
      file,
      "Kundenr;Medlemskab;Fødselsår\n12347;Guld;1974\n12348;Sølv;1981\n12349;Guld;1966\n12350;Bronze;ukendt\n",
    );
    await page.goto(`${app.url}/data/import`);
    await page.locator('input[type="file"]').setInputFiles(file);
    await page
      .getByRole("button", { name: /my-customers\.csv$|^Import/ })
      .first()
      .waitFor();
    await step(page, "3-file");
    await page
      .getByRole("button", { name: /^Import/ })
      .last()
      .click();
    await page.getByText(w.imported).waitFor();
    await step(page, "4-imported");

    await page.goto(`${app.url}/builder?asOf=${asOf}`);
    await page.getByRole("button", { name: w.add }).waitFor();
    await step(page, "5-builder");
    await page.getByRole("button", { name: w.add }).click();
    await page.getByRole("menuitem", { name: w.did, exact: true }).click();
    await page.getByLabel(w.times, { exact: true }).fill("3");
    await page.getByRole("button", { name: w.add }).click();
    await page.getByRole("menuitem", { name: w.didNot }).click();
    await page.getByLabel(w.howMany, { exact: true }).fill("8");
    await page.getByRole("combobox", { name: w.unit }).click();
    await page.getByRole("option", { name: w.weeks }).click();
    await page.waitForFunction(
      (x) => document.querySelector('textarea[role="combobox"]')?.value.replace(/\s+/g, " ") === x,
      wanted,
    );
    await page.waitForSelector('[data-chart="drawn"]');
    await step(page, "6-built");
    await page.getByRole("button", { name: w.save }).click();
    await page.getByRole("textbox", { name: w.name, exact: true }).fill(w.segment);
    await step(page, "7-save");
    await page.getByRole("button", { name: w.saveWith }).click();
    await page.waitForURL(/\/segments\//);
    await page.waitForSelector('[data-chart="drawn"]');
    await step(page, "8-segment");

    const why = async (key, title, name) => {
      await page.goto(`${app.url}/customers/${key}?asOf=${asOf}`);
      const asked = page.getByRole("button", { name: w.segment }).or(page.getByText(w.segment)).first();
      const all = page.getByRole("button", { name: w.outside });
      // Not all that somebody is not in are shown at once.
      await asked.or(all).first().waitFor();
      if (!(await asked.isVisible())) await all.click();
      await asked.click();
      await page.getByText(title).waitFor();
      await step(page, name);
    };
    // Somebody who is in it, and somebody who bought one time too few.
    const first = async (expression) => {
      const lines = await app.kreds(
        "segment",
        "members",
        "--expression",
        expression,
        "--as-of",
        asOf,
        "--limit",
        "1",
        "--json",
      );
      return JSON.parse(lines).key;
    };
    await why(await first(wanted), w.isIn, "9-why");
    await why(await first(wanted.replace("at least 3", "exactly 2")), w.isNotIn, "10-near-miss");

    await page.goto(`${app.url}/discover`);
    await page.getByRole("textbox", { name: w.name, exact: true }).fill(language === "da" ? "Min første" : "My first");
    await step(page, "11-discover");
    await page.getByRole("button", { name: w.look }).last().click();
    await page.waitForURL(/\/discover\/./, { timeout: 90_000 });
    await page.waitForFunction(() => document.querySelectorAll('[data-chart="drawn"]').length >= 3);
    await step(page, "12-found");
    await page.getByRole("button", { name: w.make }).click();
    await page.getByRole("dialog").waitFor();
    await step(page, "13-accept");
    await page.getByRole("button", { name: w.makeAll }).click();
    await page.getByText(w.made).first().waitFor();
    await step(page, "14-made");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
