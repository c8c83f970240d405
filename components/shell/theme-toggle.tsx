"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { buttonClass } from "#components/ui/button.tsx";

const THEMES = [
  { name: "system", label: "as the system", Icon: Monitor },
  { name: "light", label: "light", Icon: Sun },
  { name: "dark", label: "dark", Icon: Moon },
] as const;

const SYSTEM = THEMES[0];

/** Goes round system, light and dark. The server does not know the choice, so the icon waits for the browser. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const isMounted = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
  const index = isMounted
    ? Math.max(
        0,
        THEMES.findIndex((each) => each.name === theme),
      )
    : 0;
  const { label, Icon } = THEMES[index] ?? SYSTEM;
  const next = THEMES[(index + 1) % THEMES.length] ?? SYSTEM;
  return (
    <button
      type="button"
      onClick={() => setTheme(next.name)}
      title={`Theme: ${label}`}
      aria-label={`Theme: ${label}. Change to ${next.label}`}
      className={buttonClass("quiet", "px-2")}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
