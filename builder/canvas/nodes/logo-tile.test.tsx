import { fireEvent, render } from "@testing-library/react";
import { expect, it } from "vitest";
import { LogoTile } from "./logo-tile.tsx";

const logo = { sha256: "a".repeat(64), media: "image/png" as const, width: 420, height: 120 };

it("shows a logo, and the picture of the kind where it cannot be loaded", () => {
  const { container, rerender } = render(<LogoTile kind="call" logo={logo} />);
  const image = container.querySelector("img");
  expect(image).toHaveAttribute("src", `/api/v1/logos/${logo.sha256}`);
  expect(container.querySelector("svg")).toBeNull();
  if (image) fireEvent.error(image);
  expect(container.querySelector("img")).toBeNull();
  expect(container.querySelector("[data-kind=call] svg")).not.toBeNull();
  rerender(<LogoTile kind="call" logo={{ ...logo, sha256: "b".repeat(64) }} />);
  expect(container.querySelector("img")).toHaveAttribute("src", `/api/v1/logos/${"b".repeat(64)}`);
});
