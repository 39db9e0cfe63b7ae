import { parseTemplate } from "./expression.ts";
import type { NodeProblem } from "./expression-problems.ts";
import type { Flow } from "./flow.ts";

/** What is wrong with the settings of the flow itself: before a run begins there is nothing but its trigger to read. */
export function settingsProblems({ settings }: Flow): NodeProblem[] {
  const key = settings?.concurrency?.key;
  if (key === undefined || !key.includes("{{")) return [];
  const field = "settings.concurrency.key";
  const template = parseTemplate(key);
  if ("problem" in template) return [{ field, code: "bad_expression", message: template.problem }];
  if (template.jsonata !== undefined)
    return [
      { field, code: "bad_expression", message: "the key is told before a run begins: use {{paths}} of the trigger, no JSONata" },
    ];
  return template.parts.flatMap((part): NodeProblem[] =>
    "path" in part && part.path[0] !== "trigger"
      ? [
          {
            field,
            code: "unknown_root",
            message: `"${part.source}" must start with trigger: the key is told before a run begins`,
          },
        ]
      : [],
  );
}
