import { create } from "zustand";
import type { Connection } from "../api/live-stream.ts";
import { nothing, type Selection } from "./selection.ts";

/** The window that is open over the canvas; one at a time. */
export type Overlay =
  | { kind: "palette"; after: { node: string; port: string } | null; at: { x: number; y: number } | null }
  | { kind: "connect"; node: string }
  | { kind: "shortcuts" }
  | { kind: "publish" };

/** What belongs to this visit only: never saved. */
type SessionState = {
  /** State of the workspace's live stream. */
  connection: Connection;
  setConnection: (connection: Connection) => void;
  /** What is chosen on the canvas. */
  selection: Selection;
  select: (selection: Selection) => void;
  overlay: Overlay | null;
  open: (overlay: Overlay | null) => void;
  /** Nodes copied here, as text: where the browser gives no access to its clipboard. */
  clipboard: string | null;
  copy: (text: string) => void;
  /** Of the panel beside the canvas; null until somebody has changed it. */
  panelWidth: number | null;
  setPanelWidth: (width: number) => void;
};

export const useSessionStore = create<SessionState>()((set) => ({
  connection: "connecting",
  setConnection: (connection) => set({ connection }),
  selection: nothing,
  select: (selection) => set({ selection }),
  overlay: null,
  open: (overlay) => set({ overlay }),
  clipboard: null,
  copy: (clipboard) => set({ clipboard }),
  panelWidth: null,
  setPanelWidth: (panelWidth) => set({ panelWidth }),
}));
