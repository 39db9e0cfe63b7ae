/** Puts the keyboard into a panel: on the field that has a problem, whose fold opens, else on the first. */
export function focusField(panel: Element | null): void {
  const fields = "input:not([type='hidden']), textarea, select, [contenteditable='true'], button";
  const wrong = panel?.querySelector<HTMLElement>("[aria-invalid='true']");
  const fold = wrong?.closest("details");
  if (fold) fold.open = true;
  (wrong ?? panel?.querySelector<HTMLElement>(fields))?.focus();
}
