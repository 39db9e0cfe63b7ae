import { act } from "@testing-library/react";
import { vi } from "vitest";

/** An `EventSource` that a test opens, feeds and breaks by hand. */
export class FakeEventSource extends EventTarget {
  readonly url: string;
  closed = false;

  constructor(url: string) {
    super();
    this.url = url;
    opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    act(() => void this.dispatchEvent(new Event("open")));
  }

  send(name: string, data: unknown): void {
    act(() => void this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) })));
  }

  break(): void {
    act(() => void this.dispatchEvent(new Event("error")));
  }
}

let opened: FakeEventSource[] = [];

/** Puts the fake in the browser's place and gives the streams that are open to a path, the newest last. */
export function fakeEventSource(): (path: string) => FakeEventSource[] {
  opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  return (path) => opened.filter((source) => !source.closed && source.url.startsWith(`/api/v1${path}`));
}
