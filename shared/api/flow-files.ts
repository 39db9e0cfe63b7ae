import { z } from "zod";
import { ConnectorFile } from "../connector/connector-file.ts";
import { FlowFile } from "../flow/flow-file.ts";
import { Json } from "../json.ts";
import { route } from "./route.ts";

const flowParams = z.object({ flow: z.string().max(100) });
const maxFileBytes = 10 * 1024 * 1024;

/** The draft as a file that holds no ids and no secrets of this installation; `text` is its canonical form. */
export const exportFlow = route({
  method: "GET",
  path: "/flows/:flow/export",
  access: "person",
  params: flowParams,
  response: z.object({ fileName: z.string(), text: z.string(), file: FlowFile }),
});

const Choice = z.object({ id: z.string(), name: z.string() });

/** What has to be chosen to import a file, and what there is to choose from. `invalid_document` with `details.problems: string[]`. */
export const previewFlowImport = route({
  method: "POST",
  path: "/flow-imports/preview",
  access: "administrator",
  maxBodyBytes: maxFileBytes,
  body: z.object({ file: Json }),
  response: z.object({
    name: z.string(),
    nodes: z.int(),
    /** `installed`: flows of this workspace may use the connector. */
    slots: z.array(z.object({ slot: z.string(), connector: z.string(), installed: z.boolean(), connections: z.array(Choice) })),
    flows: z.array(z.object({ slot: z.string(), name: z.string(), flows: z.array(Choice) })),
    /** Approvals that only named people may decide become decisions of whoever imports the file. */
    people: z.int(),
  }),
});
export type ImportPreview = z.infer<typeof previewFlowImport.response>;

const Chosen = z.record(z.string().max(80), z.string().max(100));

/**
 * Makes a draft of a file. `slots`, `flows`: ids by slot; what is left out stays empty, to be chosen on the canvas. `invalid_document`
 * with `details.problems: string[]` for a file that is refused: a step of a kind that is not known is named with it.
 */
export const importFlow = route({
  method: "POST",
  path: "/flow-imports",
  access: "administrator",
  maxBodyBytes: maxFileBytes,
  body: z.object({
    file: Json,
    name: z.string().trim().min(1, "enter a name").max(120, "at most 120 characters").optional(),
    slots: Chosen.default({}),
    flows: Chosen.default({}),
  }),
  response: z.object({ flow: z.string(), notes: z.array(z.string()) }),
});

/** The connector's draft as a file; `text` is its canonical form. */
export const exportConnectorFile = route({
  method: "GET",
  path: "/connectors/:connector/export",
  access: "person",
  params: z.object({ connector: z.string().max(63) }),
  response: z.object({ fileName: z.string(), text: z.string(), file: ConnectorFile }),
});

/** Makes a connector's draft of a file, under a key that is free. `invalid_document` with `details.problems: string[]`. */
export const importConnectorFile = route({
  method: "POST",
  path: "/connector-imports",
  access: "administrator",
  maxBodyBytes: maxFileBytes,
  body: z.object({ file: Json }),
  response: z.object({ connector: z.string(), notes: z.array(z.string()) }),
});
