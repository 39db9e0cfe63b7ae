import { Link } from "@tanstack/react-router";
import { buttonStyle } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { LooseCable } from "./loose-cable.tsx";

export function NotFound() {
  return (
    <main className="flex h-full flex-col justify-center overflow-y-auto">
      <title>Not found · Patchbay</title>
      <Empty
        level={1}
        picture={<LooseCable />}
        title="Nothing is plugged in here"
        action={
          <Link to="/" className={buttonStyle({ look: "primary" })}>
            Go to Home
          </Link>
        }
      >
        This address leads to no page. It may be mistyped, or what it showed is gone.
      </Empty>
    </main>
  );
}
