"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { buttonClass } from "./button.tsx";
import { focusAtEnd, forgetTyped } from "./typed-ahead.tsx";
import { useReturnFocus } from "./use-return-focus.ts";

type Props = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** False while leaving would lose something: then only the buttons inside close it. */
  readonly canDismiss?: boolean;
};

/**
 * A dialog with trapped focus that gives focus back. It has no `Dialog.Overlay`, whose scroll lock injects a style element that
 * a strict content security policy refuses, and which moves the page by the width of its scroll bar.
 */
export function Modal({ isOpen, onOpenChange, title, description, children, className, canDismiss = true }: Props) {
  const keepOpen = (event: Event) => {
    if (!canDismiss) event.preventDefault();
  };
  const returnFocus = useReturnFocus();
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <div data-modal className="fixed inset-0 z-40 bg-scrim" aria-hidden="true" />
        <Dialog.Content
          {...(description === undefined && { "aria-describedby": undefined })}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={returnFocus}
          onEscapeKeyDown={keepOpen}
          onInteractOutside={keepOpen}
          className={clsx(
            "fixed inset-x-0 top-0 bottom-0 z-50 mx-auto overflow-y-auto overscroll-contain bg-raised p-4 text-ink shadow-xl",
            "md:top-[8vh] md:bottom-auto md:max-h-[84vh] md:rounded-lg md:border md:border-line md:p-5",
            className ?? "md:max-w-xl",
          )}
        >
          <div className="flex items-start justify-between gap-3">
            <Dialog.Title className="min-w-0 font-semibold text-lg break-words">{title}</Dialog.Title>
            <Dialog.Close className={buttonClass("quiet", "-mt-1 -mr-2 shrink-0 px-2")} aria-label="Close">
              <X size={16} aria-hidden="true" />
            </Dialog.Close>
          </div>
          {description !== undefined && <Dialog.Description asChild>{description}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The first field that asks for it, not the button that closes. */
function focusFirstField(event: Event): void {
  const content = event.currentTarget;
  const field = content instanceof HTMLElement ? content.querySelector<HTMLElement>("[data-autofocus]") : null;
  if (field === null) {
    forgetTyped();
    return;
  }
  event.preventDefault();
  focusAtEnd(field);
}
