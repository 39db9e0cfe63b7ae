import { readConfig } from "../config.ts";
import { startSandbox } from "../roles/sandbox.ts";
import { closeOnSignal } from "./close-on-signal.ts";

/** The bundled sandbox alone, for the processes that `PATCHBAY_SANDBOX_URL` leads here. It guards nothing: its data is invented. */
export async function sandbox(): Promise<void> {
  const config = readConfig(process.env);
  const { url, close } = await startSandbox(config.host, config, Date.now);
  closeOnSignal(close);
  process.stdout.write(`\n  The ZoomInfo sandbox is running at ${url}\n\n  Ready. Stop with Ctrl C.\n\n`);
}
