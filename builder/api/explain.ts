import { ApiError } from "./api-error.ts";

/** Why a call failed and what to do, in sentences. */
export function explain(error: Error): { why: string; todo: string } {
  if (!(error instanceof ApiError))
    return {
      why: `The interface itself failed: ${error.message}.`,
      todo: "Reload the page. If it happens again, report it with this message.",
    };
  if (error.status === 0)
    return {
      why: "The server did not answer.",
      todo: "Check that it is running and that this machine can reach it, then try again.",
    };
  if (error.status === 404)
    return { why: `The server does not know it: ${error.message}.`, todo: "Check the address. It may have been deleted." };
  if (error.status === 403) return { why: "Your role does not allow it.", todo: "Ask an administrator of this workspace." };
  if (error.status === 503)
    return { why: `The server cannot do it now: ${error.message}.`, todo: "Wait a moment, then try again." };
  if (error.status >= 500)
    return {
      why: `The server failed: ${error.message}.`,
      todo: "Try again. The server's log has the details under the request id.",
    };
  return { why: `The server refused: ${error.message}.`, todo: "Check what was asked for, then try again." };
}
