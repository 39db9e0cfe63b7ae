import { existsSync } from "node:fs";

const places = [
  process.env.PATCHBAY_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that the browser tests drive; null where there is none, and then they are skipped, loudly. */
export const chromiumPath: string | null = places.find((path) => path !== undefined && existsSync(path)) ?? null;

/** No call home: the tests run where only loopback answers. */
export const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
