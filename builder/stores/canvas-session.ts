import { create } from "zustand";
import { nothing, type Selection } from "./selection.ts";

/** For what a node is looked up: behind a port, into an edge, or, where a port leads on by one edge already, either. */
export type PalettePlace = {
  after: { node: string; port: string } | null;
  edge: string | null;
  /** The container that it may go into. */
  into?: string | null;
  at: { x: number; y: number } | null;
};

/** The window that is open over the canvas; one at a time. */
export type Overlay =
  | { kind: "palette"; place: PalettePlace }
  | { kind: "connect"; node: string }
  | { kind: "shortcuts" }
  | { kind: "publish" }
  | { kind: "flow-settings" };

/** What belongs to this visit of an editor only: never saved. Apart from the other session state, which every page loads. */
type CanvasSession = {
  /** What is chosen on the canvas. */
  selection: Selection;
  select: (selection: Selection) => void;
  overlay: Overlay | null;
  open: (overlay: Overlay | null) => void;
  /** Nodes copied here, as text: where the browser gives no access to its clipboard. */
  clipboard: string | null;
  copy: (text: string) => void;
  /** Iterations that were chosen in the run that is shown, by the key of the for-each's step. */
  iterations: Readonly<Record<string, number>>;
  pickIteration: (key: string, index: number) => void;
  showIterations: (iterations: Readonly<Record<string, number>>) => void;
  forgetIterations: () => void;
  /** Of the panel beside the canvas; null until somebody has changed it. */
  panelWidth: number | null;
  setPanelWidth: (width: number | null) => void;
};

export const useCanvasSession = create<CanvasSession>()((set) => ({
  selection: nothing,
  select: (selection) => set({ selection }),
  overlay: null,
  open: (overlay) => set({ overlay }),
  clipboard: null,
  copy: (clipboard) => set({ clipboard }),
  iterations: {},
  pickIteration: (key, index) => set(({ iterations }) => ({ iterations: { ...iterations, [key]: index } })),
  showIterations: (iterations) => set({ iterations }),
  forgetIterations: () => set({ iterations: {} }),
  panelWidth: null,
  setPanelWidth: (panelWidth) => set({ panelWidth }),
}));
