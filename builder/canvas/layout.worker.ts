import type { Flow } from "../../shared/flow/flow.ts";
import { layoutFlow } from "./layout-flow.ts";

self.onmessage = ({ data }: MessageEvent<Flow>) => self.postMessage(layoutFlow(data));
