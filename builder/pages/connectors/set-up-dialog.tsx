import { ArrowLeft, KeyRound, type LucideIcon, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Advanced } from "./advanced.tsx";
import { KeyFields } from "./api-key-fields.tsx";
import { SchemeFields } from "./auth-form.tsx";
import { authWords } from "./auth-words.ts";
import { type AuthKind, missingInAuth, newAuth } from "./new-auth.ts";
import { GrantField, OAuthUrls } from "./oauth-fields.tsx";
import { IdentityFields, OAuthOptions } from "./oauth-options.tsx";
import { TextField } from "./text-field.tsx";

/** The client of an OAuth connector, as it is typed: it is stored apart from the connector. */
export type TypedClient = { clientId: string; clientSecret: string };
export type SetUp = { auth: AuthScheme; client: TypedClient };

const main: readonly { kind: AuthKind; icon: LucideIcon; text: string }[] = [
  { kind: "oauth2", icon: ShieldCheck, text: "People sign in at the provider and allow it; no password is entered here." },
  { kind: "api-key", icon: KeyRound, text: "Each request carries a key that the API gave out." },
];
const others = ["basic", "bearer", "jwt", "token-exchange", "none"] as const;

/** Chooses how the API is signed in to, then asks for what that needs. Nothing is kept before Save. */
export function SetUpDialog({
  start,
  redirectUrl,
  fieldProblem,
  onClose,
  onSave,
}: {
  /** What was set up before, to be changed. */
  start: SetUp | null;
  redirectUrl: string;
  /** What the server refused of it before. */
  fieldProblem: (field: string) => string | undefined;
  onClose: () => void;
  onSave: (made: SetUp) => void;
}) {
  const [auth, setAuth] = useState<AuthScheme | null>(start?.auth ?? null);
  const [client, setClient] = useState<TypedClient>(start?.client ?? { clientId: "", clientSecret: "" });
  // Where a new key goes differs from API to API, so nothing is guessed.
  const [placed, setPlaced] = useState(start?.auth.kind === "api-key");
  // As it was when the method was selected.
  const [begun, setBegun] = useState<[AuthScheme | null, TypedClient]>([auth, client]);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const problem = (field: string) => missing[field] ?? fieldProblem(field);

  function choose(kind: AuthKind): void {
    setMissing({});
    const next = start?.auth.kind === kind ? start.auth : newAuth(kind);
    setAuth(next);
    setBegun([next, client]);
  }
  function save(): void {
    if (!auth) return;
    const found = {
      ...missingInAuth(auth),
      ...(auth.kind === "api-key" && !placed && { "auth.addTo": "Select where the key is added." }),
      ...(needsClient(auth) && client.clientId.trim() === "" && { clientId: "Enter the Client ID." }),
    };
    setMissing(found);
    if (Object.keys(found).length === 0) onSave({ auth, client });
  }

  return (
    <Dialog
      open
      // What was typed is not lost by a click beside it.
      held={auth !== null && JSON.stringify([auth, client]) !== JSON.stringify(begun)}
      onClose={onClose}
      title="Authentication Method"
      description={auth ? "What the API's documentation says of it." : "Choose the authentication method for this integration:"}
      hint={auth ? `Selected method: ${authWords[auth.kind]}` : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {auth && (
            <>
              <Button onClick={() => setAuth(null)}>
                <ArrowLeft aria-hidden="true" />
                Back
              </Button>
              <Button look="primary" type="submit" form="set-up">
                Save
              </Button>
            </>
          )}
        </>
      }
    >
      {auth ? (
        <form
          id="set-up"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            // A form inside a window bubbles through React to the form that it was opened from.
            event.stopPropagation();
            save();
          }}
        >
          <MethodFields
            auth={auth}
            client={client}
            redirectUrl={redirectUrl}
            problem={problem}
            placed={placed}
            onPlaced={() => setPlaced(true)}
            onAuth={setAuth}
            onClient={setClient}
          />
        </form>
      ) : (
        <Methods onChoose={choose} />
      )}
    </Dialog>
  );
}

/** Whether the connector has a client of its own at the provider; as the scheme says, or as it does by default. */
export function needsClient(auth: { kind: string; client?: string | undefined }): boolean {
  return auth.kind === "oauth2" && auth.client !== "connection";
}

function Methods({ onChoose }: { onChoose: (kind: AuthKind) => void }) {
  return (
    <div className="flex flex-col gap-4">
      <ul className="grid grid-cols-2 gap-3">
        {main.map(({ kind, icon: Icon, text }) => (
          <li key={kind} className="flex flex-col items-start gap-2 rounded-card border border-line-strong p-4">
            <Icon aria-hidden="true" className="size-5 text-accent-text" />
            <h3 className="font-semibold text-base">{authWords[kind]}</h3>
            <p className="flex-1 text-muted text-sm">{text}</p>
            <Button aria-label={`Select ${authWords[kind]}`} onClick={() => onChoose(kind)}>
              Select
            </Button>
          </li>
        ))}
      </ul>
      <details className="group">
        <summary className="cursor-pointer rounded-small font-medium text-muted text-sm hover:text-text">Other methods</summary>
        <ul className="mt-2 divide-y divide-line rounded-card border border-line">
          {others.map((kind) => (
            <li key={kind} className="flex items-center gap-3 px-3 py-1.5">
              <span className="min-w-0 flex-1 text-sm">{authWords[kind]}</span>
              <Button look="quiet" size="small" aria-label={`Select ${authWords[kind]}`} onClick={() => onChoose(kind)}>
                Select
              </Button>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

/** The usual fields of the two main methods in the order in which providers document them; the rest below. */
function MethodFields({
  auth,
  client,
  redirectUrl,
  problem,
  placed,
  onPlaced,
  onAuth,
  onClient,
}: {
  auth: AuthScheme;
  client: TypedClient;
  redirectUrl: string;
  problem: (field: string) => string | undefined;
  placed: boolean;
  onPlaced: () => void;
  onAuth: (auth: AuthScheme) => void;
  onClient: (client: TypedClient) => void;
}) {
  if (auth.kind === "api-key" && !auth.others)
    return (
      <KeyFields
        apiKey={auth}
        unplaced={!placed}
        onPlaced={onPlaced}
        bodyless={[]}
        problem={(field) => problem(`auth.${field}`)}
        onChange={(key) => onAuth({ kind: "api-key", ...key })}
      />
    );
  if (auth.kind !== "oauth2")
    return (
      <SchemeFields
        auth={auth}
        limits={undefined}
        redirectUrl={redirectUrl}
        bodyless={[]}
        fieldProblem={problem}
        onChange={onAuth}
      />
    );
  return (
    <>
      <OAuthUrls auth={auth} redirectUrl={redirectUrl} fieldProblem={problem} onChange={onAuth} />
      {needsClient(auth) && (
        <>
          <TextField
            label="Client ID"
            required
            mono
            maxLength={500}
            help="Public identifier for the client."
            error={problem("clientId")}
            value={client.clientId}
            onChange={(clientId) => onClient({ ...client, clientId })}
          />
          <TextField
            label="Client secret"
            mono
            secret
            help="Stored encrypted and never shown again."
            value={client.clientSecret}
            onChange={(clientSecret) => onClient({ ...client, clientSecret })}
          />
        </>
      )}
      <Advanced>
        <GrantField auth={auth} onChange={onAuth} />
        {auth.grant === "authorization-code" && <IdentityFields auth={auth} fieldProblem={problem} onChange={onAuth} />}
        <OAuthOptions auth={auth} fieldProblem={problem} onChange={onAuth} />
      </Advanced>
    </>
  );
}
