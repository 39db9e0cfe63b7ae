import { describeRecipe } from "../../../shared/event/describe-recipe.ts";
import { Empty } from "../../ui/empty.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";

/** The events that the outside API pushes, as the connector's document declares them; they cannot be edited here yet. */
export function WebhooksSection({ loaded: { document } }: { loaded: LoadedConnector }) {
  const { incomingWebhooks } = document;
  return (
    <SectionFrame
      title="Incoming webhooks"
      lead="Events that the outside API sends by itself, and how each proves where it comes from."
    >
      {incomingWebhooks.length === 0 ? (
        <Empty title="Connectors take no webhooks yet" picture={<LooseCable />}>
          Webhooks of a connector, with signature and subscription, are not there yet. A flow can take events of any API today:
          begin it with a webhook trigger, which has a hook URL of its own.
        </Empty>
      ) : (
        <ul aria-label="Incoming webhooks" className="divide-y divide-line rounded-card border border-line">
          {incomingWebhooks.map(({ key, name, description, recipe }) => (
            <li key={key} className="flex flex-col gap-2 px-4 py-3">
              <span className="font-medium text-sm">{name}</span>
              {description && <p className="text-muted text-sm">{description}</p>}
              <Facts>
                <Fact name="Signature">{describeRecipe(recipe)}</Fact>
              </Facts>
            </li>
          ))}
        </ul>
      )}
    </SectionFrame>
  );
}
