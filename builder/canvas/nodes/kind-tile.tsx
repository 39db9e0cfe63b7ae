import { clsx } from "clsx";
import {
  Braces,
  Cable,
  CalendarClock,
  CirclePlay,
  CodeXml,
  Database,
  Fingerprint,
  Funnel,
  Globe,
  Hourglass,
  ListTree,
  type LucideIcon,
  OctagonX,
  Repeat,
  Reply,
  ShieldCheck,
  Split,
  SquareTerminal,
  Timer,
  UserCheck,
  Webhook,
  Workflow,
  Zap,
} from "lucide-react";
import type { NodeKind } from "../../../shared/flow/node.ts";
import { familyOf, type KindFamily } from "../describe-node.ts";

const icons: Record<NodeKind, LucideIcon> = {
  "webhook-trigger": Webhook,
  "manual-trigger": CirclePlay,
  "app-trigger": Zap,
  "schedule-trigger": CalendarClock,
  "api-trigger": SquareTerminal,
  call: Cable,
  branch: Split,
  switch: ListTree,
  transform: Braces,
  filter: Funnel,
  http: Globe,
  code: CodeXml,
  "for-each": Repeat,
  try: ShieldCheck,
  once: Fingerprint,
  stop: OctagonX,
  "sub-flow": Workflow,
  "key-value": Database,
  delay: Timer,
  wait: Hourglass,
  approval: UserCheck,
  respond: Reply,
};
const tints: Record<KindFamily, string> = {
  trigger: "bg-(--kind-trigger-tile) text-(--kind-trigger-icon)",
  call: "bg-(--kind-call-tile) text-(--kind-call-icon)",
  logic: "bg-(--kind-logic-tile) text-(--kind-logic-icon)",
  data: "bg-(--kind-data-tile) text-(--kind-data-icon)",
  wait: "bg-(--kind-wait-tile) text-(--kind-wait-icon)",
  answer: "bg-(--kind-answer-tile) text-(--kind-answer-icon)",
};

/** The picture of a kind of node on its tint. */
export function KindTile({ kind, size = "medium" }: { kind: NodeKind; size?: "small" | "medium" }) {
  const Icon = icons[kind];
  return (
    <span
      aria-hidden="true"
      data-kind={kind}
      className={clsx(
        "flex shrink-0 items-center justify-center",
        tints[familyOf(kind)],
        size === "medium" ? "size-9 rounded-control [&_svg]:size-5" : "size-6 rounded-small [&_svg]:size-3.5",
      )}
    >
      <Icon />
    </span>
  );
}
