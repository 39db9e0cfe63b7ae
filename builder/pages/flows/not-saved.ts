import { ApiError } from "../../api/api-error.ts";

/** Publishing and running use what is saved, so they wait for it and stop when it cannot be. */
export function notSaved(): ApiError {
  return new ApiError({ status: 409, code: "not_saved", message: "the draft could not be saved first" });
}
