import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

afterEach(() => {
  cleanup();
  if (!vi.isFakeTimers()) return;
  // jsdom has a timer of its own for animation frames, which must not be left to a clock that stands still: files share the window.
  vi.runOnlyPendingTimers();
  vi.useRealTimers();
});
// Parts of a page are loaded as they are needed, and other tests go on beside these.
configure({ asyncUtilTimeout: 10_000 });

// What @xyflow/react and Radix need and jsdom lacks.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Object.assign(globalThis, {
  DOMMatrixReadOnly:
    globalThis.DOMMatrixReadOnly ??
    class {
      m22 = 1;
    },
});
window.matchMedia ??= (query) => Object.assign(new EventTarget(), { matches: false, media: query }) as MediaQueryList;
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.hasPointerCapture ??= () => false;
window.scrollTo = () => {};
