import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, settled, setup, shot } from "./harness.js";

const app = setup({ demo: false, accounts: true });
const password = "four green cats on a roof";
const bosPassword = "seven blue owls in a barn";

async function signIn(page, name, secret) {
  await page.getByLabel("Name or e-mail address").fill(name);
  await page.locator('input[name="password"]').fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("before there is an account, the page says where the link is", async () => {
  await app.lookAt("access-first", "/", "h1");
  const page = await app.open("/settings?tab=users");
  await page.getByRole("heading", { name: "There is no account yet" }).waitFor();
  await page.context().close();
});

test("a link that is none says so", async () => {
  await app.lookAt("access-spent", "/join#nonsense", "h1:has-text('link'), h1:has-text('Link')");
});

test("the first account is made with the link", async () => {
  await app.lookAt("access-join-first", app.first, "form");
  const page = await app.open(app.first);
  const make = page.getByRole("button", { name: "Create the account" });
  await page.getByLabel("Name or e-mail address").fill("Anna");
  await page.getByLabel("New password").fill("short");
  await page.getByText("At least 12 characters", { exact: true }).waitFor();
  assert.ok(await make.isDisabled());
  await page.getByLabel("New password").fill("Password123456");
  await make.click();
  await page.getByRole("alert").getByText("The password is a common one").waitFor();
  await page.getByLabel("New password").fill(password);
  await make.click();
  await page.waitForURL(`${app.url}/`);
  await page.getByRole("button", { name: "Signed in as Anna" }).waitFor();
  assert.deepEqual(page.faults, []);
  app.anna = await page.context().cookies();
  await page.context().close();
  const again = await app.open(app.first);
  await again.getByRole("heading", { name: "This link does not work" }).waitFor();
  await again.context().close();
});

test("signing in: a wrong password, then the page that was asked for", async () => {
  await app.lookAt("access-sign-in", "/settings?tab=audit", "form");
  const page = await app.open("/settings?tab=audit");
  await signIn(page, "anna", "not the password");
  await page.getByRole("alert").getByText("The name or the password is wrong").waitFor();
  await checkPage(page, "wrong password");
  await signIn(page, "anna", password);
  await page.getByRole("tab", { name: "Audit log", selected: true }).waitFor();
  await page.getByRole("cell", { name: "signed in" }).first().waitFor();
  await page.getByRole("cell", { name: "wrong name or password" }).waitFor();
  assert.equal(new URL(page.url()).search, "?tab=audit");
  await page.context().close();
});

test("settings, in every tab", async () => {
  app.cookies = app.anna;
  await app.lookAt("settings-workspace", "/settings", "form");
  for (const tab of ["account", "users", "tokens", "audit"]) {
    await app.lookAt(`settings-${tab}`, `/settings?tab=${tab}`, tab === "tokens" ? "form" : "table");
  }
});

test("the workspace's settings are changed and kept", async () => {
  const page = await app.open("/settings");
  await page.getByLabel("Currency").fill("eur");
  await page.getByLabel("Small-cell size").fill("10");
  await page.getByRole("combobox", { name: "Language of the workspace" }).click();
  await page.getByRole("option", { name: "Danish" }).click();
  await page.getByRole("button", { name: "Save the settings" }).click();
  await page.getByText("The settings are saved").waitFor();
  await page.reload();
  await page.getByLabel("Currency").waitFor();
  assert.equal(await page.getByLabel("Currency").inputValue(), "EUR");
  assert.equal(await page.getByLabel("Small-cell size").inputValue(), "10");
  assert.deepEqual(JSON.parse(await app.kreds("settings", "--json")).language, "da");
  await page.context().close();
});

test("an invitation, and what a viewer sees", async () => {
  const page = await app.open("/settings?tab=users");
  await page.getByLabel("Name or e-mail address").fill("bo@example.com");
  await page.getByRole("button", { name: "Create an invitation" }).click();
  const box = page.getByRole("note").filter({ hasText: "Pass this link on to bo@example.com" });
  const link = await box.locator("code").textContent();
  await page.getByRole("rowheader", { name: "bo@example.com" }).waitFor();
  await checkPage(page, "invited");
  await page.screenshot({ path: new URL("../artefacts/settings-invited.png", import.meta.url).pathname });

  app.cookies = [];
  await app.lookAt("access-join-invite", new URL(link).pathname + new URL(link).hash, "form");
  const bo = await app.open(new URL(link).pathname + new URL(link).hash);
  await bo.getByRole("heading", { name: "Welcome, bo@example.com" }).waitFor();
  await bo.getByLabel("New password").fill(bosPassword);
  await bo.getByRole("button", { name: "Save the password and sign in" }).click();
  await bo.waitForURL(`${app.url}/`);
  await bo.getByRole("button", { name: "Signed in as bo@example.com" }).waitFor();
  await bo.goto(`${app.url}/settings?tab=users`);
  await bo.getByText("Only an admin can change these").waitFor();
  assert.equal(await bo.getByRole("tab", { name: "Users" }).count(), 0);
  assert.equal(await bo.getByRole("button", { name: "Save the settings" }).count(), 0);

  // The admin makes an editor of the viewer, who stays signed in, then deactivates.
  await page.reload();
  await page.getByRole("combobox", { name: "Role of bo@example.com" }).click();
  await page.getByRole("option", { name: "Editor" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((i) => i.value === "Editor"));
  await bo.reload();
  await bo.getByText("You are signed in as bo@example.com, Editor").waitFor();
  await page.getByRole("button", { name: "More about bo@example.com" }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await page.getByText("bo@example.com is deactivated").waitFor();
  await bo.goto(`${app.url}/`);
  await bo.getByRole("heading", { name: "Sign in" }).waitFor();
  await bo.context().close();
  await page.context().close();
});

test("the last admin is not deactivated", async () => {
  app.cookies = app.anna;
  const page = await app.open("/settings?tab=users");
  await page.getByRole("button", { name: "More about Anna" }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("alert").getByText("This is the last admin").waitFor();
  await page.context().close();
});

test("a session that ends meanwhile: one signs in over the page, and nothing is lost", async () => {
  app.cookies = [];
  const page = await app.open("/settings?tab=tokens");
  await signIn(page, "anna", password);
  await page.getByLabel("What it is for").fill("nightly import");
  await page.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Editor" }).click();

  // Another browser of the same user signs this one out.
  app.cookies = app.anna;
  const other = await app.open("/settings?tab=account");
  await other.getByRole("table").waitFor();
  const out = other.getByRole("button", { name: "Sign out" });
  while ((await out.count()) > 0) {
    const left = await out.count();
    await out.first().click();
    await other.waitForFunction((n) => document.querySelectorAll("table tbody button").length < n, left);
  }
  await other.context().close();

  await page.getByRole("button", { name: "Create the token" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  await settled(page);
  await checkPage(page, "session ended");
  await shot(page, "access-session-ended");
  assert.equal(await dialog.getByLabel("Name or e-mail address").inputValue(), "Anna");
  await dialog.locator('input[name="password"]').fill(password);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.equal(new URL(page.url()).search, "?tab=tokens");
  assert.equal(await page.getByLabel("What it is for").inputValue(), "nightly import");
  await page.getByRole("button", { name: "Create the token" }).click();
  const secret = await page.getByRole("note").locator("code").first().textContent();
  assert.match(secret, /^kreds_[a-z2-7]{52}$/);
  const answer = await fetch(`${app.url}/api/v1/session`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await answer.json()).role, "editor");
  await checkPage(page, "token made");
  await page.getByRole("button", { name: "Revoke nightly import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("There are no tokens").waitFor();
  assert.equal(
    (await fetch(`${app.url}/api/v1/segments`, { headers: { Authorization: `Bearer ${secret}` } })).status,
    401,
  );

  // Signing out leads back to the beginning.
  await page.getByRole("button", { name: "Signed in as Anna" }).click();
  await page.evaluate(() => localStorage.setItem('kreds.draft ["somebody",""]', "[]"));
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  // What was written and not saved does not stay behind.
  assert.equal(await page.evaluate(() => Object.keys(localStorage).some((k) => k.startsWith("kreds.draft"))), false);
  await page.goBack().catch(() => null);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.context().close();
});

test("the password is changed; with the keyboard alone", async () => {
  app.cookies = [];
  const page = await app.open("/settings?tab=account");
  await page.getByLabel("Name or e-mail address").focus();
  await page.keyboard.type("anna");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByLabel("Current password").focus();
  await page.keyboard.type(password);
  await page.getByLabel("New password").focus();
  await page.keyboard.type("nine old boats at sea");
  await page.keyboard.press("Enter");
  await page.getByText("The password is changed").waitFor();
  await page.context().close();
});
