import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { expect } from "vitest";
import { type Page, screens } from "./browser.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const full = process.env.PATCHBAY_FULL === "1";
const out = join(dirname(fileURLToPath(import.meta.url)), "out");

/** Of many pages or windows the ones to look at: every fifth, with `--full` all of them. */
export function lookedAt<Place>(places: readonly Place[]): Place[] {
  return places.filter((_, index) => full || index % 5 === 0);
}

/**
 * Looks at what the page shows at both sizes, with `--full` in both themes and with a picture of each in `out/<folder>`: nothing
 * overflows, and no accessibility rule is broken.
 */
export async function expectWellMade(
  page: Page,
  { folder, name, part }: { folder: "pages" | "dialogs"; name: string; part?: string },
): Promise<void> {
  mkdirSync(join(out, folder), { recursive: true });
  for (const screen of screens) {
    await page.setViewportSize(screen);
    for (const colorScheme of ["light", "dark"] as const) {
      // The tokens' contrast is a test of its own in both themes: how they meet on a dark page is for the campaign.
      if (!full && colorScheme === "dark") continue;
      // A theme changes no width, and a window is as narrow on both screens.
      if (folder === "dialogs" && screen !== screens[0] && colorScheme === "dark") continue;
      await page.emulateMedia({ colorScheme });
      await still(page);
      const look = `${name}-${screen.width}-${colorScheme}`;
      if (full) await page.screenshot({ path: join(out, folder, `${look}.png`) });
      expect({ look, overflow: await overflow(page) }).toEqual({ look, overflow: [] });
      // The narrow page has what the wide one has, and a theme changes colours and nothing else.
      const rules = colorScheme === "light" ? "all" : "contrast";
      if (screen === screens[0])
        expect({ look, violations: await violations(page, { rules, part }) }).toEqual({ look, violations: [] });
    }
  }
}

/** Settles when nothing on the page moves towards an end any more; what breathes for ever does not count. */
export function still(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    await document.fonts.ready;
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}

/** What is wider than its place: the page, or a window, menu or popover over it. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const over = "[role='dialog'], [role='alertdialog'], [role='menu'], [data-radix-popper-content-wrapper]";
    const found: string[] = [];
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth - clientWidth}px too wide`);
    if (scrollHeight > clientHeight) found.push(`the page is ${scrollHeight - clientHeight}px too high`);
    for (const each of document.querySelectorAll<HTMLElement>(over)) {
      const name = each.getAttribute("role") ?? "popover";
      const box = each.getBoundingClientRect();
      if (box.left < 0 || box.top < 0 || box.right > window.innerWidth || box.bottom > window.innerHeight)
        found.push(`${name} is partly outside the window`);
      for (const part of [each, ...each.querySelectorAll<HTMLElement>("div")])
        if (
          part.scrollWidth > part.clientWidth + 1 &&
          getComputedStyle(part).overflowX === "auto" &&
          !part.closest(".monaco-editor")
        )
          found.push(`${name}: ${part.className} is ${part.scrollWidth - part.clientWidth}px too wide`);
    }
    return found;
  });
}

/** Violations of accessibility rules, as rule and place, on the page or in a part of it (a CSS selector). */
async function violations(
  page: Page,
  { rules, part = "html" }: { rules: "all" | "contrast"; part: string | undefined },
): Promise<string[]> {
  await page.evaluate(`if (!window.axe) { ${axe} }`);
  const options = { resultTypes: ["violations"], ...(rules === "contrast" && { runOnly: ["color-contrast"] }) };
  const found = (await page.evaluate(`axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)})`)) as AxeResults;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((each) => `${id}: ${each.target.join(" ")} ${each.failureSummary ?? ""}`),
  );
}
