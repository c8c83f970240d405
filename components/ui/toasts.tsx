"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, use, useCallback, useState } from "react";
import type { Message } from "./toast-list.tsx";

// Most visits need none.
const ToastList = dynamic(() => import("./toast-list.tsx").then((part) => part.ToastList), { ssr: false });

type Say = (text: string, hint?: string) => void;

const SayContext = createContext<Say>(() => undefined);

/** Says something in passing that needs no answer. What must not be missed belongs on the page instead. */
export function useToast(): Say {
  return use(SayContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const say = useCallback<Say>((text, hint) => {
    setMessages((before) => [...before.slice(-2), { id: (before.at(-1)?.id ?? 0) + 1, text, hint: hint ?? null }]);
  }, []);
  const close = useCallback((id: number) => setMessages((before) => before.filter((each) => each.id !== id)), []);
  return (
    <SayContext value={say}>
      {children}
      {messages.length > 0 && <ToastList messages={messages} onClose={close} />}
    </SayContext>
  );
}
