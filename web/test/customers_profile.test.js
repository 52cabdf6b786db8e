import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { checkPage, setup, shot } from "./harness.js";

const app = setup({ demo: false });

const companies = `cvr,company_name,employees
C1,Nordisk Vin ApS,62
C2,Bager & Søn,8
`;
const people = (rows) => `email,first_name,last_name,company,job_title,observed\n${rows}`;
const orders = `order_no,email,ordered_at,product,quantity,amount
1001,anna@nv.dk,2025-03-01 10:15,wine,2,179.00
1001,anna@nv.dk,2025-03-01 10:15,cheese,1,45.00
1002,bo@nv.dk,2025-03-04 11:00,bread,2,56.00
1003,anna@nv.dk,2025-05-01 10:15,wine,12,1074.00
`;
const views = `email,at,page
anna@nv.dk,2025-05-02 10:00,wine
anna@nv.dk,2025-05-03 10:00,cheese
`;

test("companies, persons, orders and views are brought", async () => {
  const dir = await mkdtemp(join(tmpdir(), "kreds-files-"));
  const bring = async (name, text, ...how) => {
    await writeFile(join(dir, name), text);
    await app.kreds("import", join(dir, name), ...how);
  };
  const who = ["--as", "customers", "--id", "email", "--time", "observed", "--map", "company=company"];
  await bring("companies.csv", companies, "--as", "companies", "--id", "cvr");
  await bring(
    "people.csv",
    people("anna@nv.dk,Anna,Krog,C1,Director,2025-01-10\nbo@nv.dk,Bo,Holm,C1,Buyer,2025-02-01\n"),
    ...who,
  );
  await bring("promoted.csv", people("anna@nv.dk,Anna,Krog,C1,Head of sales,2025-04-20\n"), ...who);
  await bring("orders.csv", orders, ..."--as events:purchase --id email --time ordered_at --order order_no".split(" "));
  await bring("views.csv", views, ..."--as events:view --id email --time at".split(" "));
  await app.kreds("segment", "create", "Keen", "did purchase at least 4 times and sum(amount) of purchase >= 2000");
  await rm(dir, { recursive: true });
  await app.kreds("segment", "create", "Wine", 'did purchase where (product = "wine")');
});

test("a sentence says who it is, and each trait since when and from where", async () => {
  const page = await app.open("/customers/anna@nv.dk?asOf=2025-06-01");
  await page.getByText("Anna Krog, customer since 10 Jan 2025: 2 purchases worth").waitFor();
  await page.getByText("last seen 3 May 2025").waitFor();
  const traits = page.getByRole("region", { name: "Traits" });
  await traits.getByText("Head of sales").waitFor();
  await traits.getByText("since 20 Apr 2025").waitFor();
  await traits.getByRole("link", { name: "promoted.csv" }).waitFor();
  await traits.getByText("one value before").click();
  await traits.getByText("Director").waitFor();
  await checkPage(page, "person");
  // As of a day before, it was otherwise.
  await page.goto(`${app.url}/customers/anna@nv.dk?asOf=2025-04-01`);
  await page.getByText("1 purchase worth").waitFor();
  await traits.getByText("Director").waitFor();
  assert.equal(await traits.getByText("Head of sales").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what is missing is said of each segment, and clause by clause", async () => {
  const page = await app.open("/customers/anna@nv.dk?asOf=2025-06-01");
  const lacks = "Missing: 2 more times did purchase and sum(amount) of purchase higher by 702";
  const outside = page.getByRole("list", { name: "Not in" });
  await outside.getByText(lacks).waitFor();
  await outside.getByRole("button", { name: /Keen/ }).click();
  await page.getByText("Not in Keen, because:").waitFor();
  await page.getByText("2 of 4 times").waitFor();
  await page.getByText("702 short").waitFor();
  assert.equal(await page.getByText(lacks).count(), 2);
  await shot(page, "customer-lacks");
  await page.context().close();
});

test("the timeline has the lines of an order together, with their total, and shows only chosen events", async () => {
  const page = await app.open("/customers/anna@nv.dk?asOf=2025-06-01");
  const timeline = page.getByRole("region", { name: "Timeline" });
  const first = timeline.getByRole("listitem").filter({ hasText: "Purchase 1001" });
  await first.first().waitFor();
  assert.match(await first.first().textContent(), /2 lines.*224.*Productwine.*Productcheese/);
  await timeline.getByText("Page", { exact: true }).first().waitFor();
  await timeline.getByText("Purchase 2", { exact: true }).click();
  await page.waitForURL(/events=purchase/);
  await timeline.getByText("Page", { exact: true }).first().waitFor({ state: "detached" });
  await checkPage(page, "timeline");
  await page.context().close();
});

test("a company has its persons, and what they bought", async () => {
  const page = await app.open("/customers?kind=company&sort=:value&down=true");
  await page.getByRole("link", { name: "C1" }).click();
  await page.getByText(/^Nordisk Vin ApS.*3 purchases worth/).waitFor();
  await page.getByRole("region", { name: "Persons" }).getByRole("link", { name: "Show all" }).click();
  await page.getByText("2 customers of C1").waitFor();
  await page.getByRole("link", { name: "C1" }).first().waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a person and a company in every view", async () => {
  await app.lookAt("customer-person", "/customers/anna@nv.dk?asOf=2025-06-01&why=Keen", "text=702");
  await app.lookAt("customer-company", "/customers/C1?kind=company&asOf=2025-06-01", "text=anna@nv.dk");
});
