import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "../../ui/icon-button.tsx";
import { usePreference } from "../../ui/preference.ts";
import { Segmented } from "../../ui/segmented.tsx";
import { theme } from "../../ui/theme.ts";

const choices = [
  { value: "system", label: "Theme of the system", icon: <Monitor aria-hidden="true" /> },
  { value: "light", label: "Light theme", icon: <Sun aria-hidden="true" /> },
  { value: "dark", label: "Dark theme", icon: <Moon aria-hidden="true" /> },
] as const;

/** The three themes side by side; in the narrow navigation one button that goes from each to the next. */
export function ThemeSwitch({ collapsed }: { collapsed: boolean }) {
  const [chosen, choose] = usePreference(theme);
  if (!collapsed) return <Segmented label="Theme" icons value={chosen} segments={choices} onChange={choose} />;
  const at = choices.findIndex((choice) => choice.value === chosen);
  const current = choices[at] ?? choices[0];
  const next = choices[(at + 1) % choices.length] ?? choices[0];
  return (
    <IconButton label={`${current.label}, change`} side="right" onClick={() => choose(next.value)}>
      {current.icon}
    </IconButton>
  );
}
