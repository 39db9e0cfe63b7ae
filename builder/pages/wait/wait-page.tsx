import { getRouteApi } from "@tanstack/react-router";
import { WaitAnswer } from "../../panels/wait-answer.tsx";
import { Mark } from "../../ui/mark.tsx";

const route = getRouteApi("/w/$token");

/** Where somebody lets a run go on, or decides, by the link that they were sent. Opening it answers nothing. */
export function WaitPage() {
  const { token } = route.useParams();
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto bg-panel px-4 py-6 sm:px-6 sm:py-12">
      <title>Your answer · Patchbay</title>
      <div className="flex w-full max-w-120 flex-col gap-5">
        <div className="flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="font-semibold text-lg">Patchbay</span>
        </div>
        <div className="rounded-dialog border border-line bg-raised p-5 shadow-raised sm:p-8">
          <WaitAnswer token={token} large />
        </div>
      </div>
    </main>
  );
}
