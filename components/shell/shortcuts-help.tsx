"use client";

import { Modal } from "#components/ui/modal.tsx";
import { SHORTCUT_GROUPS } from "./shortcut-groups.ts";

type Props = { readonly isOpen: boolean; readonly onOpenChange: (isOpen: boolean) => void };

/** Everything the keyboard does. */
export function ShortcutsHelp({ isOpen, onOpenChange }: Props) {
  return (
    <Modal isOpen={isOpen} onOpenChange={onOpenChange} title="Keyboard" className="md:max-w-md">
      {SHORTCUT_GROUPS.map((group) => (
        <section key={group.title} className="pt-4">
          <h3 className="pb-1 text-muted text-xs">{group.title}</h3>
          <dl>
            {group.shortcuts.map((shortcut) => (
              <div
                key={shortcut.does}
                className="flex items-center justify-between border-line border-t py-1.5 text-sm"
              >
                <dt>{shortcut.does}</dt>
                <dd className="flex gap-1">
                  {shortcut.keys.map((key) => (
                    <kbd key={key} className="rounded border border-line bg-ground px-1.5 font-mono text-xs leading-5">
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
