import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Banner } from "#components/shell/banner.tsx";
import { BrokenGlassBanner } from "#components/shell/broken-glass-banner.tsx";
import { GlobalKeys } from "#components/shell/global-keys.tsx";
import { Logo } from "#components/shell/logo.tsx";
import { Nav } from "#components/shell/nav.tsx";
import { listNavPages, type NavPage } from "#components/shell/nav-pages.ts";
import { ShortcutProvider } from "#components/shell/shortcuts.tsx";
import { SignOut } from "#components/shell/sign-out.tsx";
import { ThemeProvider } from "#components/shell/theme-provider.tsx";
import { ThemeToggle } from "#components/shell/theme-toggle.tsx";
import { TrustedTypes } from "#components/shell/trusted-types.tsx";
import { ClockProvider } from "#components/time/clock-provider.tsx";
import { ToastProvider } from "#components/ui/toasts.tsx";
import { describeInstallation } from "#lib/server/request-context.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Lockkeeper", template: "%s · Lockkeeper" },
  description: "See who holds a Terraform state lock, judge whether it is stale, and force-unlock it on the record.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fcfcfc" },
    { media: "(prefers-color-scheme: dark)", color: "#111315" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  const { isSandbox, database, visitor, waitingApprovals, brokenGlass } = await describeInstallation();
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <TrustedTypes nonce={nonce} />
      </head>
      <body className="flex min-h-dvh flex-col">
        <ThemeProvider nonce={nonce}>
          <ClockProvider renderedAtMs={Date.now()}>
            <ToastProvider>
              <ShortcutProvider>
                {visitor !== null && <Banner isSandbox={isSandbox} database={database} />}
                <BrokenGlassBanner broken={brokenGlass} />
                {visitor !== null && (
                  <TopBar
                    actor={visitor.name}
                    pages={listNavPages(visitor.access, { waitingApprovals, isLocal: visitor.isLocal })}
                    canSignOut={visitor.hasSession}
                  />
                )}
                <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
                  {children}
                </main>
              </ShortcutProvider>
            </ToastProvider>
          </ClockProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}

type TopBarProps = { actor: string; pages: readonly NavPage[]; canSignOut: boolean };

function TopBar({ actor, pages, canSignOut }: TopBarProps) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-1 border-line border-b px-3 md:gap-3">
      <a
        href="#main"
        className="-translate-y-20 absolute top-1 left-1 z-50 rounded bg-raised px-3 py-1 focus-visible:translate-y-0"
      >
        Skip to content
      </a>
      <Link href="/" className="flex items-center gap-2 font-semibold" aria-label="Lockkeeper">
        <Logo />
        <span className="hidden md:inline">Lockkeeper</span>
      </Link>
      <Nav pages={pages} />
      <div className="ml-auto flex shrink-0 items-center">
        <Link
          href="/account"
          prefetch={false}
          className="hidden pr-2 text-muted text-xs hover:text-ink lg:inline"
          title="Your account: recorded as who you are"
        >
          {actor}
        </Link>
        <GlobalKeys pages={pages} />
        <ThemeToggle />
        {canSignOut && <SignOut />}
      </div>
    </header>
  );
}
