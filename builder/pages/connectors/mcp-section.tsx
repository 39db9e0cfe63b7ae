import { Empty } from "../../ui/empty.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { SectionFrame } from "./section-frame.tsx";

/** Says that servers of the Model Context Protocol cannot be added yet. */
export function McpSection() {
  return (
    <SectionFrame title="MCP" lead="Tools of a remote MCP server, beside the endpoints of the API.">
      <Empty title="MCP servers cannot be added yet" picture={<LooseCable />}>
        Adding a server, finding its tools and registering with it are not there yet. Endpoints and their tests do not depend on
        it.
      </Empty>
    </SectionFrame>
  );
}
