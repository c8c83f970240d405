"use client";

import { createContext, type ReactNode, use, useEffect, useEffectEvent, useState } from "react";
import { decideShortcut, isTextEntry } from "./shortcut-keys.ts";

type Registry = Map<string, Array<() => void>>;

const RegistryContext = createContext<Registry | null>(null);

/** Listens for the keys that parts of the page register; the part that registered last gets the key. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [registry] = useState<Registry>(() => new Map());

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const key = decideShortcut(
        {
          key: event.key,
          hasModifier: event.ctrlKey || event.metaKey || event.altKey,
          isComposing: event.isComposing,
          isHandled: event.defaultPrevented,
          isTyping: target !== null && isTextEntry(describeElement(target)),
          isModalOpen: document.querySelector("[data-modal]") !== null,
        },
        new Set(registry.keys()),
      );
      if (key === null) return;
      event.preventDefault();
      registry.get(key)?.at(-1)?.();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [registry]);

  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** Runs `action` on a key for as long as this part of the page is there; a null key does nothing. */
export function useShortcut(key: string | null, action: () => void): void {
  const registry = use(RegistryContext);
  const run = useEffectEvent(action);

  useEffect(() => {
    if (registry === null || key === null) return;
    const entry = () => run();
    registry.set(key, [...(registry.get(key) ?? []), entry]);
    return () => {
      const left = (registry.get(key) ?? []).filter((each) => each !== entry);
      if (left.length === 0) registry.delete(key);
      else registry.set(key, left);
    };
  }, [registry, key]);
}

function describeElement(element: HTMLElement) {
  return {
    tagName: element.tagName,
    type: element instanceof HTMLInputElement ? element.type : undefined,
    isContentEditable: element.isContentEditable,
  };
}
