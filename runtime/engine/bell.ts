/** Wakes one waiter; a ring before the wait is not lost. */
export type Bell = { ring(): void; heard(): Promise<void> };

export function createBell(): Bell {
  let rung = false;
  let waiter: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      waiter?.();
    },
    heard() {
      return new Promise((resolve) => {
        waiter = () => {
          rung = false;
          waiter = null;
          resolve();
        };
        if (rung) waiter();
      });
    },
  };
}
