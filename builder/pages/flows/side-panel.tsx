import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { useCanvasSession } from "../../stores/canvas-session.ts";

const narrowest = 320;
const widest = 760;
const step = 20;

/** The panel at the right of a canvas. Its left edge is a handle: dragged, or moved with the arrow keys. */
export function SidePanel({ label, children }: { label: string; children: ReactNode }) {
  const width = useCanvasSession((state) => state.panelWidth);
  const panel = useRef<HTMLElement>(null);
  const resize = (wanted: number) => {
    const most = Math.min(widest, window.innerWidth / 2);
    useCanvasSession.getState().setPanelWidth(Math.round(Math.min(Math.max(wanted, narrowest), most)));
  };
  const now = () => panel.current?.offsetWidth ?? narrowest;
  function onKeyDown(event: KeyboardEvent): void {
    const by = { ArrowLeft: step, ArrowRight: -step }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resize(now() + by);
  }
  function onPointerMove(event: PointerEvent<HTMLElement>): void {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) resize(window.innerWidth - event.clientX);
  }
  return (
    <aside
      ref={panel}
      aria-label={label}
      style={width === null ? undefined : { width }}
      className="relative flex w-side-panel-narrow shrink-0 flex-col border-line border-l xl:w-side-panel"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved, a separator can */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the panel"
        aria-valuenow={width ?? 420}
        aria-valuemin={narrowest}
        aria-valuemax={widest}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onDoubleClick={() => useCanvasSession.getState().setPanelWidth(null)}
        className="absolute inset-y-0 -left-1 z-10 w-2 cursor-col-resize touch-none transition-colors hover:bg-accent-line focus-visible:bg-accent-line active:bg-accent-line"
      />
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">{children}</div>
    </aside>
  );
}
