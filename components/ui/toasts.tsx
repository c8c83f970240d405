"use client";

import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";

type Message = { readonly id: number; readonly text: string; readonly hint: string | null };
type Say = (text: string, hint?: string) => void;

const SayContext = createContext<Say>(() => undefined);
const SHOWN_MS = 6000;

/** Says something in passing that needs no answer. What must not be missed belongs on the page instead. */
export function useToast(): Say {
  return use(SayContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const say = useCallback<Say>((text, hint) => {
    setMessages((before) => [...before.slice(-2), { id: (before.at(-1)?.id ?? 0) + 1, text, hint: hint ?? null }]);
  }, []);
  const close = useMemo(
    () => (id: number) => setMessages((before) => before.filter((message) => message.id !== id)),
    [],
  );
  return (
    <Toast.Provider duration={SHOWN_MS} swipeDirection="right">
      <SayContext value={say}>{children}</SayContext>
      {messages.map((message) => (
        <Toast.Root
          key={message.id}
          onOpenChange={(isOpen) => !isOpen && close(message.id)}
          className="flex items-start gap-3 rounded-md border border-line bg-raised p-3 shadow-lg"
        >
          <div className="min-w-0 flex-1">
            <Toast.Title className="text-sm break-words">{message.text}</Toast.Title>
            {message.hint !== null && (
              <Toast.Description className="mt-1 text-muted text-xs break-words">{message.hint}</Toast.Description>
            )}
          </div>
          <Toast.Close aria-label="Close" className="rounded p-0.5 text-muted hover:text-ink">
            <X size={14} aria-hidden="true" />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed right-4 bottom-4 z-30 flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none" />
    </Toast.Provider>
  );
}
