import type { Action } from "../../../shared/connector/action.ts";
import { actionParameters } from "../../../shared/connector/action-call.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { Fact, Facts } from "../../ui/facts.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { categoryWords } from "./category-words.ts";

/** All of an action once more, before it is saved. */
export function ActionReview({ document, action }: { document: ConnectorDraft; action: Action }) {
  const endpoint = document.endpoints.find(({ key }) => key === action.endpoint);
  const inputs = endpoint ? actionParameters(action, endpoint) : [];
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact name="Name">{action.name}</Fact>
        <Fact name="Description">{action.description || <span className="text-muted">None</span>}</Fact>
        <Fact name="Category">{categoryWords[action.category]}</Fact>
        <Fact name="Call">
          {endpoint && (
            <code className="break-all font-mono text-xs">
              {endpoint.method} {endpoint.path}
            </code>
          )}
        </Fact>
        <Fact name="Inputs">
          {inputs.length === 0 ? (
            <span className="text-muted">None</span>
          ) : (
            <ul className="flex flex-col gap-0.5">
              {inputs.map(({ key, name, type, required }) => (
                <li key={key}>
                  {name}
                  <span className="text-muted">
                    {" "}
                    · {type}
                    {required && ", required"}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        {Object.keys(action.fixed).length > 0 && (
          <Fact name="Always the same">
            <ul className="flex flex-col gap-0.5">
              {Object.entries(action.fixed).map(([key, value]) => (
                <li key={key}>
                  <code className="break-all font-mono text-xs">
                    {key} = {JSON.stringify(value)}
                  </code>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Output">
          {action.output ? action.output.map(({ name }) => name).join(", ") || "Nothing" : "The whole answer"}
        </Fact>
      </Facts>
      {action.outputSample !== undefined && <JsonView value={action.outputSample} root="" label="Output of the sample" />}
    </div>
  );
}
