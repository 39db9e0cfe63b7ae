import pino, { type Logger } from "pino";

export type Log = Logger;

/** JSON lines on standard error, for operators: ids and codes, never bodies or credentials. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: undefined,
      redact: { paths: ["*.headers", "*.authorization", "*.password", "*.secret", "*.token"], censor: "***" },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
