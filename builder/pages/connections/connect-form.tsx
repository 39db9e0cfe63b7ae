import { useState } from "react";
import type { getConnector } from "../../../shared/api/connectors.ts";
import type { Response } from "../../../shared/api/route.ts";
import { type AuthScheme, credentialFields } from "../../../shared/connector/auth-scheme.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { authWords } from "../connectors/auth-words.ts";
import { CheckFailed } from "./check-failed.tsx";
import { CredentialInputs } from "./credential-inputs.tsx";
import { askedVariables, type Place, PlaceFields, placeBody } from "./place-fields.tsx";
import { useConnect } from "./use-connect.ts";

type Props = {
  loaded: Response<typeof getConnector>;
  onClose: () => void;
  onConnected: (connection: string) => void;
  returnTo?: string;
};

/** Asks for what the connector needs. Refused credentials stay in their fields, so that they can be put right. */
export function ConnectForm({ loaded, onClose, onConnected, returnTo = "/connections" }: Props) {
  const { document: connector, sandbox } = loaded;
  const fields = credentialFields(connector.auth);
  const [name, setName] = useState(connector.name);
  const [target, setTarget] = useState<"live" | "sandbox">(sandbox ? "sandbox" : "live");
  const [place, setPlace] = useState<Place>({ baseUrl: "", variables: {} });
  const [values, setValues] = useState<Record<string, string>>({});
  // What is entered here is meant for the host that was shown, not for one that somebody sets meanwhile.
  const [shown, setShown] = useState(connector.baseUrl);
  const { connect, stored, problem, said } = useConnect({ connector: connector.key, returnTo, onConnected });
  const moved = connector.baseUrl !== shown;
  const signsIn = connector.auth.kind === "oauth2" && connector.auth.grant === "authorization-code";
  const where = target === "live" ? placeBody(connector, place) : {};
  const empty = fields.some(({ key, optional }) => !optional && (values[key] ?? "") === "");
  const unplaced =
    target === "live" &&
    place.baseUrl === "" &&
    askedVariables(connector).some(({ key }) => !(where.variables && Object.hasOwn(where.variables, key)));
  const missing = name.trim() === "" || empty || unplaced;

  function submit(): void {
    if (missing || moved) return;
    const credentials = Object.fromEntries(
      fields.flatMap(({ key, optional }) => (optional && !values[key] ? [] : [[key, values[key] ?? ""]])),
    );
    connect.mutate({ name, target, credentials, ...where, shownBaseUrl: shown });
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Connect ${connector.name}`}
      description="Secrets are stored encrypted and never shown again."
      hint={missing ? "Fill in what is marked *." : signsIn ? `You will be sent to ${providerOf(connector.auth)}.` : undefined}
      footer={
        <>
          {stored && <Button onClick={() => onConnected(stored.connection)}>Keep it as it is</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="connect" busy={connect.isPending} disabled={missing || moved}>
            Connect
          </Button>
        </>
      }
    >
      <form
        id="connect"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          submit();
        }}
      >
        {moved && <BaseUrlMoved from={shown} to={connector.baseUrl} onAccept={() => setShown(connector.baseUrl)} />}
        <Facts>
          <Fact name="Authorization method">{authWords[connector.auth.kind]}</Fact>
        </Facts>
        <Field label="Connection name" required error={problem("name")}>
          {(control) => <Input {...control} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {sandbox && !stored && (
          <Segmented
            label="Where its calls go"
            value={target}
            onChange={setTarget}
            segments={[
              { value: "sandbox", label: "Bundled sandbox" },
              { value: "live", label: "The real API" },
            ]}
          />
        )}
        {target === "live" && <PlaceFields connector={connector} place={place} problem={problem} onChange={setPlace} />}
        <CredentialInputs fields={fields} values={values} required problem={problem} onChange={setValues} />
        {stored && !connect.isPending && <CheckFailed check={stored.check} />}
        {said && <ProblemLine text={said} />}
      </form>
    </Dialog>
  );
}

function BaseUrlMoved({ from, to, onAccept }: { from: string; to: string; onAccept: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-col items-start gap-2 rounded-card border border-waiting-line bg-waiting-tint px-3 py-2 text-sm"
    >
      <p className="font-medium text-waiting-text">The base URL of this connector was changed while this window was open</p>
      <p className="break-words">
        It was <code className="font-mono text-xs">{from}</code> and is now <code className="font-mono text-xs">{to}</code>.
        Nothing was sent. Connect only if that is where your credentials belong.
      </p>
      <Button size="small" onClick={onAccept}>
        Go on with the new one
      </Button>
    </div>
  );
}

/** The provider's host, as people see it in their browser. */
function providerOf(auth: AuthScheme): string {
  const url = auth.kind === "oauth2" ? auth.authorizationUrl : undefined;
  return url && URL.canParse(url) ? new URL(url).host : "the provider";
}
