export type ShortcutId =
  | "add"
  | "connect"
  | "settings"
  | "undo"
  | "redo"
  | "copy"
  | "cut"
  | "paste"
  | "duplicate"
  | "delete"
  | "select-all"
  | "escape"
  | "walk-up"
  | "walk-down"
  | "walk-left"
  | "walk-right"
  | "move-up"
  | "move-down"
  | "move-left"
  | "move-right"
  | "layout"
  | "zoom-in"
  | "zoom-out"
  | "zoom-reset"
  | "fit"
  | "save"
  | "run"
  | "run-to-here"
  | "help";

/** `keys`: alternatives, each as modifiers and a key. `Mod` is Ctrl, on macOS Command. */
type Shortcut = {
  id: ShortcutId;
  keys: readonly string[];
  words: string;
  group: "Nodes" | "Edit" | "View" | "Flow";
  /** Works wherever the keyboard is on the page, not only on the canvas. */
  everywhere?: true;
  /** The browser tells of it by an event of its own, which brings the clipboard along. */
  byEvent?: true;
};

/** Every shortcut of the canvas, in the order of the list that `?` opens. */
export const shortcuts: readonly Shortcut[] = [
  { id: "add", keys: ["Tab"], words: "Add a node after the selected one", group: "Nodes" },
  { id: "connect", keys: ["C"], words: "Connect the selected node to another", group: "Nodes" },
  { id: "settings", keys: ["Enter", "F2"], words: "Go to the node's settings", group: "Nodes" },
  { id: "walk-up", keys: ["ArrowUp"], words: "Select the node above", group: "Nodes" },
  { id: "walk-down", keys: ["ArrowDown"], words: "Select the node below", group: "Nodes" },
  { id: "walk-left", keys: ["ArrowLeft"], words: "Select the node to the left", group: "Nodes" },
  { id: "walk-right", keys: ["ArrowRight"], words: "Select the node to the right", group: "Nodes" },
  { id: "move-up", keys: ["Alt+ArrowUp"], words: "Move the selected nodes up", group: "Nodes" },
  { id: "move-down", keys: ["Alt+ArrowDown"], words: "Move them down", group: "Nodes" },
  { id: "move-left", keys: ["Alt+ArrowLeft"], words: "Move them left", group: "Nodes" },
  { id: "move-right", keys: ["Alt+ArrowRight"], words: "Move them right", group: "Nodes" },
  { id: "undo", keys: ["Mod+Z"], words: "Undo", group: "Edit", everywhere: true },
  { id: "redo", keys: ["Mod+Shift+Z", "Mod+Y"], words: "Redo", group: "Edit", everywhere: true },
  { id: "copy", keys: ["Mod+C"], words: "Copy", group: "Edit", byEvent: true },
  { id: "cut", keys: ["Mod+X"], words: "Cut", group: "Edit", byEvent: true },
  {
    id: "paste",
    keys: ["Mod+V"],
    words: "Paste, into the selected container or beside the selected node",
    group: "Edit",
    byEvent: true,
  },
  { id: "duplicate", keys: ["Mod+D"], words: "Duplicate", group: "Edit", everywhere: true },
  { id: "delete", keys: ["Delete", "Backspace"], words: "Delete", group: "Edit" },
  { id: "select-all", keys: ["Mod+A"], words: "Select everything", group: "Edit" },
  { id: "escape", keys: ["Escape"], words: "Select nothing", group: "Edit" },
  { id: "zoom-in", keys: ["+", "="], words: "Zoom in", group: "View" },
  { id: "zoom-out", keys: ["-"], words: "Zoom out", group: "View" },
  { id: "zoom-reset", keys: ["0"], words: "Real size", group: "View" },
  { id: "fit", keys: ["1"], words: "Show the whole flow", group: "View" },
  { id: "layout", keys: ["L"], words: "Arrange the nodes", group: "View" },
  { id: "save", keys: ["Mod+S"], words: "Save now", group: "Flow", everywhere: true },
  { id: "run-to-here", keys: ["Mod+Enter"], words: "Run to the selected node", group: "Flow", everywhere: true },
  { id: "run", keys: ["Mod+Shift+Enter"], words: "Run the draft", group: "Flow", everywhere: true },
  { id: "help", keys: ["?"], words: "Show this list", group: "Flow", everywhere: true },
];

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The shortcut that a key press is, if any. `onCanvas`: does the canvas have the keyboard? */
export function shortcutOf(event: Keys, { onCanvas, mac }: { onCanvas: boolean; mac: boolean }): ShortcutId | null {
  const pressed = pressedText(event, mac);
  const found = shortcuts.find(({ keys, byEvent, everywhere }) => !byEvent && (everywhere || onCanvas) && keys.includes(pressed));
  return found?.id ?? null;
}

function pressedText({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys, mac: boolean): string {
  // Shift makes a letter upper-case and is part of a sign: "?" is typed with it on one keyboard and without it on another.
  const isSign = key.length === 1 && !/[a-z]/i.test(key);
  const mod = mac ? metaKey : ctrlKey;
  return [mod ? "Mod" : "", altKey ? "Alt" : "", shiftKey && !isSign ? "Shift" : "", key.length === 1 ? key.toUpperCase() : key]
    .filter((part) => part !== "")
    .join("+");
}

/** How a shortcut is written on the page: `Ctrl Shift Z`. */
export function keyWords(keys: string, mac: boolean): string[] {
  const signs: Record<string, string> = {
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    Mod: mac ? "⌘" : "Ctrl",
  };
  return keys.split(/(?<=.)\+/).map((part) => signs[part] ?? part);
}

/** Whoever types, or has a window open, means their text and not the flow. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable='true'], [role='dialog'], [role='alertdialog'], [role='menu']") !==
    null
  );
}
