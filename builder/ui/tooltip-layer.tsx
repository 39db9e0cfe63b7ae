import { useEffect, useRef, useState } from "react";

type Tip = { text: string; left: number; top: number; side: "top" | "right" | "bottom" };

const waitMs = 350;
const gap = 6;

/**
 * The one tooltip of the page. Whatever has `data-tip` gets it on hover and on keyboard focus; Escape puts it away. One layer
 * instead of a component around each target: a table has hundreds of targets, and the first chunk has no room for a positioner.
 * What it says is never the only place: icon buttons also carry it as their label.
 */
export function TooltipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    function show(event: Event): void {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
      hide();
      if (!target || (event.type === "focusin" && !target.matches(":focus-visible"))) return;
      timer.current = setTimeout(() => setTip(tipFor(target)), event.type === "focusin" ? 0 : waitMs);
    }
    function hide(): void {
      clearTimeout(timer.current);
      setTip(null);
    }
    function onKey(event: Event): void {
      if (event instanceof KeyboardEvent && event.key === "Escape") hide();
    }
    const listeners: [string, (event: Event) => void][] = [
      ["pointerover", show],
      ["focusin", show],
      ["pointerdown", hide],
      ["focusout", hide],
      ["keydown", onKey],
    ];
    for (const [name, listener] of listeners) document.addEventListener(name, listener);
    window.addEventListener("scroll", hide, true);
    return () => {
      hide();
      for (const [name, listener] of listeners) document.removeEventListener(name, listener);
      window.removeEventListener("scroll", hide, true);
    };
  }, []);

  if (!tip) return null;
  return (
    <div
      role="tooltip"
      data-side={tip.side}
      style={{ left: tip.left, top: tip.top }}
      className="pointer-events-none fixed z-50 max-w-80 animate-appear rounded-control bg-text px-2 py-1 text-page text-xs shadow-floating data-[side=bottom]:-translate-x-1/2 data-[side=right]:-translate-y-1/2 data-[side=top]:-translate-x-1/2 data-[side=top]:-translate-y-full"
    >
      {tip.text}
    </div>
  );
}

function tipFor(target: HTMLElement): Tip | null {
  const text = target.dataset.tip;
  if (!text || !target.isConnected) return null;
  const box = target.getBoundingClientRect();
  const middle = Math.min(Math.max(box.left + box.width / 2, 72), window.innerWidth - 72);
  if (target.dataset.tipSide === "right") return { text, side: "right", left: box.right + gap, top: box.top + box.height / 2 };
  if (target.dataset.tipSide === "bottom" || box.top < 48) return { text, side: "bottom", left: middle, top: box.bottom + gap };
  return { text, side: "top", left: middle, top: box.top - gap };
}
