import { CircleCheck } from "lucide-react";
import { useState } from "react";
import type { Logo } from "../../../shared/connector/logo.ts";
import { explain } from "../../api/explain.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { authWords } from "./auth-words.ts";
import { BaseUrlField } from "./base-url-field.tsx";
import { variablesFor } from "./base-variables.tsx";
import { CategoryField } from "./category-field.tsx";
import { LogoField } from "./logo-field.tsx";
import { NameFields } from "./name-fields.tsx";
import { type SetUp, SetUpDialog } from "./set-up-dialog.tsx";
import { useCreateConnector } from "./use-create-connector.ts";

/** All that a connector needs before somebody can connect, on one page. What is missing is named beside its field. */
export function NewConnectorForm() {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [baseUrl, setBaseUrl] = useState("");
  const [logo, setLogo] = useState<Logo>();
  const [category, setCategory] = useState<string | null>(null);
  const [setUp, setSetUp] = useState<SetUp | null>(null);
  const [settingUp, setSettingUp] = useState(false);
  const [tried, setTried] = useState(false);
  const { create, problems, redirectUrl, fieldProblem } = useCreateConnector();
  const missing: Record<string, string> = {
    ...(name.trim() === "" && { name: "Enter a name." }),
    ...(description.trim() === "" && { description: "Enter a description." }),
    ...(baseUrl.trim() === "" && { baseUrl: "Enter the base URL." }),
    ...(category === null && { category: "Choose a category." }),
    ...(setUp === null && { auth: "Set up the authentication method." }),
  };
  const problem = (field: string) => (tried ? missing[field] : undefined) ?? fieldProblem(field);
  const refusedAuth = Object.keys(problems).find((field) => field.startsWith("auth."));

  function save(): void {
    setTried(true);
    if (setUp === null || category === null || Object.keys(missing).length > 0) return;
    const variables = variablesFor(baseUrl, []);
    create.mutate({
      connector: {
        name,
        description,
        baseUrl,
        category,
        ...(logo && { logo }),
        ...(variables.length > 0 && { variables }),
        auth: setUp.auth,
      },
      client: setUp.client,
    });
  }

  return (
    <>
      <form
        aria-label="Data connector"
        noValidate
        className="flex flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <NameFields name={name} description={description} problem={problem} onName={setName} onDescription={setDescription} />
        <BaseUrlField baseUrl={baseUrl} error={problem("baseUrl")} onChange={setBaseUrl} />
        <LogoField name={name} logo={logo} error={problem("logo")} onChange={setLogo} />
        <CategoryField category={category} error={problem("category")} onChange={setCategory} />
        <MethodField
          setUp={setUp}
          problem={refusedAuth ? `It was refused: ${problems[refusedAuth]}` : problem("auth")}
          onOpen={() => setSettingUp(true)}
        />
        {create.error && Object.keys(problems).length === 0 && <ProblemLine text={explain(create.error).why} />}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" busy={create.isPending}>
            Save
          </Button>
          <span className="text-muted text-xs">
            {tried && Object.keys(missing).length > 0
              ? "Fill in what is marked *."
              : "Saves the connector; connecting to an account comes next."}
          </span>
        </div>
      </form>
      {settingUp && (
        <SetUpDialog
          start={setUp}
          redirectUrl={redirectUrl}
          fieldProblem={fieldProblem}
          onClose={() => setSettingUp(false)}
          onSave={(made) => {
            create.reset();
            setSetUp(made);
            setSettingUp(false);
          }}
        />
      )}
    </>
  );
}

/** The chosen method with the link that sets it up. */
function MethodField({ setUp, problem, onOpen }: { setUp: SetUp | null; problem: string | undefined; onOpen: () => void }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">
        Authentication method
        <span aria-hidden="true" className="text-failed-text">
          {" *"}
        </span>
      </legend>
      <div className="flex items-center gap-3 rounded-control border border-line px-3 py-1.5 text-sm">
        {setUp ? (
          <span className="flex min-w-0 flex-1 items-center gap-2">
            <CircleCheck aria-hidden="true" className="size-4 text-succeeded-text" />
            {authWords[setUp.auth.kind]}
          </span>
        ) : (
          <span className="min-w-0 flex-1 text-muted">Not set up yet</span>
        )}
        <button type="button" onClick={onOpen} className="min-h-7 rounded-small font-medium text-accent-text hover:underline">
          {setUp ? "Change" : "Set Up"}
        </button>
      </div>
      {problem && (
        <p role="alert" className="text-failed-text text-xs">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
