"use client";

import { X } from "lucide-react";
import { Toast } from "radix-ui";

export type Message = { readonly id: number; readonly text: string; readonly hint: string | null };

const SHOWN_MS = 6000;

type Props = { readonly messages: readonly Message[]; readonly onClose: (id: number) => void };

/** Messages that go by themselves; F8 takes the keyboard to them. */
export function ToastList({ messages, onClose }: Props) {
  return (
    <Toast.Provider duration={SHOWN_MS} swipeDirection="right">
      {messages.map((message) => (
        <Toast.Root
          key={message.id}
          onOpenChange={(isOpen) => !isOpen && onClose(message.id)}
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
