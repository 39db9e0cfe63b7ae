import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { AppError } from "../../shared/app-error.ts";

type Place = { host: string; port: number };

/** Serves an app over HTTP. Throws `config` when the port is taken or the address is none of this machine. */
export function listen(fetch: Parameters<typeof serve>[0]["fetch"], { host, port }: Place): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Without a createServer of one's own it is a plain HTTP server.
    const server = serve({ fetch, hostname: host, port }, () => resolve(server)) as Server;
    server.on("error", (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === "EADDRINUSE" ? `port ${port} on ${host} is in use: set PATCHBAY_PORT` : `cannot listen: ${cause.message}`;
      reject(new AppError("config", reason, { cause }));
    });
  });
}
