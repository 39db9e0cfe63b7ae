import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import type { RunStatus } from "../shared/run/run.ts";
import { ApiError } from "./api/api-error.ts";
import { sessionQuery } from "./api/queries.ts";
import { type ConnectorSection, sectionNames } from "./pages/connectors/section-names.ts";
import { PageError } from "./pages/shell/page-error.tsx";
import { Shell } from "./pages/shell/shell.tsx";
import { SlowServer } from "./pages/shell/slow-server.tsx";

type Search = Record<string, unknown>;
const runStatuses: readonly RunStatus[] = ["queued", "running", "waiting", "succeeded", "failed", "canceled"];

function textIn(search: Search, key: string): string | undefined {
  const value = search[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Only a path of ours: an address that a stranger put into the link is not followed. */
function pathIn(search: Search, key: string): string | undefined {
  const path = textIn(search, key);
  return path?.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") ? path : undefined;
}

/** How an authorization at an OAuth provider ended, as the server's callback adds it to the address. */
type AuthorizationReturn = {
  connection?: string | undefined;
  authorized?: "yes" | "no" | undefined;
  reason?: string | undefined;
};

function authorizationIn(search: Search): AuthorizationReturn {
  return {
    connection: textIn(search, "connection"),
    authorized: search.authorized === "yes" || search.authorized === "no" ? search.authorized : undefined,
    reason: textIn(search, "reason"),
  };
}

const NotFound = lazyRouteComponent(() => import("./pages/shell/not-found.tsx"), "NotFound");
const root = createRootRouteWithContext<{ client: QueryClient }>()({
  // Not loaded when it is needed, as pages are: what went wrong may be the network.
  errorComponent: PageError,
  notFoundComponent: NotFound,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: (search: Search): { token?: string | undefined } => ({ token: textIn(search, "token") }),
  component: lazyRouteComponent(() => import("./pages/people/setup-page.tsx"), "SetupPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Search): { next?: string | undefined } => ({ next: pathIn(search, "next") }),
  component: lazyRouteComponent(() => import("./pages/people/sign-in-page.tsx"), "SignInPage"),
});

const sheet = createRoute({
  getParentRoute: () => root,
  path: "/sheet/$token",
  component: lazyRouteComponent(() => import("./pages/sheet/sheet-page.tsx"), "SheetPage"),
});

const wait = createRoute({
  getParentRoute: () => root,
  path: "/w/$token",
  component: lazyRouteComponent(() => import("./pages/wait/wait-page.tsx"), "WaitPage"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  validateSearch: (search: Search): { token?: string | undefined } => ({ token: textIn(search, "token") }),
  component: lazyRouteComponent(() => import("./pages/people/invitation-page.tsx"), "InvitationPage"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  pendingComponent: SlowServer,
  // Later than an answer usually takes, and gone with it.
  pendingMs: 800,
  pendingMinMs: 0,
  async beforeLoad({ context, location }) {
    try {
      await context.client.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: "/sign-in", search: { next: location.href } });
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/home/home-page.tsx"), "HomePage"),
});

const flows = createRoute({
  getParentRoute: () => shell,
  path: "/flows",
  component: lazyRouteComponent(() => import("./pages/flows/flows-page.tsx"), "FlowsPage"),
});

const flow = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$flow",
  validateSearch: (search: Search): { node?: string | undefined; view?: "published" | undefined } => ({
    node: textIn(search, "node"),
    view: search.view === "published" ? "published" : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/flows/flow-page.tsx"), "FlowPage"),
});

const runs = createRoute({
  getParentRoute: () => shell,
  path: "/runs",
  validateSearch: (search: Search): { status?: RunStatus | undefined; flow?: string | undefined } => ({
    status: runStatuses.find((status) => status === search.status),
    flow: textIn(search, "flow"),
  }),
  component: lazyRouteComponent(() => import("./pages/runs/runs-page.tsx"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => shell,
  path: "/runs/$run",
  validateSearch: (search: Search): { step?: string | undefined } => ({ step: textIn(search, "step") }),
  component: lazyRouteComponent(() => import("./pages/runs/run-page.tsx"), "RunPage"),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: "/events",
  // The page itself reads what they say: it is not seen first.
  validateSearch: (search: Search): { [Key in "view" | "state" | "source" | "flow" | "since" | "text"]?: unknown } => search,
  component: lazyRouteComponent(() => import("./pages/events/events-page.tsx"), "EventsPage"),
});

const event = createRoute({
  getParentRoute: () => shell,
  path: "/events/$event",
  component: lazyRouteComponent(() => import("./pages/events/event-page.tsx"), "EventPage"),
});

const connectors = createRoute({
  getParentRoute: () => shell,
  path: "/connectors",
  component: lazyRouteComponent(() => import("./pages/connectors/connectors-page.tsx"), "ConnectorsPage"),
});

const newConnector = createRoute({
  getParentRoute: () => shell,
  path: "/connectors/new",
  validateSearch: (search: Search): { from?: "specification" | undefined } => ({
    from: search.from === "specification" ? "specification" : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/connectors/new-connector-page.tsx"), "NewConnectorPage"),
});

const connector = createRoute({
  getParentRoute: () => shell,
  path: "/connectors/$connector",
  validateSearch: (
    search: Search,
  ): {
    section?: ConnectorSection | undefined;
    endpoint?: string | undefined;
    connect?: "yes" | undefined;
  } & AuthorizationReturn => ({
    section: sectionNames.find((section) => section === search.section),
    endpoint: textIn(search, "endpoint"),
    connect: search.connect === "yes" ? "yes" : undefined,
    ...authorizationIn(search),
  }),
  component: lazyRouteComponent(() => import("./pages/connectors/connector-page.tsx"), "ConnectorPage"),
});

const develop = createRoute({
  getParentRoute: () => shell,
  path: "/develop",
  component: lazyRouteComponent(() => import("./pages/connectors/develop-page.tsx"), "DevelopPage"),
});

const connections = createRoute({
  getParentRoute: () => shell,
  path: "/connections",
  validateSearch: authorizationIn,
  component: lazyRouteComponent(() => import("./pages/connections/connections-page.tsx"), "ConnectionsPage"),
});

const marketplace = createRoute({
  getParentRoute: () => shell,
  path: "/marketplace",
  component: lazyRouteComponent(() => import("./pages/marketplace/marketplace-page.tsx"), "MarketplacePage"),
});

const reviews = createRoute({
  getParentRoute: () => shell,
  path: "/marketplace/reviews",
  component: lazyRouteComponent(() => import("./pages/marketplace/reviews-page.tsx"), "ReviewsPage"),
});

const listing = createRoute({
  getParentRoute: () => shell,
  path: "/marketplace/$connector",
  component: lazyRouteComponent(() => import("./pages/marketplace/listing-page.tsx"), "ListingPage"),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: "/people",
  component: lazyRouteComponent(() => import("./pages/people/people-page.tsx"), "PeoplePage"),
});

const routeTree = root.addChildren([
  setup,
  signIn,
  invitation,
  sheet,
  wait,
  shell.addChildren([
    home,
    flows,
    flow,
    runs,
    run,
    events,
    event,
    connectors,
    newConnector,
    connector,
    develop,
    connections,
    people,
    marketplace,
    reviews,
    listing,
  ]),
]);

/** The pages by address. `history` is the browser's unless a test brings its own. */
export function createAppRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    ...(history ? { history } : {}),
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFound,
    // A page's own skeleton covers its data; this covers the moment in which its code arrives.
    defaultPendingMs: 200,
  });
}
