import type { ActionCategory } from "../../../shared/connector/action.ts";

export const categoryWords: Record<ActionCategory, string> = { retrieve: "Retrieve", enrich: "Enrich", connect: "Connect" };
