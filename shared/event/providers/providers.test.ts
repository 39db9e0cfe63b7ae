import { describe, expect, it } from "vitest";
import { ChallengeRecipe } from "../challenge-recipe.ts";
import { SignatureRecipe } from "../signature-recipe.ts";
import { HookAnswer } from "../subscription.ts";
import { providerNamed, providerOf, providers } from "./providers.ts";

describe("the library of providers", () => {
  it.each(providers.map((provider) => [provider.key, provider] as const))(
    "%s is a recipe with its challenges, and is found again after it was stored",
    (key, provider) => {
      const stored = SignatureRecipe.parse(JSON.parse(JSON.stringify(provider.recipe)));
      expect(stored).toEqual(provider.recipe);
      for (const challenge of provider.challenges) expect(ChallengeRecipe.parse(challenge)).toEqual(challenge);
      if (provider.answer) expect(HookAnswer.parse(provider.answer)).toEqual(provider.answer);
      expect(providerOf(stored)?.recipe).toEqual(stored);
      expect(providerNamed(key)).toBe(provider);
      expect(key).toMatch(/^[a-z][a-z0-9-]{0,62}$/);
      expect(provider.docs).toMatch(/^https:\/\//);
    },
  );

  it("has forty and more, each once, and says which of them are verified", () => {
    expect(providers.length).toBeGreaterThanOrEqual(40);
    expect(new Set(providers.map(({ key }) => key)).size).toBe(providers.length);
    expect(providers.filter(({ verified }) => verified !== false).length).toBeGreaterThanOrEqual(25);
  });

  it("finds none for a recipe that differs in one field, or a name that is only an object's own", () => {
    const [first] = providers;
    expect(first && providerOf({ ...first.recipe, requiredHeaders: ["x-other"] })).toBeNull();
    expect(providerNamed("constructor")).toBeNull();
  });
});
