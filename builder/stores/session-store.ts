import { create } from "zustand";
import type { Connection } from "../api/live-stream.ts";

/** What belongs to this visit only: never saved. */
type SessionState = {
  /** State of the workspace's live stream. */
  connection: Connection;
  setConnection: (connection: Connection) => void;
};

export const useSessionStore = create<SessionState>()((set) => ({
  connection: "connecting",
  setConnection: (connection) => set({ connection }),
}));
