// Opens pages in Chromium, looks at each at two widths and in light and dark, and prints what is wrong.
//
//   node pages.mjs CHROMIUM JOB.json
//
// The job has `folder`, where pictures go, `keeps_pictures`, `pages`: name, url, status, language and, of an open
// charge, br_code; `payments` by card: name, url, card, installments and the title of the page in the end; and `links`
// of Data Collect: name, url, key, a wrong key with what the page says, and the title in the end. Prints one JSON object: the problems, and the pictures of QR codes with the text that they must have.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import puppeteer from "puppeteer-core";

const WIDTHS = [360, 1280];
const HEIGHT = 800;
// The sandbox answers within a second.
const ANSWER_MILLISECONDS_MAX = 15_000;
const [chromium, job] = process.argv.slice(2);
const { folder, keeps_pictures, pages, payments, links } = JSON.parse(await readFile(job, "utf8"));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const problems = [];
const codes = [];

// As root, as in a container, Chromium starts only without its sandbox; it opens pages of this machine alone.
const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args });
try {
  for (const page of pages) {
    for (const width of WIDTHS) {
      await look(page, width);
    }
  }
  for (const payment of payments) await pay(payment);
  for (const link of links) await collect(link);
} finally {
  await browser.close();
}
console.log(JSON.stringify({ problems, codes }));

async function look(page, width) {
  const name = `${page.name} at ${width} px`;
  const wrong = (text) => problems.push(`${name}: ${text}`);
  const tab = await browser.newPage();
  try {
    tab.on("console", (message) => {
      // The status of a page that leads nowhere is 404, of which Chromium tells the console.
      const isStatus = page.status !== 200 && message.text().includes(`status of ${page.status}`);
      if (["error", "warn"].includes(message.type()) && !isStatus) wrong(`the console says: ${message.text()}`);
    });
    tab.on("pageerror", (error) => wrong(`an error: ${error.message}`));
    const requests = [];
    tab.on("request", (request) => requests.push(request.url()));
    await tab.setViewport({ width, height: HEIGHT, deviceScaleFactor: 2, isMobile: width < 600, hasTouch: width < 600 });
    const answer = await tab.goto(page.url, { waitUntil: "load" });
    if (answer.status() !== page.status) wrong(`the status is ${answer.status()}, not ${page.status}`);
    const others = requests.filter((url) => url !== page.url);
    if (others.length) wrong(`loads ${others.join(", ")}`);
    const language = await tab.evaluate(() => document.documentElement.lang);
    if (language !== page.language) wrong(`the language is ${language}, not ${page.language}`);
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) wrong(`scrolls ${overflow} px to the side`);
    await keep(tab, `${page.name}-${width}`);
    await tab.evaluate(axe);
    await checkAccess(tab, wrong);
    if (width === WIDTHS[0] || keeps_pictures) {
      await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
      await keep(tab, `${page.name}-${width}-dark`);
      await checkAccess(tab, (text) => wrong(`in the dark: ${text}`));
    }
    if (page.br_code) await checkCode(tab, page, width, wrong);
  } finally {
    await tab.close();
  }
}

// Pays a charge by card as a payer does: the acquirer's form, the confirmation, and the page of the issuer if it asks.
async function pay({ name, url, card, installments, title }) {
  const wrong = (text) => problems.push(`${name}: ${text}`);
  const tab = await browser.newPage();
  const follow = (selector) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.click(selector)]);
  const until = async (selector) => {
    const end = Date.now() + ANSWER_MILLISECONDS_MAX;
    while (!(await tab.$(selector)) && Date.now() < end) await tab.reload({ waitUntil: "load" });
    return tab.$(selector);
  };
  try {
    tab.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) wrong(`the console says: ${message.text()}`);
    });
    await tab.setViewport({ width: WIDTHS[0], height: HEIGHT, isMobile: true, hasTouch: true });
    await tab.setExtraHTTPHeaders({ "Accept-Language": "pt-BR" });
    await tab.goto(url, { waitUntil: "load" });
    await follow('a[href*="/sandbox-card"]');
    await tab.click(`input[id="${card}"]`);
    await follow("form button");
    await tab.select("#installments", String(installments));
    await follow("form button");
    if (card === "authentication" && (await until('a[href$="/sandbox-issuer"]'))) {
      await follow('a[href$="/sandbox-issuer"]');
      await follow('button[value="passed"]');
    }
    await until("h1.good, h1.bad, p.bad");
    const text = await tab.evaluate(() => document.body.innerText);
    if (!text.includes(title)) wrong(`the page does not say ${JSON.stringify(title)}: ${text}`);
  } catch (error) {
    wrong(error.message);
  } finally {
    await tab.close();
  }
}

// Enters a Pix key as a beneficiary does: asks for the code, enters it, and sends a wrong key and a right one.
async function collect({ name, url, key, wrong: [wrongKey, flaw], title }) {
  const wrong = (text) => problems.push(`${name}: ${text}`);
  const tab = await browser.newPage();
  const follow = (selector) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.click(selector)]);
  const look = async (step) => {
    await keep(tab, `link-${step}`);
    await tab.evaluate(axe);
    await checkAccess(tab, (text) => wrong(`${step}: ${text}`));
    return tab.evaluate(() => document.body.innerText);
  };
  const send = async (text) => {
    await tab.$eval("#pix_key", (field) => { field.value = ""; });
    await tab.type("#pix_key", text);
    await tab.click("#consent");
    await follow("form button");
  };
  try {
    tab.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) wrong(`the console says: ${message.text()}`);
    });
    await tab.setViewport({ width: WIDTHS[0], height: HEIGHT, isMobile: true, hasTouch: true });
    await tab.goto(url, { waitUntil: "load" });
    await follow('form[action$="/code"] button');
    const code = await tab.$eval(".check strong", (shown) => shown.innerText);
    await look("code");
    await tab.type("#code", code);
    await follow('form[action$="/form"] button');
    await look("form");
    await send(wrongKey);
    const refused = await look("flaw");
    if (!refused.includes(flaw)) wrong(`the page does not say ${JSON.stringify(flaw)}: ${refused}`);
    await send(key);
    const text = await look("sent");
    if (!text.includes(title)) wrong(`the page does not say ${JSON.stringify(title)}: ${text}`);
  } catch (error) {
    wrong(error.message);
  } finally {
    await tab.close();
  }
}

async function keep(tab, name) {
  if (keeps_pictures) await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

// Runs axe-core through the debugger, which the policy of the page does not refuse.
async function checkAccess(tab, wrong) {
  const { violations } = await tab.evaluate(() => window.axe.run());
  for (const { id, help, nodes } of violations) {
    wrong(`axe ${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }
}

// Checks that a click selects all of the text to copy, and so does the Tab key, and takes a picture of the QR code.
async function checkCode(tab, page, width, wrong) {
  await tab.click(".block");
  const clicked = await tab.evaluate(() => document.getSelection().toString());
  if (clicked !== page.br_code) wrong(`a click selects ${JSON.stringify(clicked)}`);
  await tab.focus(".top a");
  await tab.keyboard.press("Tab");
  const focused = await tab.evaluate(() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value?.slice(selectionStart, selectionEnd);
  });
  if (focused !== page.br_code) wrong(`the Tab key selects ${JSON.stringify(focused)}`);
  await keep(tab, `${page.name}-${width}-focus`);
  const picture = join(folder, `${page.name}-${width}-qr.png`);
  const code = await tab.$("svg.qr");
  await code.screenshot({ path: picture });
  codes.push({ name: `${page.name} at ${width} px`, picture, text: page.br_code });
}
