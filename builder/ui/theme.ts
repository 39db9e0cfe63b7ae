import { createPreference } from "./preference.ts";

/** `system` follows the operating system. public/theme.js reads the same key before the first paint. */
export const theme = createPreference("patchbay.theme", ["system", "light", "dark"]);

/** Puts the chosen theme on the page, now and at each change. */
export function applyTheme(): void {
  const show = () => {
    const chosen = theme.get();
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
  };
  show();
  theme.subscribe(show);
}

const systemDark = "(prefers-color-scheme: dark)";

/** Is the page dark now? For what does not follow its colours by itself. */
export function isDark(): boolean {
  const chosen = theme.get();
  return chosen === "system" ? window.matchMedia(systemDark).matches : chosen === "dark";
}

export function onThemeChange(listener: () => void): () => void {
  const system = window.matchMedia(systemDark);
  system.addEventListener("change", listener);
  const off = theme.subscribe(listener);
  return () => {
    system.removeEventListener("change", listener);
    off();
  };
}
