import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { sessionQuery } from "../../api/queries.ts";
import { Empty } from "../../ui/empty.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { NewConnectorForm } from "./new-connector-form.tsx";
import { NewFromSpecification } from "./new-from-specification.tsx";
import { Prerequisites } from "./prerequisites.tsx";

const route = getRouteApi("/shell/connectors/new");
const link = "rounded-small font-medium text-accent-text hover:underline";

/** Creates a connector: by hand in one form, or from the API's own specification. */
export function NewConnectorPage() {
  const { from } = route.useSearch();
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <Page
      crumbs={[{ label: "Data Connector", link: { to: "/connectors" }, back: true }, { label: "Create Data Connector" }]}
      width="reading"
    >
      {session.person.role !== "administrator" ? (
        <Empty level={1} title="Administrators create connectors" picture={<LooseCable />}>
          You can connect to those that exist, and use them in flows. Ask an administrator of this workspace for another one.
        </Empty>
      ) : from === "specification" ? (
        <>
          <PageHeader title="Create data connector">
            Import the API's specification; all of it can be changed later. Or{" "}
            <Link to="/connectors/new" className={link}>
              describe the API by hand instead
            </Link>
            .
          </PageHeader>
          <NewFromSpecification />
        </>
      ) : (
        <>
          <PageHeader title="Create data connector">
            Describe the API once: where it is and how it is signed in to. Endpoints and actions follow. Or{" "}
            <Link to="/connectors/new" search={{ from: "specification" }} className={link}>
              import a specification instead
            </Link>
            .
          </PageHeader>
          <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,var(--reading))_minmax(0,1fr)]">
            <NewConnectorForm />
            <Prerequisites />
          </div>
        </>
      )}
    </Page>
  );
}
