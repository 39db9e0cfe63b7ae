import { type RefObject, useEffect, useRef } from "react";

/** Leads the keyboard to the first field with a problem, whenever there are others than before. */
export function useFocusOnProblem<Form extends HTMLElement>(problems: Readonly<Record<string, string>>): RefObject<Form | null> {
  const form = useRef<Form>(null);
  const fields = Object.keys(problems).join(" ");
  useEffect(() => {
    if (fields !== "") form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fields]);
  return form;
}
