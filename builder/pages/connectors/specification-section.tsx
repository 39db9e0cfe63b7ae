import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";

/** The file that the connector came from, a newer one to take in, and the connector as a file. */
export function SpecificationSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  return (
    <SectionFrame
      title="API specification"
      lead={
        readOnly
          ? "The file that this connector was made from."
          : "The file that this connector was made from. A newer one is taken in without losing what was changed by hand."
      }
    >
      <p className="text-sm">{loaded.document.endpoints.length} endpoints</p>
    </SectionFrame>
  );
}
