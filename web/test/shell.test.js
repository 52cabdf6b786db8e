import assert from "node:assert/strict";
import test from "node:test";
import { checkPage, setup, shot } from "./harness.js";

const app = setup({ demo: false });

test("an empty workspace offers a beginning", async () => {
  await app.lookAt("overview-empty", "/", "text=/demo ?data/i");
});

test("an unknown address says so and leads back", async () => {
  await app.lookAt("not-found", "/no/such/page", "h1");
  const page = await app.open("/no/such/page");
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await page.waitForURL(`${app.url}/`);
  await page.context().close();
});

test("keys: help, search, going to a page, Esc", async () => {
  const page = await app.open("/");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await checkPage(page, "help");
  await shot(page, "shell-help");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Find a page or a segment" });
  await field.waitFor();
  await checkPage(page, "search");
  await shot(page, "shell-search");
  await page.keyboard.type("over");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.goto(`${app.url}/no/such/page`);
  await page.getByRole("heading", { name: "There is no page at this address" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL(`${app.url}/`);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the first Tab is a way past the navigation", async () => {
  const page = await app.open("/");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await page.context().close();
});

test("language and colours are chosen once and kept", async () => {
  const page = await app.open("/");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitem", { name: "Dansk" }).click();
  await page.getByRole("heading", { name: "Overblik" }).waitFor();
  await page.getByRole("button", { name: "Udseende" }).click();
  await page.getByRole("menuitem", { name: "Mørkt" }).click();
  await page.reload();
  await page.getByRole("heading", { name: "Overblik" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), "dark");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "da");
  await page.context().close();
});

test("on a phone the navigation opens and closes", async () => {
  const page = await app.open("/", { width: 390 });
  await page.getByRole("button", { name: "Menu" }).click();
  const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" });
  await link.waitFor();
  await checkPage(page, "menu");
  await shot(page, "shell-menu-390");
  await link.click();
  await link.waitFor({ state: "hidden" });
  await page.context().close();
});

test("a server that is away is said, with what to do, and asked again", async () => {
  const page = await app.open("/no/such/page");
  await page.route("**/api/v1/**", (r) => r.abort());
  await page.goto(`${app.url}/`);
  await page.getByRole("alert").getByText("The kreds server is not answering").waitFor();
  await page.getByText("Check that kreds serve is still running").waitFor();
  await shot(page, "shell-away");
  await page.unroute("**/api/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Nothing is imported yet").first().waitFor();
  await page.context().close();
});

test("an error of the server is shown with its hint", async () => {
  const page = await app.open("/no/such/page");
  const problem = {
    type: "about:blank",
    title: "",
    status: 500,
    code: "internal",
    detail: "the disk is gone",
    hint: "plug it in",
  };
  await page.route("**/api/v1/segments*", (r) =>
    r.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.goto(`${app.url}/`);
  const alert = page.getByRole("alert");
  await alert.getByText("The disk is gone").waitFor();
  await alert.getByText("Plug it in").waitFor();
  await checkPage(page, "server error");
  await page.context().close();
});
