import { typeProblem } from "../../../shared/connector/build-request.ts";
import { headerNameProblem } from "../../../shared/connector/header-name.ts";
import type { Parameter, ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";

export type ParameterProblems = { key?: string; default?: string; example?: string; hidden?: string };

/** What keeps a parameter from being declared as it stands, by field, in sentences. `taken`: keys of the others in its place. */
export function parameterProblems(parameter: Parameter, taken: readonly string[]): ParameterProblems {
  const { key, in: place, hidden, required } = parameter;
  const same = (other: string) => (place === "header" ? other.toLowerCase() === key.toLowerCase() : other === key);
  const header = place === "header" && key !== "" ? headerNameProblem(parameter.wireName ?? key) : null;
  const unfit = (value: Json | undefined) => value !== undefined && !fitsType(parameter, value);
  return {
    ...(taken.some(same) ? { key: `there is a parameter “${key}” already` } : header !== null && { key: header }),
    ...(unfit(parameter.default) && { default: `must be ${withArticle(parameter.type)}` }),
    ...(unfit(parameter.example) && { example: `must be ${withArticle(parameter.type)}` }),
    ...(hidden &&
      required &&
      parameter.default === undefined && { hidden: "Nobody can fill it in: give it a default value, or do not require it." }),
  };
}

/** The parameter with another type: a default or an example that does not fit it goes, and so does what only lists and objects have. */
export function withType(parameter: Parameter, type: ParameterType): Parameter {
  const { default: preset, example, style, explode, schema: _, ...rest } = parameter;
  const next: Parameter = { ...rest, type };
  const container = type === "array" || type === "object";
  return {
    ...next,
    ...(preset !== undefined && fitsType(next, preset) && { default: preset }),
    ...(example !== undefined && fitsType(next, example) && { example }),
    ...(container && style !== undefined && style !== "deepObject" && { style }),
    ...(container && explode !== undefined && { explode }),
  };
}

/** As strictly as a body takes it, whatever the place: a default is a value of the type. */
function fitsType(parameter: Parameter, value: Json): boolean {
  return typeProblem({ ...parameter, in: "body" }, value) === null;
}

function withArticle(type: ParameterType): string {
  return `${/^[aio]/.test(type) ? "an" : "a"} ${type}`;
}
