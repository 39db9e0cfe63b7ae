import { CopyButton } from "../../ui/copy-button.tsx";

/** Where the provider is to send people back to; it is to be registered there, so it is shown to copy. */
export function RedirectUrl({ url }: { url: string }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">OAuth redirect URL</legend>
      <div className="flex items-center gap-2 rounded-control border border-line bg-panel py-0.5 pr-0.5 pl-2.5">
        <code className="min-w-0 flex-1 select-all truncate font-mono text-xs">{url}</code>
        <CopyButton text={url} what="OAuth redirect URL" />
      </div>
      <p className="text-muted text-xs">
        Add this OAuth Redirect URL to the authorized redirect URIs of your app at the provider.
      </p>
    </fieldset>
  );
}
