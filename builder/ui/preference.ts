import { useSyncExternalStore } from "react";

/** A choice of one person on one machine, remembered in the browser's storage; lives on for the visit where storage is off. */
export type Preference<Value extends string> = {
  get: () => Value;
  set: (value: Value) => void;
  subscribe: (listener: () => void) => () => void;
};

export function createPreference<Value extends string>(key: string, values: readonly [Value, ...Value[]]): Preference<Value> {
  const listeners = new Set<() => void>();
  const stored = read(key);
  let current: Value = values.find((value) => value === stored) ?? values[0];
  return {
    get: () => current,
    set(value) {
      current = value;
      write(key, value);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function usePreference<Value extends string>(preference: Preference<Value>): [Value, (value: Value) => void] {
  return [useSyncExternalStore(preference.subscribe, preference.get), preference.set];
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is full or switched off: the choice holds until the page is closed.
  }
}
