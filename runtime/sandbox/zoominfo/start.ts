import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { AppError } from "../../../shared/app-error.ts";
import { createZoomInfoSandbox, type SandboxDeps } from "./server.ts";

/** Starts the sandbox on a real port (0: any free one). Rejects with `AppError("unavailable")` when the port is taken. */
export async function startZoomInfoSandbox(
  options: SandboxDeps & { host: string; port: number },
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port } = options;
  const app = createZoomInfoSandbox(options);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (address: AddressInfo) => {
      const url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
      resolve({ url, close });
    });
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "it is in use: set PATCHBAY_SANDBOX_PORT" : cause.message;
      reject(new AppError("unavailable", `the ZoomInfo sandbox cannot have port ${port} on ${host}: ${why}`, { cause }));
    });
    function close(): Promise<void> {
      return new Promise((done) => {
        server.close(() => done());
        // Idle keep-alive connections would hold the close back.
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    }
  });
}
