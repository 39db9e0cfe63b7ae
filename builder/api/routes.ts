import type * as connections from "../../shared/api/connections.ts";
import type * as versions from "../../shared/api/connector-versions.ts";
import type * as connectors from "../../shared/api/connectors.ts";
import type * as events from "../../shared/api/events.ts";
import type * as flows from "../../shared/api/flows.ts";
import type * as imports from "../../shared/api/imports.ts";
import type * as live from "../../shared/api/live.ts";
import type * as marketplace from "../../shared/api/marketplace.ts";
import type * as overview from "../../shared/api/overview.ts";
import type * as people from "../../shared/api/people.ts";
import type * as runs from "../../shared/api/runs.ts";
import { at } from "./client.ts";

export const getSetup = at<typeof people.getSetup>("GET", "/setup");
export const completeSetup = at<typeof people.completeSetup>("POST", "/setup");
export const getSession = at<typeof people.getSession>("GET", "/session");
export const signIn = at<typeof people.signIn>("POST", "/session");
export const signOut = at<typeof people.signOut>("DELETE", "/session");

export const getOverview = at<typeof overview.getOverview>("GET", "/overview");

export const listFlows = at<typeof flows.listFlows>("GET", "/flows");
export const getFlow = at<typeof flows.getFlow>("GET", "/flows/:flow");
export const runFlow = at<typeof flows.runFlow>("POST", "/flows/:flow/runs");

export const listRuns = at<typeof runs.listRuns>("GET", "/runs");
export const getRun = at<typeof runs.getRun>("GET", "/runs/:run");
export const getEntryValues = at<typeof runs.getEntryValues>("GET", "/runs/:run/entries/:number");
export const cancelRun = at<typeof runs.cancelRun>("POST", "/runs/:run/cancel");
export const decideOutcome = at<typeof runs.decideOutcome>("POST", "/runs/:run/steps/:step/outcome");

export const listEvents = at<typeof events.listEvents>("GET", "/events");
export const getEvent = at<typeof events.getEvent>("GET", "/events/:event");
export const listRefusals = at<typeof events.listRefusals>("GET", "/refusals");

export const runStream: typeof live.runStreamPath = "/live/runs/:run";
export const workspaceStream: typeof live.workspaceStreamPath = "/live/workspace";

export const createFlow = at<typeof flows.createFlow>("POST", "/flows");
export const updateFlow = at<typeof flows.updateFlow>("PATCH", "/flows/:flow");
export const deleteFlow = at<typeof flows.deleteFlow>("DELETE", "/flows/:flow");
export const getDraft = at<typeof flows.getDraft>("GET", "/flows/:flow/draft");
export const saveEdits = at<typeof flows.saveEdits>("POST", "/flows/:flow/draft/edits");
export const publishDraft = at<typeof flows.publishDraft>("POST", "/flows/:flow/publish");
export const listVersions = at<typeof flows.listVersions>("GET", "/flows/:flow/versions");
export const runDraft = at<typeof flows.runDraft>("POST", "/flows/:flow/draft/runs");
export const setHook = at<typeof flows.setHook>("PUT", "/flows/:flow/hooks/:node");

export const listConnectors = at<typeof connectors.listConnectors>("GET", "/connectors");
export const getConnector = at<typeof connectors.getConnector>("GET", "/connectors/:connector");
export const startImport = at<typeof imports.startImport>("POST", "/imports");
export const importFile = at<typeof imports.importFile>("POST", "/imports/file");
export const getImport = at<typeof imports.getImport>("GET", "/imports/:import");
export const getImportSource = at<typeof imports.getImportSource>("GET", "/connectors/:connector/specification");
export const previewImport = at<typeof imports.previewImport>("POST", "/connectors/:connector/specification/preview");
export const applyImport = at<typeof imports.applyImport>("POST", "/connectors/:connector/specification");
export const exportConnector = at<typeof imports.exportConnector>("GET", "/connectors/:connector/openapi");
export const createConnector = at<typeof connectors.createConnector>("POST", "/connectors");
export const editConnector = at<typeof connectors.editConnector>("PATCH", "/connectors/:connector");
export const deleteConnector = at<typeof connectors.deleteConnector>("DELETE", "/connectors/:connector");
export const setOAuthClient = at<typeof connectors.setOAuthClient>("PUT", "/connectors/:connector/oauth-client");
export const uploadLogo = at<typeof connectors.uploadLogo>("POST", "/logos");
export const testEndpoint = at<typeof connectors.testEndpoint>("POST", "/connectors/:connector/endpoints/:endpoint/test");
export const listOptions = at<typeof connectors.listOptions>("POST", "/connectors/:connector/endpoints/:endpoint/options");

export const listInstalled = at<typeof versions.listInstalled>("GET", "/installed-connectors");
export const listConnectorVersions = at<typeof versions.listConnectorVersions>("GET", "/connectors/:connector/versions");
export const getConnectorVersion = at<typeof versions.getConnectorVersion>("GET", "/connectors/:connector/versions/:version");
export const publishConnectorVersion = at<typeof versions.publishConnectorVersion>("POST", "/connectors/:connector/versions");
export const installConnector = at<typeof versions.installConnector>("PUT", "/connectors/:connector/installation");
export const uninstallConnector = at<typeof versions.uninstallConnector>("DELETE", "/connectors/:connector/installation");
export const listMarketplace = at<typeof marketplace.listMarketplace>("GET", "/marketplace");
export const getListing = at<typeof marketplace.getListing>("GET", "/marketplace/:connector");
export const submitConnector = at<typeof marketplace.submitConnector>("POST", "/connectors/:connector/submissions");
export const listSubmissions = at<typeof marketplace.listSubmissions>("GET", "/submissions");
export const decideSubmission = at<typeof marketplace.decideSubmission>("POST", "/submissions/:submission/decision");
export const withdrawConnector = at<typeof marketplace.withdrawConnector>("POST", "/connectors/:connector/withdrawal");

export const listConnections = at<typeof connections.listConnections>("GET", "/connections");
export const createConnection = at<typeof connections.createConnection>("POST", "/connections");
export const updateConnection = at<typeof connections.updateConnection>("PATCH", "/connections/:connection");
export const checkConnection = at<typeof connections.checkConnection>("POST", "/connections/:connection/check");
export const authorizeConnection = at<typeof connections.authorizeConnection>("POST", "/connections/:connection/authorize");
export const deleteConnection = at<typeof connections.deleteConnection>("DELETE", "/connections/:connection");

export const listPeople = at<typeof people.listPeople>("GET", "/people");
export const invite = at<typeof people.invite>("POST", "/invitations");
export const revokeInvitation = at<typeof people.revokeInvitation>("DELETE", "/invitations/:invitation");
export const changeRole = at<typeof people.changeRole>("PATCH", "/people/:person");
export const removePerson = at<typeof people.removePerson>("DELETE", "/people/:person");
export const previewInvitation = at<typeof people.previewInvitation>("POST", "/invitation/preview");
export const acceptInvitation = at<typeof people.acceptInvitation>("POST", "/invitation");
