import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);
// Other tests go on beside these, so what takes no time at all may take some.
configure({ asyncUtilTimeout: 5_000 });

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
