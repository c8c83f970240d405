"use client";

import { CircleHelp, Command as CommandIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { requestScan } from "#components/sources/request-scan.ts";
import { buttonClass } from "#components/ui/button.tsx";
import { useToast } from "#components/ui/toasts.tsx";
import { DialogOnItsWay } from "#components/ui/typed-ahead.tsx";
import { whenIdle } from "#components/ui/when-idle.ts";
import type { PaletteAction } from "./command-palette.tsx";
import type { NavPage } from "./nav-pages.ts";
import { useShortcut } from "./shortcuts.tsx";

// Neither is needed for the first screen; both come while the browser is idle, so that a key opens them at once.
const loadPalette = () => import("./command-palette.tsx").then((part) => part.CommandPalette);
const loadHelp = () => import("./shortcuts-help.tsx").then((part) => part.ShortcutsHelp);
const CommandPalette = dynamic(loadPalette, { ssr: false, loading: DialogOnItsWay });
const ShortcutsHelp = dynamic(loadHelp, { ssr: false, loading: DialogOnItsWay });

type Open = "palette" | "help" | null;

/** What the keyboard does on every page, with the buttons for those who have none. */
export function GlobalKeys({ pages }: { pages: readonly NavPage[] }) {
  const [open, setOpen] = useState<Open>(null);
  const router = useRouter();
  const actions = useGlobalActions(pages, () => setOpen("help"));
  const scan = actions.find((action) => action.id === "scan");
  useShortcut("?", () => setOpen("help"));
  useShortcut("r", () => scan?.run());

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey)
        return;
      if (document.querySelector("[data-modal]") !== null) return;
      event.preventDefault();
      setOpen("palette");
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  useEffect(() => whenIdle(() => void Promise.allSettled([loadPalette(), loadHelp()])), []);

  return (
    <>
      <button
        type="button"
        onClick={() => setOpen("palette")}
        aria-label="Go to"
        className={buttonClass("quiet", "px-2")}
      >
        <CommandIcon size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        onClick={() => setOpen("help")}
        aria-label="Keyboard help"
        className={buttonClass("quiet", "px-2 max-md:hidden")}
      >
        <CircleHelp size={16} aria-hidden="true" />
      </button>
      {open === "palette" && (
        <CommandPalette
          isOpen
          onOpenChange={(isOpen) => setOpen(isOpen ? "palette" : null)}
          actions={actions}
          onOpenLock={(key) => router.push(`/locks/${key}`)}
        />
      )}
      {open === "help" && <ShortcutsHelp isOpen onOpenChange={(isOpen) => setOpen(isOpen ? "help" : null)} />}
    </>
  );
}

function useGlobalActions(pages: readonly NavPage[], showHelp: () => void): readonly PaletteAction[] {
  const router = useRouter();
  const say = useToast();
  return useMemo(() => {
    const scan = async () => {
      const problem = await requestScan(null);
      if (problem === null) say("Scan started.");
      else say(`Not scanned: ${problem.message}`, problem.hint);
    };
    return [
      ...pages.map(({ href, label }) => ({ id: href, label: `Go to ${label}`, run: () => router.push(href) })),
      { id: "/account", label: "Go to your account", run: () => router.push("/account") },
      { id: "scan", label: "Scan now", run: () => void scan() },
      { id: "help", label: "Keyboard help", run: showHelp },
    ];
  }, [pages, router, say, showHelp]);
}
