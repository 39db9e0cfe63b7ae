import { describe, expect, it } from "vitest";
import { presetOf, recipePresets } from "./recipe-presets.ts";
import { SignatureRecipe } from "./signature-recipe.ts";

describe("the presets of signatures", () => {
  it.each(recipePresets.map((preset) => [preset.name, preset] as const))(
    "%s is a recipe, and is found again after it was stored",
    (_, preset) => {
      const stored = SignatureRecipe.parse(JSON.parse(JSON.stringify(preset.recipe)));
      expect(stored).toEqual(preset.recipe);
      expect(presetOf(stored)).toBe(preset);
    },
  );

  it("are not found for a recipe that differs in one field", () => {
    const [first] = recipePresets;
    expect(first && presetOf({ ...first.recipe, requiredHeaders: ["x-other"] })).toBeNull();
  });
});
