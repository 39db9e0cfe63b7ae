import { type Logo, logoRules } from "./logo.ts";

/** `media`: null when the bytes are none of the formats; `size` in pixels, null when the picture says none. */
export type LogoFacts = {
  media: Logo["media"] | null;
  bytes: number;
  size: { width: number; height: number } | null;
};

/** What is wrong with a picture as a logo: one message for each of the three rules that it breaks. */
export function logoProblems({ media, bytes, size }: LogoFacts): string[] {
  const problems: string[] = [];
  if (media === null) problems.push("The file is no PNG, SVG or GIF picture: its content says so, whatever its name is.");
  if (bytes > logoRules.bytes) problems.push(logoBytesProblem(bytes));
  if (media === null) return problems;
  const least = `${logoRules.width} × ${logoRules.height} px`;
  if (size === null) problems.push(`The picture says no size: give it a width and a height of at least ${least}, or a viewBox.`);
  else if (size.width < logoRules.width || size.height < logoRules.height)
    problems.push(`The picture must be at least ${least}; this one is ${size.width} × ${size.height} px.`);
  return problems;
}

/** The rule of size in bytes alone, which can be told before anything is sent. */
export function logoBytesProblem(bytes: number): string {
  const megabytes = Math.ceil((bytes / logoRules.bytes) * 10) / 10;
  return `The file may have 1 MB at most; this one has ${megabytes} MB.`;
}
