import { clsx } from "clsx";
import { Image as ImageIcon } from "lucide-react";
import { useState } from "react";
import type { Logo } from "../../../shared/connector/logo.ts";

const sizes = { small: "h-7 w-11 text-xs", large: "h-10 w-18 text-base" };

/** A connector's picture on a light plate, as logos are drawn for one; without a picture, the first letter of its name. */
export function ConnectorLogo({
  name,
  logo,
  size = "small",
}: {
  name: string;
  logo: Logo | undefined;
  size?: keyof typeof sizes;
}) {
  const [lost, setLost] = useState<string | null>(null);
  const shape = clsx("flex shrink-0 items-center justify-center overflow-hidden rounded-control", sizes[size]);
  if (!logo || lost === logo.sha256)
    return (
      <span aria-hidden="true" className={clsx(shape, "bg-pressed font-semibold text-muted")}>
        {[...name.trim()][0]?.toUpperCase() ?? <ImageIcon className="size-4" />}
      </span>
    );
  return (
    <span className={clsx(shape, "border border-line bg-plate p-0.5")}>
      <img
        src={logoUrl(logo)}
        // The name stands beside it.
        alt=""
        className="max-h-full max-w-full object-contain"
        onError={() => setLost(logo.sha256)}
      />
    </span>
  );
}

export function logoUrl({ sha256 }: Logo): string {
  return `/api/v1/logos/${sha256}`;
}
