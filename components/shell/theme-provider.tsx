"use client";

import { ThemeProvider as NextThemeProvider } from "next-themes";
import type { ReactNode } from "react";

/** Sets `data-theme` before the first paint. React runs no script it renders in the browser, so there it is plain text. */
const SCRIPT_PROPS = typeof window === "undefined" ? {} : { type: "text/plain" };

export function ThemeProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  return (
    <NextThemeProvider
      attribute="data-theme"
      storageKey="lockkeeper.theme"
      enableColorScheme={false}
      nonce={nonce}
      scriptProps={SCRIPT_PROPS}
    >
      {children}
    </NextThemeProvider>
  );
}
