/** Marks the element that holds the canvas and takes its keys. */
export const canvasId = "flow-canvas";

/** Puts the keyboard on a node of the canvas, once it is drawn, or on the canvas itself. `ifFree`: unless something has it by then. */
export function focusCanvas(node?: string, { ifFree = false } = {}): void {
  requestAnimationFrame(() => {
    if (ifFree && document.activeElement !== document.body) return;
    const canvas = document.getElementById(canvasId);
    const card = node === undefined ? null : canvas?.querySelector<HTMLElement>(`.react-flow__node[data-id="${node}"]`);
    (card ?? canvas)?.focus({ preventScroll: true });
  });
}
