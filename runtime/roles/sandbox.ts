import { AppError } from "../../shared/app-error.ts";
import type { Config } from "../config.ts";
import type { Clock } from "../ids.ts";

export type Sandbox = { url: string; close(): Promise<void> };

/** The bundled sandbox; loaded only where it runs. Throws `config` where it is switched off, `unavailable` where its port is taken. */
export async function startSandbox(
  host: string,
  { sandboxPort: port, sandboxClientKey: clientKey }: Config,
  clock: Clock,
): Promise<Sandbox> {
  if (port === null) throw new AppError("config", "PATCHBAY_SANDBOX is off: there is no sandbox to start");
  const { startZoomInfoSandbox } = await import("../sandbox/zoominfo/start.ts");
  return startZoomInfoSandbox({ host, port, clock, clientKey });
}
