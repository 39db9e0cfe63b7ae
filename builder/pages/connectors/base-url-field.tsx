import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

/** Where the API is. It may hold `{variable}`s that each connection fills in. */
export function BaseUrlField({
  baseUrl,
  error,
  onChange,
}: {
  baseUrl: string;
  error: string | undefined;
  onChange: (baseUrl: string) => void;
}) {
  return (
    <Field
      label="Base URL"
      required
      error={error}
      help="Enter the Base URL for your API. This should be the root domain or subdomain for your API requests to ensure proper endpoint alignment and prevent misconfigured or unauthorized requests."
    >
      {(control) => (
        <Input
          {...control}
          mono
          placeholder="https://api.example.com"
          value={baseUrl}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
