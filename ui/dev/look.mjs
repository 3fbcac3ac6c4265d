/**
 * Walks through the desk against the mock gateway and takes a picture of each scene into dev/shots.
 * `CHROMIUM=/usr/bin/chromium node dev/look.mjs [name…]`; with names, only those walks.
 */
import { mkdirSync } from "node:fs";

import { chromium } from "playwright-core";
import { createServer } from "vite";

const SHOTS = new URL("./shots/", import.meta.url).pathname;
mkdirSync(SHOTS, { recursive: true });
const only = process.argv.slice(2);

const server = await createServer({ root: new URL("..", import.meta.url).pathname, server: { port: 0 }, logLevel: "warn" });
await server.listen();
const base = server.resolvedUrls.local[0].replace(/\/$/, "");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
  ],
});
const errors = [];

async function farEnd() {
  const page = await browser.newPage();
  await page.goto(`${base}/dev/far-end.html`);
  await page.waitForFunction(() => document.title === "ready");
}

const control = (body) => fetch(`${base}/dev/control`, { method: "POST", body: JSON.stringify(body) });

async function desk({ locale, dark = false, width = 1440, height = 860 }) {
  const context = await browser.newContext({
    locale,
    colorScheme: dark ? "dark" : "light",
    viewport: { width, height },
    permissions: ["microphone", "clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  return { context, page };
}

async function walk(name, options) {
  if (only.length > 0 && !only.includes(name)) return;
  const { context, page } = await desk(options);
  const english = options.locale === "en-US";
  const say = (chinese, words) => (english ? words : chinese);
  const button = (chinese, words) => page.getByRole("button", { name: say(chinese, words), exact: true });
  const shot = async (scene) => {
    await page.waitForTimeout(350);
    await page.screenshot({ path: `${SHOTS}${name}-${scene}.png` });
  };
  await page.goto(`${base}/workbench/demo/agentdesk`);
  await page.getByLabel(say("用户名", "User name")).waitFor();
  await shot("01-sign-in");
  await page.getByLabel(say("用户名", "User name")).fill("alice");
  await page.getByLabel(say("密码", "Password"), { exact: true }).fill("wrong");
  await button("登录", "Sign in").click();
  await page.getByRole("alert").first().waitFor();
  await shot("02-sign-in-refused");
  await page.getByLabel(say("密码", "Password"), { exact: true }).fill("cordboard");
  await button("登录", "Sign in").click();
  await page.getByTestId("stage").waitFor();
  await page.waitForTimeout(1200);
  await shot("03-warm-up");
  await button("开始接听", "Take calls").click();
  await shot("04-ready");
  await control({ act: "ring" });
  await button("接听", "Answer").waitFor();
  await page.waitForTimeout(600);
  await shot("05-ringing");
  await button("接听", "Answer").click();
  await button("挂断", "Hang up").waitFor();
  await page.waitForTimeout(2600);
  await shot("06-talking");
  await button("按键", "Keypad").click();
  await page.keyboard.type("12#");
  await shot("07-keypad");
  await page.keyboard.press("Escape");
  await button("静音", "Mute").click();
  await shot("08-muted");
  await button("取消静音", "Unmute").click();
  await button("保持", "Hold").click();
  await shot("09-held");
  await button("取回", "Retrieve").click();
  await control({ act: "drop" });
  await page.waitForTimeout(100);
  await page.screenshot({ path: `${SHOTS}${name}-10-link-lost.png` });
  await page.waitForTimeout(1200);
  await control({ act: "hang_up" });
  await shot("11-wrap-up");
  await page.getByRole("button", { name: say("外呼", "Outbound"), exact: true }).click();
  await page.getByLabel(say("客户号码", "Customer's number")).fill("12");
  await button("呼叫", "Call").click();
  await shot("12-dial-refused");
  await button("知道了", "Got it").click();
  await page.getByLabel(say("客户号码", "Customer's number")).fill("13900139000");
  await button("呼叫", "Call").click();
  await page.waitForTimeout(1500);
  await shot("13-dialling");
  await button("挂断", "Hang up").click();
  await button("完成，就绪", "Done, take calls").click();
  await page.getByRole("button", { name: say("记录", "Records"), exact: true }).click();
  await page.waitForTimeout(500);
  await shot("14-records");
  await page.getByRole("button", { name: say(/查看/, /Open the record/) }).first().click();
  await page.waitForTimeout(1200);
  await shot("15-record");
  await page.getByRole("button", { name: say("我的工作", "My work"), exact: true }).click();
  await control({ act: "notice" });
  await shot("16-work-notice");
  await page.getByRole("button", { name: say(/^菜单/, /^Menu/) }).click();
  await shot("17-menu");
  await page.getByRole("menuitem", { name: say("声音设置", "Sound settings") }).click();
  await page.waitForTimeout(800);
  await shot("18-sound");
  await page.keyboard.press("Escape");
  await control({ act: "taken_over" });
  await shot("19-taken-over");
  await context.close();
}

await farEnd();
await walk("zh", { locale: "zh-CN" });
await walk("en-dark", { locale: "en-US", dark: true });
await walk("narrow", { locale: "zh-CN", width: 360, height: 740 });
await walk("small", { locale: "en-US", width: 1280, height: 720 });
await browser.close();
await server.close();
if (errors.length > 0) console.log([...new Set(errors)].join("\n"));
