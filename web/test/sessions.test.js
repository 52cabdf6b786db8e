// Who may do what, and what happens when a session ends in the middle of something.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { settled, setup, words } from "./harness.js";

const app = setup({ accounts: true });
let t;
let viewer;
let editor;
test("accounts are made", async () => {
  ({ en: t } = await words());
  await app.account("Anna");
  editor = await app.account("Ed", "editor");
  viewer = await app.account("Vera", "viewer");
});

/** as opens a page as somebody. */
async function as(cookies, path) {
  app.cookies = cookies;
  const page = await app.open(path);
  app.cookies = [];
  return page;
}

test("viewers see all pages, and no button that they may not use", async () => {
  /** What editors do on each page. */
  const acts = {
    "/": [],
    "/data": [t.data.import],
    "/data?tab=imports": [t.data.undoOf("1")],

    "/segments": [t.segments.refreshAll, t.segments.create],
    "/segments/Loyal": [t.segments.refresh, t.segments.edit],
    "/builder?segment=Win%20back": [t.builder.saveChanges],
    "/discover": [t.discover.run],
    "/discover/Buyers%20by%20RFM": [t.discover.accept, t.common.more],
    "/prove": [t.prove.run],
    "/prove/Buyers%20by%20RFM": [t.common.more],
  };
  for (const [who, cookies] of [
    ["viewer", viewer],
    ["editor", editor],
  ]) {
    const page = await as(cookies, "/");
    const refused = [];
    page.on("response", (r) => r.status() >= 400 && refused.push(`${r.status()} ${r.url()}`));
    for (const [path, names] of Object.entries(acts)) {
      await page.goto(app.url + path);
      await page.locator("h1").waitFor();
      await page.waitForLoadState("networkidle");
      await settled(page);
      const main = page.locator("main");
      for (const n of names) {
        const found = main
          .getByRole("button", { name: n, exact: true })
          .or(main.getByRole("link", { name: n, exact: true }));
        const count = await found.count();
        assert.equal(count > 0, who === "editor", `${path}: ${count} of ${n} for a ${who}`);
      }
    }
    assert.deepEqual(refused, [], `asked for what a ${who} may not`);
    await page.context().close();
  }
});

/** signInAgain answers the dialogue over the page. */
async function signInAgain(page, name) {
  const dialog = page.getByRole("dialog", { name: t.access.endedTitle });
  await dialog.waitFor();
  if (name) await dialog.locator("input[name=username]").fill(name);
  await dialog.locator("input[name=password]").fill(app.password);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
}

test("a session that ends before a page is opened: one signs in over it and is there", async () => {
  const page = await as(editor, "/no/such/page");
  for (const [entry, path] of [
    ["data", "/data"],
    ["customers", "/customers"],
    ["segments", "/segments"],
    ["discover", "/discover"],
    ["prove", "/prove"],
  ]) {
    await page.goto(`${app.url}/no/such/page`);
    await page.locator("h1").waitFor();
    await page.waitForLoadState("networkidle");
    await page.context().clearCookies();
    await page
      .getByRole("navigation", { name: t.common.navigation })
      .getByRole("link", { name: t.common.nav[entry] })
      .click();
    const dialog = page.getByRole("dialog", { name: t.access.endedTitle });
    await dialog.waitFor();
    assert.equal(await page.getByRole("alert").count(), 0, `${path}: an error beside the question`);
    await signInAgain(page);
    await page.getByRole("heading", { level: 1, name: t.common.nav[entry] }).waitFor();
    await settled(page);
    assert.equal(new URL(page.url()).pathname, path);
    assert.equal(await page.getByRole("alert").count(), 0, path);
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the builder and its dialogue lose nothing", async () => {
  const page = await as(editor, "/builder?text=did%20purchase%20at%20least%203%20times");
  const save = page.getByRole("button", { name: t.builder.save });
  await page.waitForFunction(
    (n) => [...document.querySelectorAll("button")].some((b) => b.innerText === n && !b.disabled),
    t.builder.save,
  );
  await save.click();
  const dialog = page.getByRole("dialog", { name: t.builder.save });
  await dialog.getByLabel(t.builder.name, { exact: false }).first().fill("Half written");
  await page.context().clearCookies();
  await page.keyboard.press("Enter");
  await signInAgain(page);
  assert.equal(await dialog.getByLabel(t.builder.name).first().inputValue(), "Half written");
  assert.equal(await page.getByRole("alert").count(), 0);
  await dialog.locator("button[type=submit]").click();
  await page.waitForURL(/\/segments\/Half/);
  await page.context().close();
});

test("an import goes on where it was", async () => {
  const file = join(app.dir, "mine.csv");
  await writeFile(file, "Customer;Level\n12347;Gold\n12348;Silver\n");
  const page = await as(editor, "/data/import");
  await page.getByRole("button", { name: t.data.browse }).last().waitFor();
  await page.context().clearCookies();
  await page.locator('input[type="file"]').setInputFiles(file);
  await signInAgain(page);
  const run = page.getByRole("button", { name: /^Import/ }).last();
  await run.waitFor();
  await page.context().clearCookies();
  await run.click();
  await signInAgain(page);
  await run.waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await run.click();
  await page
    .getByText(/rows of mine\.csv/)
    .or(page.getByRole("button", { name: t.data.seeData }))
    .or(page.getByRole("link", { name: t.data.seeData }))
    .first()
    .waitFor();
  await page.context().close();
});

test("two tabs: one signs out, somebody else signs in, and does not see what was open", async () => {
  const one = await as(editor, "/segments");
  const two = await one.context().newPage();
  await two.goto(`${app.url}/builder?text=did%20purchase`);
  await two.getByRole("heading", { level: 1 }).waitFor();
  await one.getByRole("button", { name: t.access.user("Ed") }).click();
  await one.getByRole("menuitem", { name: t.access.signOut }).click();
  await one.getByRole("heading", { name: t.access.signInTitle }).waitFor();
  await two
    .getByRole("textbox", { name: t.builder.text })
    .or(two.locator("textarea"))
    .first()
    .fill("did purchase at least twice");
  await two.getByRole("dialog", { name: t.access.endedTitle }).waitFor();
  await two.evaluate(() => {
    window.before = true;
  });
  await signInAgain(two, "Vera");
  await two.waitForFunction(() => !window.before);
  await two.getByRole("button", { name: t.access.user("Vera") }).waitFor();
  await one.context().close();
});

test("whoever is deactivated is asked to sign in, and may not", async () => {
  const page = await as(await app.account("Dora", "editor"), "/segments/Loyal");
  await page.getByRole("button", { name: t.segments.refresh, exact: true }).waitFor();
  await page.waitForLoadState("networkidle");
  const answer = await fetch(`${app.url}/api/v1/users/Dora`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", Cookie: app.admin },
    body: JSON.stringify({ inactive: true }),
  });
  assert.ok(answer.ok, await answer.text());
  await page.getByRole("button", { name: t.segments.refresh, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: t.access.endedTitle });
  await dialog.locator("input[name=password]").fill(app.password);
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").getByText(t.access.wrong).waitFor();
  await page.context().close();
});
